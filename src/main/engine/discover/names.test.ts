import { describe, expect, it } from 'vitest';
import {
  hubPlace,
  isCompanion,
  isGenericStem,
  isPartialDownload,
  isSidecarName,
  naturalCompare,
  parseShardName,
} from './names';
import { usualStores } from './stores';

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
  });

  it('with impossible numbers are no shards', () => {
    for (const name of ['m-00000-of-00002.gguf', 'm-00003-of-00002.gguf', 'm-1-of-2.bin']) {
      expect(parseShardName(name)).toBeUndefined();
    }
  });
});

describe('file names', () => {
  it('that go with a model by convention', () => {
    const names = [
      'config.json',
      'tokenizer.model',
      'tokenizer_config.json',
      'merges.txt',
      'vocab.json',
    ];
    for (const name of [
      ...names,
      'README.md',
      'LICENSE',
      'LICENSE.a+b.txt',
      'model.safetensors.index.json',
    ]) {
      expect(isSidecarName(name), name).toBe(true);
    }
    for (const name of ['notes.txt', 'config.json.bin', 'tokenizer.onnx', 'movie.mp4']) {
      expect(isSidecarName(name), name).toBe(false);
    }
  });

  it('that say nothing', () => {
    for (const stem of [
      'model',
      'pytorch_model',
      'diffusion_pytorch_model.fp16',
      'adapter_model',
      'ggml-model-q4_0',
    ]) {
      expect(isGenericStem(stem), stem).toBe(true);
    }
    for (const stem of ['model_v2_final', 'llama', 'mymodel']) {
      expect(isGenericStem(stem), stem).toBe(false);
    }
  });

  it('of companions and of downloads', () => {
    expect(isCompanion('style.preview.png', 'style')).toBe(true);
    expect(isCompanion('style2.png', 'style')).toBe(false);
    expect(isCompanion('style.safetensors', 'style')).toBe(false);
    expect(isPartialDownload('abc.incomplete')).toBe(true);
    expect(isPartialDownload(`sha256-${'a'.repeat(64)}-partial-0`)).toBe(true);
    expect(isPartialDownload('part.bin')).toBe(false);
  });

  it('sort as people read them', () => {
    expect(['l10', 'l9', 'L9', 'l1'].toSorted(naturalCompare)).toEqual(['l1', 'l9', 'L9', 'l10']);
  });

  it('of a hub’s folders tell repository and revision', () => {
    expect(hubPlace('/c/hub/models--org--a-b/snapshots/r1/unet')).toEqual({
      repository: 'org/a-b',
      revision: 'r1',
      hub: '/c/hub',
      inside: 'unet',
    });
    expect(hubPlace('/c/hub/models--org--a/blobs')).toBeUndefined();
  });
});

describe('usualStores', () => {
  it('follows the environment before the defaults, each path once', () => {
    const stores = usualStores(
      { HF_HOME: '/data/hf', OLLAMA_MODELS: '/data/ollama' },
      '/home/u',
      'linux',
    );
    const paths = stores.map(({ path }) => path);
    expect(paths).toContain('/data/hf/hub');
    expect(paths).toContain('/home/u/.cache/huggingface/hub');
    expect(paths).toContain('/data/ollama');
    expect(paths.indexOf('/data/hf/hub')).toBeLessThan(
      paths.indexOf('/home/u/.cache/huggingface/hub'),
    );
    expect(new Set(paths).size).toBe(paths.length);
  });

  it('speaks Windows’ paths on Windows', () => {
    const stores = usualStores(
      { APPDATA: 'C:\\Users\\u\\AppData\\Roaming' },
      'C:\\Users\\u',
      'win32',
    );
    expect(stores.map(({ path }) => path)).toContain('C:\\Users\\u\\.lmstudio\\models');
    expect(stores.every(({ path }) => !path.includes('/'))).toBe(true);
  });
});
