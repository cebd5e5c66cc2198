import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Manifest } from '../../../shared/domain';
import { writeSamples } from '../samples';
import { buildManifest } from './build';
import { ManifestError, parseManifest } from './parse';
import { unsafeFilePath } from './paths';
import { serializeManifest } from './serialize';
import { modelInput, writeOddModel } from './test-support';

let folder = '';
let manifest: Manifest;
let odd: Manifest;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tessera-parse-'));
  await writeSamples(folder, { size: 1_000_000 });
  manifest = buildManifest(await modelInput(folder, ['nova-code.safetensors']));
  odd = await writeOddModel(join(folder, 'odd'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

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
