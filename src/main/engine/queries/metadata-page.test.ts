import { mkdtempSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MetadataValue } from '../../../shared/domain';
import { readHeader } from '../formats';
import { array, type GgufSpec, ggufFile, text, u32 } from '../formats/testing/gguf-file';
import type { Model, ModelFile } from '../model/model';
import { EngineError } from '../protocol';
import { metadataJson } from './metadata-json';
import { metadataItems } from './metadata-page';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tessera-metadata-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const tokens = (count: number) => Array.from({ length: count }, (_, at) => `<token ${at}>`);
const strings = (items: readonly string[]) => array('string', items.map(text));

function writeFile(name: string, spec: GgufSpec): ModelFile {
  const realPath = join(folder, name);
  writeFileSync(realPath, ggufFile(spec));
  return stamped(realPath, name);
}

function stamped(realPath: string, name: string): ModelFile {
  const { size, mtimeNs, ino, dev } = statSync(realPath, { bigint: true });
  const stamp = { size: Number(size), mtimeNs, inode: ino, device: dev };
  return { realPath, path: name, role: 'weights', format: 'gguf', stamp };
}

/** As discovery makes it: the first file's value of each key. */
function modelOf(
  files: readonly ModelFile[],
  extra: Readonly<Record<string, MetadataValue>> = {},
): Model {
  const headers = files.map((file) => readHeader(file.realPath).metadata);
  const metadata = { ...Object.assign({}, ...headers.toReversed()), ...extra };
  const id = '0'.repeat(16) as Model['id'];
  const base = { id, name: 'm', folder, kind: 'file', format: 'gguf', tensors: [] } as const;
  return { ...base, files, metadata };
}

const listed = tokens(25_000);
const spec: GgufSpec = {
  pairs: [
    ['general.architecture', text('llama')],
    ['tokens', strings(listed)],
    [
      'scores',
      array(
        'u32',
        Array.from({ length: 1500 }, (_, at) => u32(at * 3)),
      ),
    ],
    ['short', array('u32', [u32(1), u32(2)])],
    ['nested', array('array', [strings(tokens(300)), strings(['a'])])],
  ],
};

const page = (model: Model, path: string[], from: number, count: number) =>
  metadataItems(model, { path, from, count });

describe('metadataItems', () => {
  it('gives any page of an array that lies in the file', () => {
    const model = modelOf([writeFile('a.gguf', spec)]);
    expect(page(model, ['tokens'], 0, 3)).toEqual({
      total: 25_000,
      from: 0,
      items: listed.slice(0, 3),
    });
    expect(page(model, ['tokens'], 24_998, 1000).items).toEqual(listed.slice(-2));
    expect(page(model, ['tokens'], 25_000, 10).items).toEqual([]);
    expect(page(model, ['scores'], 1000, 2)).toEqual({
      total: 1500,
      from: 1000,
      items: [3000, 3003],
    });
  });

  it('follows a path into arrays in arrays', () => {
    const model = modelOf([writeFile('b.gguf', spec)]);
    expect(page(model, ['nested', '0'], 298, 9)).toEqual({
      total: 300,
      from: 298,
      items: ['<token 298>', '<token 299>'],
    });
    expect(page(model, ['nested', '1'], 0, 9)).toEqual({ total: 1, from: 0, items: ['a'] });
  });

  it('pages lists that the metadata has whole', () => {
    const labels = Array.from({ length: 5000 }, (_, at) => ({ at }));
    const model = modelOf([writeFile('c.gguf', spec)], { 'config.json': { labels } });
    expect(page(model, ['short'], 1, 5)).toEqual({ total: 2, from: 1, items: [2] });
    expect(page(model, ['config.json', 'labels'], 4999, 5).items).toEqual([{ at: 4999 }]);
  });

  it('finds the file whose header has the array', () => {
    const first = writeFile('s-00001-of-00002.gguf', { pairs: [['x', u32(1)]] });
    const second = writeFile('s-00002-of-00002.gguf', spec);
    expect(page(modelOf([first, second]), ['tokens'], 7, 1).items).toEqual(['<token 7>']);
  });

  it('refuses a file that was written to since', () => {
    const file = writeFile('d.gguf', spec);
    const model = modelOf([file]);
    utimesSync(file.realPath, 1, 1);
    expect(() => page(model, ['tokens'], 0, 1)).toThrow(/d\.gguf has changed since/);
    writeFileSync(file.realPath, 'short');
    expect(() => page(model, ['tokens'], 0, 1)).toThrow(EngineError);
    rmSync(file.realPath);
    expect(() => page(model, ['tokens'], 0, 1)).toThrow(/cannot be read: the system says ENOENT/);
  });

  it.each([
    [['absent']],
    [['__proto__']],
    [['short', 'length']],
    [['short', '9']],
    [['tokens', '99999']],
    [['tokens', 'x']],
    [['general.architecture']],
    [['general.architecture', '0']],
  ])('says that there is no list at %j', (path) => {
    const model = modelOf([writeFile('e.gguf', spec)]);
    expect(() => page(model, path, 0, 1)).toThrow(EngineError);
  });

  it('never opens a file for a configuration that imitates a place', () => {
    const file = writeFile('f.gguf', spec);
    const sidecar: ModelFile = { ...file, path: 'config.json', role: 'sidecar', format: 'opaque' };
    const place = { arrayOf: 'u8', count: 100, offset: 0, byteLength: 100 };
    const model = { ...modelOf([file], { 'config.json': place }), files: [file, sidecar] };
    expect(() => page(model, ['config.json'], 0, 1)).toThrow(/is not a list/);
  });
});

