import { describe, expect, it } from 'vitest';
import { impossibleShard, missingOf, parseShardName, setKey } from './parts';

describe('shard names', () => {
  it('tell stem, number, total and ending', () => {
    expect(parseShardName('model-00002-of-00005.safetensors')).toEqual({
      stem: 'model',
      number: 2,
      total: 5,
      ending: '.safetensors',
    });
    expect(parseShardName('pytorch_model-00001-of-00002.bin')?.stem).toBe('pytorch_model');
    expect(parseShardName('q4_k_m-00001-of-00003.gguf')?.total).toBe(3);
    expect(parseShardName('consolidated.01.pth')).toMatchObject({ number: 1, total: undefined });
  });

  it('with impossible numbers are no shards, and said to be so', () => {
    for (const name of [
      'm-00000-of-00002.gguf',
      'm-00003-of-00002.gguf',
      'm-00001-of-00000.gguf',
    ]) {
      expect(parseShardName(name), name).toBeUndefined();
      expect(impossibleShard(name), name).toBeDefined();
    }
    for (const name of ['m-1-of-2.bin', 'm-00001-of-00002.gguf', 'consolidated.00.pth', 'm.gguf']) {
      expect(impossibleShard(name), name).toBeUndefined();
    }
    expect(parseShardName('m-1-of-2.bin')).toBeUndefined();
  });

  it('of one set share one key', () => {
    expect(setKey('m-00001-of-00002.gguf')).toBe(setKey('m-00002-of-00002.gguf'));
    expect(setKey('consolidated.00.pth')).toBe('consolidated.*.pth');
  });
});

describe('what is missing of a set', () => {
  it('is told by number', () => {
    expect(missingOf(new Set(['m-00002-of-00003.gguf']))).toEqual({
      count: 2,
      total: 3,
      names: ['m-00001-of-00003.gguf', 'm-00003-of-00003.gguf'],
    });
    expect(missingOf(new Set(['consolidated.00.pth'])).count).toBe(0);
    expect(missingOf(new Set(['consolidated.02.pth', 'consolidated.00.pth']))).toEqual({
      count: 1,
      total: 3,
      names: ['consolidated.01.pth'],
    });
  });

  it('is found without counting to the total that a name declares', () => {
    const start = performance.now();
    for (let i = 0; i < 10_000; i += 1) {
      expect(missingOf(new Set([`m${i}-00001-of-99999.gguf`])).count).toBe(99_998);
    }
    expect(performance.now() - start).toBeLessThan(5000);
  });
});
