import { describe, expect, it } from 'vitest';
import type { Model, ModelTensor } from '../model/model';
import { EngineError, type TensorQuery } from '../protocol';
import { PieceStore } from '../sharing/pieces';
import { SharingIndex } from '../sharing/sharing';
import { boundMetadata } from './metadata';
import { filterNames } from './name-filter';
import { parseShapeFilter } from './shape-filter';
import { TensorQueries } from './tensors';
import { isBelow, treeChildren } from './tree';

const tensor = (name: string, shape: number[] = [2], dtype = 'F32'): ModelTensor => ({
  name,
  dtype,
  shape,
  file: 0,
  offset: 0,
  byteLength: 4 * shape.reduce((a, b) => a * b, 1),
  encoding: 'raw',
});

const modelWith = (tensors: ModelTensor[]): Model => ({
  id: '0'.repeat(16) as Model['id'],
  name: 'm',
  folder: '/',
  kind: 'file',
  format: 'safetensors',
  files: [],
  tensors,
  metadata: {},
});

describe('parseShapeFilter', () => {
  it.each([
    ['', [1, 2], true],
    ['4096', [4096], true],
    ['4096', [4096, 1], false],
    ['4096x*', [4096, 7], true],
    ['4096×*', [4096, 7], true],
    ['* x 3 x 3', [9, 3, 3], true],
    ['*x3x3', [9, 3, 4], false],
    ['2d', [1, 1], true],
    ['>=2d', [1], false],
    ['<2d', [], true],
    ['1d, 8x8', [8, 8], true],
  ])('%s on %j is %s', (text, shape, expected) => {
    expect(parseShapeFilter(text)(shape)).toBe(expected);
  });

  it.each(['abc', '4096x', 'x3', '>=d', '1e9'])('refuses %s with a sentence', (text) => {
    expect(() => parseShapeFilter(text)).toThrow(EngineError);
  });
});

describe('filterNames', () => {
  const names = ['Layer.1.Weight', 'layer.10.bias', 'norm'];
  it('finds plain text anywhere, whatever its case, and takes it literally', () => {
    expect(filterNames(names, 'LAYER.1', false)).toEqual([0, 1]);
    expect(filterNames(names, '.*', false)).toEqual([]);
  });
  it('takes regular expressions and says why one is none', () => {
    expect(filterNames(names, '\\.1\\.', true)).toEqual([0]);
    expect(() => filterNames(names, '(', true)).toThrow(/Not a regular expression/);
  });
  it('stops a pattern that would backtrack for ever', () => {
    expect(() => filterNames([`${'a'.repeat(40)}!`], '^(a+)+$', true)).toThrow(/too long/);
  });
});

