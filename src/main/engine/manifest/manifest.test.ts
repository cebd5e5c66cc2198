import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Manifest } from '../../../shared/domain';
import { writeSamples } from '../samples';
import { buildManifest, contentId } from './build';
import { layerNameOf, layersOf } from './layers';
import { ManifestError, parseManifest } from './parse';
import { unsafeFilePath } from './paths';
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

/** A copy of a manifest with one place changed; `undefined` removes the key. */
function changed(base: Manifest, place: string, value: unknown): unknown {
  const copy = JSON.parse(JSON.stringify(base)) as Record<string, unknown>;
  const keys = place.split('.');
  const last = keys.pop() ?? '';
  const holder = keys.reduce<Record<string, unknown>>(
    (at, key) => at[key] as Record<string, unknown>,
    copy,
  );
  if (value === undefined) delete holder[last];
  else holder[last] = value;
  return copy;
}

const broken: readonly (readonly [place: string, value: unknown])[] = [
  ['tessera', 'manifests'],
  ['version', 2],
  ['version', '1'],
  ['model', null],
  ['model.id', 'ABCDEF0123456789'],
  ['model.source.kind', 'url'],
  ['model.source.path', '/home/me'],
  ['model.family.declared', 3],
  ['files', {}],
  ['files.0.size', -1],
  ['files.0.size', 1.5],
  ['files.0.size', '12'],
  ['files.0.size', 2 ** 53],
  ['files.0.sha256', 'x'.repeat(64)],
  ['files.0.sha256', undefined],
  ['files.0.role', 'other'],
  ['files.0.extra', true],
  ['files.0.segments.0.kind', 'gap'],
  ['files.0.segments.0.kind', 'tensor'],
  ['files.0.segments.0.tensor', 0],
  ['files.0.segments.0.fragments', undefined],
  ['files.0.segments.0.fragments.0.id', ''],
  ['files.0.segments.0.fragments.0.offset', null],
  ['tensors.0.type', 'attention'],
  ['tensors.0.shape', [-1]],
  ['tensors.0.shape', 'scalar'],
  ['tensors.0.hash', 7],
  ['layers.0.tensors', ['0']],
  ['totals.files', undefined],
];

const badPaths = [
  '',
  '/etc/passwd',
  '../x',
  'a/../b',
  'a/..',
  '..',
  '.',
  './a',
  'a//b',
  'a/',
  'C:/x',
  'c:x',
  'a\\b',
  '\\\\host\\x',
  'a\0b',
  `a/${'x'.repeat(5000)}`,
];
const goodPaths = [
  'a',
  'a/b.c',
  '..a',
  'a..',
  'a/...',
  '.hidden',
  'sha256:ab',
  'ü/ß',
  'a b',
  'con',
];

describe('a broken manifest', () => {
  it.each(broken)('is refused with place, expectation and finding: %s = %j', (place, value) => {
    const text = JSON.stringify(changed(odd, place, value));
    const error = failure(() => parseManifest(text, 'm.json'));
    expect(error.file).toBe('m.json');
    expect(error.expected).not.toBe('');
    expect(error.found).not.toBe('');
    expect(error.message).toMatch(
      /^m\.json is not a manifest that can be read: .*expected .*, found /s,
    );
  });

  it('is refused when it is no JSON, or JSON of another kind', () => {
    for (const text of [
      '',
      '{',
      'null',
      '[]',
      '7',
      '"x"',
      '{"tessera":"manifest"}',
      '['.repeat(100_000),
    ]) {
      expect(failure(() => parseManifest(text))).toBeInstanceOf(ManifestError);
    }
  });

  it('is refused when a path leaves the model', () => {
    for (const path of badPaths) {
      expect(unsafeFilePath(path), path).toBeDefined();
      expect(
        failure(() => parseManifest(JSON.stringify(changed(odd, 'files.0.path', path)))),
      ).toMatchObject({
        at: 'files[0].path',
      });
    }
    for (const path of goodPaths) expect(unsafeFilePath(path), path).toBeUndefined();
  });
});

