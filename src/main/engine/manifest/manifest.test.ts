import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Manifest } from '../../../shared/domain';
import { writeSamples } from '../samples';
import { buildManifest, contentId } from './build';
import { parseManifest } from './parse';
import { serializeManifest } from './serialize';
import { structureFindings } from './structure';
import { modelInput, writeOddModel } from './test-support';

let folder = '';
let manifest: Manifest;
let odd: Manifest;
const paths = [
  'config.json',
  'generation_config.json',
  'model-00001-of-00002.safetensors',
  'model-00002-of-00002.safetensors',
  'model.safetensors.index.json',
  'tokenizer.json',
];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tessera-manifest-'));
  await writeSamples(join(folder, 'samples'), { size: 50_000_000 });
  manifest = buildManifest(await modelInput(join(folder, 'samples/nova-base'), paths));
  odd = await writeOddModel(join(folder, 'odd'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('a manifest', () => {
  it('lists every byte of every file exactly once', () => {
    for (const [index, file] of manifest.files.entries()) {
      let end = 0;
      for (const segment of file.segments) {
        const fragments =
          segment.kind === 'tensor'
            ? manifest.tensors[segment.tensor]?.fragments
            : segment.fragments;
        if (segment.kind === 'tensor') expect(manifest.tensors[segment.tensor]?.file).toBe(index);
        for (const fragment of fragments ?? []) {
          expect(fragment.offset).toBe(end);
          end += fragment.length;
        }
      }
      expect(end, file.path).toBe(file.size);
    }
    expect(structureFindings(manifest)).toEqual([]);
    expect(structureFindings(odd)).toEqual([]);
  });

  it('names tensors with their types, and cuts those over 1 MiB', () => {
    const embedding = manifest.tensors.find((t) => t.name === 'model.embed_tokens.weight');
    expect(embedding).toMatchObject({ type: 'embedding', dtype: 'BF16' });
    expect(embedding?.fragments.length).toBe(Math.ceil((embedding?.length ?? 0) / (1 << 20)));
    expect(embedding?.fragments.length).toBeGreaterThan(1);
    const query = manifest.tensors.find((t) => t.name.endsWith('layers.0.self_attn.q_proj.weight'));
    expect(query?.type).toBe('attention-query');
    expect(query?.hash).toBe(query?.fragments[0]?.id);
  });

  it('gives tied, overlapping and empty tensors their hash, and no fragments of their own', () => {
    const of = (name: string) => odd.tensors.find((tensor) => tensor.name === name);
    expect(of('embed.weight')?.fragments).toHaveLength(1);
    expect(of('lm_head.weight')?.fragments).toEqual([]);
    expect(of('lm_head.weight')?.hash).toBe(of('embed.weight')?.hash);
    expect(of('slice.weight')?.fragments).toEqual([]);
    expect(of('nothing.weight')?.hash).toBe(
      'af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262',
    );
    expect(odd.files.find((file) => file.path === 'empty.txt')?.segments).toEqual([]);
  });

  it('cuts equal tensors alike, whatever their shapes', async () => {
    const root = join(folder, 'equal');
    await mkdir(root, { recursive: true });
    const one = Buffer.from(Array.from({ length: 1_500_000 }, (_, i) => (i * 7919) % 253));
    await writeFile(join(root, 'twice.bin'), Buffer.concat([one, one]));
    const tensor = (name: string, shape: number[], offset: number) => ({
      ...{ name, dtype: 'U8', shape, file: 0, offset },
      byteLength: one.length,
    });
    for (const [first = [], second = []] of [
      [[1000, 1500], [1_500_000]],
      [[1_500_000], [1000, 1500]],
    ]) {
      const tensors = [tensor('a', first, 0), tensor('b', second, one.length)];
      const built = buildManifest(await modelInput(root, ['twice.bin'], tensors));
      expect(built.totals.uniqueBytes).toBe(one.length);
      expect(structureFindings(built)).toEqual([]);
      const lengths = built.tensors.map((t) => t.fragments.map(({ length }) => length));
      expect(lengths[0]).toEqual([1_048_500, 451_500]);
      expect(lengths[1]).toEqual(lengths[0]);
    }
  });

  it('is byte-equal wherever the model lies and in whatever order it was found', async () => {
    const moved = join(folder, 'elsewhere/nova-base');
    await cp(join(folder, 'samples/nova-base'), moved, { recursive: true });
    const input = await modelInput(moved, [...paths].reverse());
    const text = serializeManifest(buildManifest(input));
    expect(text).toBe(serializeManifest(manifest));
    expect(text).not.toContain(folder);
    expect(text.endsWith('}\n')).toBe(true);
  });

  it('gets another content id when a name, a size or a byte differs, not when it moves', async () => {
    const ids = new Set([
      manifest.model.id,
      contentId([...manifest.files].reverse()),
      contentId(manifest.files.map((file) => ({ ...file, path: `x/${file.path}` }))),
      contentId(manifest.files.map((file) => ({ ...file, size: file.size + 1 }))),
      contentId(manifest.files.slice(1)),
    ]);
    expect(ids.size).toBe(4);
    expect(manifest.model.id).toMatch(/^[0-9a-f]{16}$/);
  });

  it('records the base model that the files declare', async () => {
    const root = join(folder, 'odd');
    const declared = await modelInput(root, ['config.json'], [], { base_model: 'org/base' });
    expect(buildManifest(declared).model.family).toEqual({ declared: 'org/base', inferred: null });
    const none = await modelInput(root, ['config.json'], [], { base_model: 7 });
    expect(buildManifest(none).model.family.declared).toBeNull();
  });

  it('is refused when fingerprints belong to another model', async () => {
    const input = await modelInput(join(folder, 'samples/nova-base'), paths);
    expect(() => buildManifest({ ...input, files: input.files.slice(1) })).toThrow(RangeError);
    const [first, ...rest] = input.files;
    if (first === undefined) throw new Error('no file');
    expect(() => buildManifest({ ...input, files: [...rest, first] })).toThrow(RangeError);
  });
});

describe('layers of a manifest', () => {
  it('hold every tensor once and sum its bytes', () => {
    const all = manifest.layers.flatMap((layer) => layer.tensors).sort((a, b) => a - b);
    expect(all).toEqual(manifest.tensors.map((_, index) => index));
    expect(manifest.layers.map((layer) => layer.priority)).toEqual(
      manifest.layers.map((_, at) => at),
    );
    const bytes = manifest.layers.reduce((sum, layer) => sum + layer.totalBytes, 0);
    expect(bytes).toBe(manifest.tensors.reduce((sum, one) => sum + one.length, 0));
    expect(manifest.layers[0]?.name).toBe('model.embed_tokens');
    expect(manifest.layers.at(-1)?.name).toBe('lm_head');
  });
});

describe('manifest text', () => {
  it('holds one fragment per line and comes back as it was', () => {
    const text = serializeManifest(manifest);
    const lines = text
      .split('\n')
      .filter((line) => line.includes('"id": "') && line.includes('offset'));
    expect(lines).toHaveLength(manifest.totals.fragments);
    expect(parseManifest(text)).toEqual(manifest);
    expect(serializeManifest(parseManifest(text))).toBe(text);
    expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(manifest)));
    expect(parseManifest(serializeManifest(odd))).toEqual(odd);
  });

  it('keeps the declared order of keys whatever order they come in', () => {
    const shuffle = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(shuffle);
      if (typeof value !== 'object' || value === null) return value;
      return Object.fromEntries(
        Object.entries(value)
          .reverse()
          .map(([key, part]) => [key, shuffle(part)]),
      );
    };
    const shuffled = parseManifest(JSON.stringify(shuffle(manifest)));
    expect(serializeManifest(shuffled)).toBe(serializeManifest(manifest));
  });

  it('survives names of every kind', () => {
    const [tensor] = odd.tensors;
    if (tensor === undefined) throw new Error('no tensor');
    for (const name of [
      '',
      '__proto__',
      '\u0000',
      '\ud800',
      '"\\\n',
      '<b>',
      '\u202egnp',
      'ü'.repeat(9),
    ]) {
      const named = { ...odd, tensors: [{ ...tensor, name }, ...odd.tensors.slice(1)] };
      expect(parseManifest(serializeManifest(named)).tensors[0]?.name).toBe(name);
    }
  });
});
