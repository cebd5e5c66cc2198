import { describe, expect, it } from 'vitest';
import type { Problem } from '../../../shared/domain';
import { memoryByteSource } from '../io/byte-source';
import type { FileHeader } from './reader';
import { checkShards, readShardIndex, type ShardIndex } from './safetensors-index';

const file = 'model.safetensors.index.json';

function read(text: string): ShardIndex {
  return readShardIndex(memoryByteSource(file, Buffer.from(text)));
}

function withMap(entries: Readonly<Record<string, unknown>>, metadata: unknown = {}): ShardIndex {
  const map = JSON.stringify(Object.fromEntries(Object.entries(entries)));
  return read(`{"metadata":${JSON.stringify(metadata)},"weight_map":${map}}`);
}

function header(...names: readonly string[]): FileHeader {
  const tensors = names.map((name, index) => ({
    name,
    dtype: 'U8',
    shape: [4],
    fileIndex: 0,
    offset: 100 + index * 4,
    byteLength: 4,
    encoding: 'raw' as const,
  }));
  return { format: 'safetensors', tensors, metadata: {}, externals: [] };
}

function errors(problems: readonly Problem[]): string {
  return problems.map(({ error }) => error).join('\n');
}

describe('readShardIndex', () => {
  it('gives the shards in order of use, each once', () => {
    const index = withMap({ a: 's1', b: 's2', c: './s1' }, { total_size: 12 });
    expect(index.shards).toEqual(['s1', 's2']);
    expect(index.totalSize).toBe(12);
    expect(index.problems).toEqual([]);
  });

  const unsafe: readonly (readonly [string, RegExp])[] = [
    ['../x.safetensors', /leads out of its folder/],
    ['a/../../x', /leads out of its folder/],
    ['/etc/passwd', /is absolute/],
    ['C:\\x', /holds a backslash/],
    ['C:x', /names a drive/],
    ['\\\\host\\share\\x', /holds a backslash/],
    ['\\\\?\\C:\\x', /holds a backslash/],
    ['x.safetensors:stream', /holds a colon/],
    ['', /is empty/],
    ['.', /is empty/],
    ['x\0y', /holds a NUL/],
  ];
  for (const [location, expected] of unsafe) {
    it(`never hands out the shard ${JSON.stringify(location)}`, () => {
      const index = withMap({ a: location, b: 'good.safetensors' });
      expect(index.shards).toEqual(['good.safetensors']);
      expect(index.problems).toHaveLength(1);
      expect(index.problems[0]).toMatchObject({ kind: 'outside-root', file });
      expect(errors(index.problems)).toMatch(expected);
    });
  }

  const broken: readonly (readonly [string, string, RegExp])[] = [
    ['empty', '', /an object/],
    ['an array', '[]', /an object/],
    ['without a weight_map', '{"metadata":{}}', /a "weight_map", found none/],
    ['with an array as weight_map', '{"weight_map":["a"]}', /an object of tensor names/],
    ['with a number as shard', '{"weight_map":{"a":1}}', /the name of a shard file/],
    ['with null as shard', '{"weight_map":{"a":null}}', /the name of a shard file/],
    ['with two weight_maps', '{"weight_map":{},"weight_map":{}}', /one "weight_map"/],
    ['cut', '{"weight_map":{"a":"b"', /expected "," or "}"/],
    ['with more behind', '{"weight_map":{}} x', /the end of the index/],
    ['nested 10,000 deep', `{"x":${'['.repeat(10_000)}`, /nesting of at most/],
  ];
  for (const [name, text, expected] of broken) {
    it(`reports an index that is ${name}`, () => {
      const { problems } = read(text);
      expect(problems).toHaveLength(1);
      expect(problems[0]?.kind).toBe('malformed');
      expect(errors(problems)).toMatch(expected);
    });
  }

  it('takes a tensor named __proto__ for a tensor', () => {
    const index = read('{"weight_map":{"__proto__":"s1"}}');
    expect(index.weightMap.get('__proto__')).toBe('s1');
    expect(index.shards).toEqual(['s1']);
  });

  it('reports a tensor that is listed twice, and keeps the first place', () => {
    const index = read('{"weight_map":{"a":"s1","\\u0061":"s2"}}');
    expect(errors(index.problems)).toMatch(/lists the tensor "a" twice, in "s1" and "s2"/);
    expect(index.weightMap.get('a')).toBe('s1');
  });

  for (const total of [-1, 1.5, '12', null]) {
    it(`reports a total size of ${JSON.stringify(total)}`, () => {
      const index = withMap({ a: 's1' }, { total_size: total });
      expect(index.totalSize).toBeUndefined();
      expect(errors(index.problems)).toMatch(/not a number of bytes/);
    });
  }

  it('reports shards that differ only by case or Unicode form', () => {
    expect(errors(withMap({ a: 'S.bin', b: 's.bin' }).problems)).toMatch(
      /one name on some systems/,
    );
    const forms = withMap({ a: '\u00e9.bin', b: 'e\u0301.bin' });
    expect(errors(forms.problems)).toMatch(/one name on some systems/);
  });

  it('reads 300,000 entries within 5 s, and lists only some of many findings', () => {
    const entries = Array.from({ length: 300_000 }, (_, i) => `"t${i}":"../s${i}"`);
    const start = performance.now();
    const index = read(`{"weight_map":{${entries.join(',')}}}`);
    expect(performance.now() - start).toBeLessThan(5000);
    expect(index.problems.length).toBeLessThanOrEqual(20);
  });

  it('refuses more entries than a file may hold', () => {
    const entries = Array.from({ length: 500_002 }, (_, i) => `"${i}":"s"`);
    expect(errors(read(`{"weight_map":{${entries.join(',')}}}`).problems)).toMatch(
      /at most 500000/,
    );
  });
});

describe('checkShards', () => {
  const index = withMap({ a: 's1', b: 's2' }, { total_size: 8 });

  it('finds nothing where index and shards agree', () => {
    const headers = new Map([
      ['s1', header('a')],
      ['s2', header('b')],
    ]);
    expect(checkShards(file, index, headers)).toEqual([]);
  });

  it('finds a tensor that its shard does not hold', () => {
    const headers = new Map([
      ['s1', header('a')],
      ['s2', header()],
    ]);
    expect(errors(checkShards(file, index, headers))).toMatch(/"b" is not in the shard/);
  });

  it('finds a tensor in two shards', () => {
    const headers = new Map([
      ['s1', header('a', 'b')],
      ['s2', header('b')],
    ]);
    expect(errors(checkShards(file, index, headers))).toMatch(/"b" is in two shards/);
  });

  it('finds tensors that the index does not list', () => {
    const headers = new Map([
      ['s1', header('a', 'x', 'y')],
      ['s2', header('b')],
    ]);
    expect(errors(checkShards(file, index, headers))).toMatch(
      /2 tensors, "x" the first, are in a shard, but not in the index/,
    );
  });

  it('finds a wrong total, but not while shards are missing', () => {
    const wrong = withMap({ a: 's1', b: 's2' }, { total_size: 9 });
    const all = new Map([
      ['s1', header('a')],
      ['s2', header('b')],
    ]);
    expect(errors(checkShards(file, wrong, all))).toMatch(/states 9 bytes .* hold 8/);
    expect(checkShards(file, wrong, new Map([['s1', header('a')]]))).toEqual([]);
  });
});