function failure(run: () => unknown): ManifestError {
  try {
    run();
  } catch (error) {
    if (error instanceof ManifestError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('docs/manifest.schema.json', () => {
  const load = async () => {
    const text = await readFile(
      join(import.meta.dirname, '../../../../docs/manifest.schema.json'),
      'utf8',
    );
    return new Ajv2020({ strict: true, strictRequired: false, allowUnionTypes: true }).compile(
      JSON.parse(text),
    );
  };

  it('accepts what is written', async () => {
    const validate = await load();
    for (const one of [manifest, odd]) {
      expect(validate(JSON.parse(serializeManifest(one))), JSON.stringify(validate.errors)).toBe(
        true,
      );
    }
  });

  it('rejects what the reader rejects', async () => {
    const validate = await load();
    for (const [place, value] of broken) {
      expect(validate(changed(odd, place, value)), `${place} = ${JSON.stringify(value)}`).toBe(
        false,
      );
    }
    for (const path of badPaths) {
      expect(validate(changed(odd, 'files.0.path', path)), path).toBe(false);
    }
    for (const path of goodPaths) {
      expect(validate(changed(odd, 'files.0.path', path)), path).toBe(true);
    }
  });
});

describe('layers', () => {
  const tensor = (name: string) => ({
    name,
    shape: name.includes('norm') ? [16] : [4, 4],
    length: 32,
  });
  const order = (...names: string[]) => layersOf(names.map(tensor)).map((layer) => layer.name);

  it('are the names up to the part after the first number', () => {
    expect(layerNameOf('model.layers.12.self_attn.q_proj.weight')).toBe(
      'model.layers.12.self_attn',
    );
    expect(layerNameOf('model.layers.12.input_layernorm.weight')).toBe(
      'model.layers.12.input_layernorm',
    );
    expect(layerNameOf('model.layers.0.mlp.experts.7.w2.weight')).toBe('model.layers.0.mlp');
    expect(layerNameOf('blk.0.attn_q.weight')).toBe('blk.0.attn_q');
    expect(layerNameOf('features.0.weight')).toBe('features.0');
    expect(layerNameOf('0.weight')).toBe('0');
    expect(layerNameOf('lm_head.weight')).toBe('lm_head');
    expect(layerNameOf('positional_embedding')).toBe('positional_embedding');
    expect(layerNameOf('')).toBe('');
  });

  it('load embeddings first, blocks by number, norm and head last, optimizer state after all', () => {
    expect(
      order(
        'lm_head.weight',
        'model.layers.10.mlp.up_proj.weight',
        'model.layers.2.self_attn.q_proj.weight',
        'model.layers.2.mlp.up_proj.weight',
        'optimizer.state.model.embed_tokens.weight.exp_avg',
        'model.norm.weight',
        'model.embed_tokens.weight',
        'model.layers.1.mlp.up_proj.weight',
      ),
    ).toEqual([
      'model.embed_tokens',
      'model.layers.1.mlp',
      'model.layers.2.self_attn',
      'model.layers.2.mlp',
      'model.layers.10.mlp',
      'model.norm',
      'lm_head',
      'optimizer.state.model.embed_tokens.weight',
    ]);
  });

  it('keep stacks apart and otherwise follow the file', () => {
    expect(
      order(
        'decoder.layers.0.fc1.weight',
        'encoder.layers.1.fc1.weight',
        'decoder.layers.1.fc1.weight',
        'pooler.dense.weight',
        'encoder.layers.0.fc1.weight',
      ),
    ).toEqual([
      'decoder.layers.0.fc1',
      'decoder.layers.1.fc1',
      'encoder.layers.0.fc1',
      'encoder.layers.1.fc1',
      'pooler.dense',
    ]);
  });

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

  it('treat names such as __proto__ like any other', () => {
    expect(order('__proto__.weight', 'constructor.weight')).toEqual(['__proto__', 'constructor']);
  });
});
