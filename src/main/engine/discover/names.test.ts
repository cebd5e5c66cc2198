import { describe, expect, it } from 'vitest';
import {
  hubPlace,
  isCompanion,
  isGenericStem,
  isPartialDownload,
  isSidecarName,
  naturalCompare,
} from './names';

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
    for (const ending of [
      'civitai.info',
      'preview.2.jpeg',
      'mp4',
      '1.webp',
      'swarm.json',
      'AVIF',
    ]) {
      expect(isCompanion(`style.${ending}`, 'style'), ending).toBe(true);
    }
    expect(isCompanion('style.vae.pt', 'style')).toBe(false);
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
