import { describe, expect, it } from 'vitest';
import { fuzzyFind, fuzzyScore } from './fuzzy';

const names = [
  'Qwen2.5-7B',
  'Qwen2.5-7B-Instruct',
  'sd_xl_base_1.0',
  'silero_vad_v5',
  'Open folder…',
];
const find = (query: string) => fuzzyFind(names, (name) => name, query, 10);

describe('fuzzyFind', () => {
  it('finds letters in order, without regard to case and spaces', () => {
    expect(find('q7ins')).toEqual(['Qwen2.5-7B-Instruct']);
    expect(find('OPEN FOL')).toEqual(['Open folder…']);
  });

  it('puts whole words before scattered letters', () => {
    expect(find('vad')[0]).toBe('silero_vad_v5');
    expect(find('qwen')[0]).toBe('Qwen2.5-7B');
  });

  it('leaves out what does not fit', () => {
    expect(find('zzz')).toEqual([]);
    expect(fuzzyScore('ba', 'ab')).toBeUndefined();
  });

  it('gives everything in its order for an empty query, up to the limit', () => {
    expect(find('  ')).toEqual(names);
    expect(fuzzyFind(names, (name) => name, '', 2)).toEqual(names.slice(0, 2));
  });
});