describe('treeChildren', () => {
  const model = modelWith(
    [
      'model.layers.10.w',
      'model.layers.2.w',
      'model.layers.2.b',
      'model.norm',
      'head',
      '/a/b',
      'head.x',
      'header',
    ].map((name) => tensor(name)),
  );
  it('groups by the next part of the name, folders first, in natural order', () => {
    expect(treeChildren(model, '').map(({ label, tensors }) => [label, tensors])).toEqual([
      ['a', 1],
      ['head', 2],
      ['model', 4],
      ['header', 1],
    ]);
    expect(treeChildren(model, 'model').map((node) => node.label)).toEqual(['layers', 'norm']);
    expect(treeChildren(model, 'model.layers').map((node) => node.label)).toEqual(['2', '10']);
  });
  it('gives leaves the index of their tensor, and a name that is also a prefix appears below itself', () => {
    expect(treeChildren(model, 'model.layers.2')).toMatchObject([
      { path: 'model.layers.2.b', tensorIndex: 2 },
      { path: 'model.layers.2.w', tensorIndex: 1 },
    ]);
    expect(treeChildren(model, 'head')).toMatchObject([
      { path: 'head', tensorIndex: 4 },
      { path: 'head.x', tensorIndex: 6 },
    ]);
  });
  it('keeps every tensor reachable and counts each once per level', () => {
    const leaves: number[] = [];
    const walk = (prefix: string): number =>
      treeChildren(model, prefix).reduce((sum, node) => {
        if (node.tensorIndex === undefined) return sum + walk(node.path);
        leaves.push(node.tensorIndex);
        return sum + 1;
      }, 0);
    expect(walk('')).toBe(model.tensors.length);
    expect(leaves.sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });
  it('never takes a longer name for a child', () => {
    expect(isBelow('model.layers', 'model.lay')).toBe(false);
    expect(isBelow('model.layers', 'model')).toBe(true);
  });
});

describe('TensorQueries', () => {
  const model = modelWith([
    tensor('b.10', [4, 4]),
    tensor('b.2', [8], 'BF16'),
    tensor('a', [1]),
    tensor('b.2.x', [2, 2]),
  ]);
  const query = (
    change: Partial<Omit<TensorQuery, 'filter'>> & { filter?: Partial<TensorQuery['filter']> },
  ): TensorQuery => ({
    modelId: model.id,
    sort: change.sort ?? { key: 'name', direction: 'ascending' },
    offset: change.offset ?? 0,
    limit: change.limit ?? 10,
    filter: {
      text: '',
      regex: false,
      dtypes: [],
      types: [],
      shape: '',
      prefix: '',
      ...change.filter,
    },
  });
  const queries = () => {
    const pieces = new PieceStore();
    return new TensorQueries({ pieces, sharing: new SharingIndex(pieces) });
  };
  const names = (change: Parameters<typeof query>[0]): string[] =>
    queries()
      .page(model, query(change))
      .rows.map((row) => row.name);

  it('sorts by every key in both directions', () => {
    expect(names({})).toEqual(['a', 'b.2', 'b.2.x', 'b.10']);
    expect(names({ sort: { key: 'size', direction: 'descending' } })).toEqual([
      'b.10',
      'b.2',
      'b.2.x',
      'a',
    ]);
    expect(names({ sort: { key: 'shape', direction: 'ascending' } })).toEqual([
      'a',
      'b.2.x',
      'b.10',
      'b.2',
    ]);
    expect(names({ sort: { key: 'file', direction: 'ascending' } })).toEqual([
      'b.10',
      'b.2',
      'a',
      'b.2.x',
    ]);
  });
  it('combines filters and pages through what is left', () => {
    expect(names({ filter: { prefix: 'b.2' } })).toEqual(['b.2', 'b.2.x']);
    expect(names({ filter: { prefix: 'b', shape: '2d', dtypes: ['F32'] } })).toEqual([
      'b.2.x',
      'b.10',
    ]);
    const page = queries().page(model, query({ offset: 1, limit: 2 }));
    expect(page.rows.map((row) => row.name)).toEqual(['b.2', 'b.2.x']);
    expect(page).toMatchObject({
      total: 4,
      totalBytes: 4 * (16 + 8 + 1 + 4),
      dtypes: ['BF16', 'F32'],
    });
  });
  it('tells, filters and sorts by the types of all tensors', () => {
    const typed = modelWith([
      tensor('blk.0.attn_q.weight', [4, 4]),
      tensor('blk.0.attn_norm.weight', [4]),
      tensor('blk.0.ffn_up.weight', [8, 4]),
      tensor('blk.1.attn_q.weight', [4, 4]),
      tensor('what', [2, 2]),
    ]);
    const page = (change: Parameters<typeof query>[0]) => queries().page(typed, query(change));
    const all = page({ sort: { key: 'type', direction: 'ascending' } });
    expect(all.rows.map((row) => [row.index, row.type])).toEqual([
      [0, 'attention-query'],
      [3, 'attention-query'],
      [2, 'feed-forward'],
      [1, 'normalization'],
      [4, 'generic'],
    ]);
    const types = [
      { type: 'attention-query', tensors: 2, bytes: 128 },
      { type: 'feed-forward', tensors: 1, bytes: 128 },
      { type: 'normalization', tensors: 1, bytes: 16 },
      { type: 'generic', tensors: 1, bytes: 16 },
    ];
    expect(all.types).toEqual(types);
    const some = page({ filter: { types: ['generic', 'attention-query'], text: 'w' } });
    expect(some.rows.map((row) => row.index)).toEqual([0, 3, 4]);
    expect(some).toMatchObject({ total: 3, totalBytes: 144, types });
    const down = page({ sort: { key: 'type', direction: 'descending' } });
    expect(down.rows.map((row) => row.index)).toEqual([4, 1, 2, 0, 3]);
  });
  it('leaves hashes and sharing out until they are known', () => {
    const [row] = queries().page(model, query({})).rows;
    expect(row).not.toHaveProperty('hash');
    expect(row).not.toHaveProperty('sharedBy');
  });
});

describe('boundMetadata', () => {
  it('keeps small metadata as it is and says what it cut of large ones', () => {
    const small = { a: [1, 'x', null], b: { c: true } };
    expect(boundMetadata(small)).toEqual(small);
    const big = boundMetadata({
      text: 'x'.repeat(50_000),
      list: Array.from({ length: 3000 }, () => 1),
    });
    expect(String(big['text'])).toMatch(/50000 characters/);
    expect((big['list'] as unknown[]).at(-1)).toMatch(/2000 more/);
    let deep: unknown = 'end';
    for (let i = 0; i < 100; i++) deep = { deep };
    expect(JSON.stringify(boundMetadata(deep as never)).length).toBeLessThan(400);
  });
});