describe('metadataJson', () => {
  it('gives everything, long arrays in full', async () => {
    const model = modelOf([writeFile('g.gguf', spec)], { 'config.json': { a: [1, null] } });
    const { text: json, leftOut } = await metadataJson(model, []);
    expect(leftOut).toEqual([]);
    expect(JSON.parse(json)).toEqual({
      'general.architecture': 'llama',
      tokens: listed,
      scores: Array.from({ length: 1500 }, (_, at) => at * 3),
      short: [1, 2],
      nested: [tokens(300), ['a']],
      'config.json': { a: [1, null] },
    });
  });

  it('gives long arrays inside long arrays in full', async () => {
    const rows = Array.from({ length: 120 }, (_, at) => tokens(at === 110 ? 150 : 1));
    const table = array('array', rows.map(strings));
    const model = modelOf([writeFile('k.gguf', { pairs: [['table', table]] })]);
    expect(JSON.parse((await metadataJson(model, ['table'])).text)).toEqual(rows);
    expect(page(model, ['table', '110'], 148, 5).items).toEqual(['<token 148>', '<token 149>']);
  });

  it('gives one value', async () => {
    const model = modelOf([writeFile('h.gguf', spec)]);
    const at = async (...path: string[]) => JSON.parse((await metadataJson(model, path)).text);
    expect(await at('tokens')).toEqual(listed);
    expect(await at('tokens', '12345')).toBe('<token 12345>');
    expect(await at('general.architecture')).toBe('llama');
    await expect(at('absent')).rejects.toThrow(EngineError);
  });

  it('stays valid within its bound, and says what it leaves out', async () => {
    const model = modelOf([writeFile('i.gguf', spec)]);
    for (const bytes of [0, 40, 5000, 100_000, 400_000]) {
      const { text: json, leftOut } = await metadataJson(model, [], bytes);
      expect(() => JSON.parse(json)).not.toThrow();
      expect(json.length).toBeLessThan(bytes + 1000);
      expect(leftOut.join(' ')).toMatch(/left out: a copy has at most/);
    }
  });

  it('is indented as JSON.stringify does it', async () => {
    const metadata = { a: { b: [1, { c: 'ä' }], d: {}, e: [] }, f: '"' };
    const model = { ...modelOf([]), metadata };
    expect((await metadataJson(model, [])).text).toBe(JSON.stringify(metadata, null, 2));
  });

  it('says that a reader cut a text', async () => {
    const model = modelOf([writeFile('j.gguf', { pairs: [['t', text('x'.repeat(70_000))]] })]);
    expect((await metadataJson(model, [])).leftOut).toEqual([
      '1 long text is cut, with the whole length at the end.',
    ]);
  });

  it('has the long texts of a safetensors header in full', async () => {
    const tags = JSON.stringify(Object.fromEntries(tokens(9000).map((name, at) => [name, at])));
    const json = Buffer.from(JSON.stringify({ __metadata__: { ss_tag_frequency: tags } }));
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(json.length));
    const realPath = join(folder, 'lora.safetensors');
    writeFileSync(realPath, Buffer.concat([length, json]));
    const file = { ...stamped(realPath, 'lora.safetensors'), format: 'safetensors' } as const;
    const model = modelOf([file]);
    expect(String(model.metadata.ss_tag_frequency)).toMatch(/characters\)$/);
    const { text: copied, leftOut } = await metadataJson(model, []);
    expect(JSON.parse(copied)).toEqual({ ss_tag_frequency: tags });
    expect(leftOut).toEqual([]);
  });
});
