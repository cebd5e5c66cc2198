import { describe, expect, it } from 'vitest';
import type { ModelId } from '../../../shared/base';
import { type CompareSortKey, compareSortKeys, defaultThresholds } from '../../../shared/domain';
import { alignModels } from './align';
import { type Comparison, compareModels } from './compare';
import { comparePage } from './compare-rows';
import { noise, tuned, type Written, workshop } from './testing/compare-models';

function comparisonsOf(
  a: readonly Written[],
  ...others: readonly (readonly Written[])[]
): Comparison[] {
  const shop = workshop();
  const base = shop.model('a', a);
  return others.map((tensors, at) => {
    const other = shop.model(`b${at}`, tensors);
    const alignment = alignModels(base, other, shop.pairs, shop.options);
    return compareModels(base, other, alignment, shop.pairs, defaultThresholds);
  });
}

const everything = { differencesOnly: false, text: '', prefix: '', model: null };
const page = (
  comparisons: readonly Comparison[],
  filter: Partial<Parameters<typeof comparePage>[1]['filter']> = {},
  key: CompareSortKey = 'file',
  direction: 'ascending' | 'descending' = 'ascending',
  [offset, limit] = [0, 1000],
) =>
  comparePage(comparisons, {
    filter: { ...everything, ...filter },
    sort: { key, direction },
    offset: offset ?? 0,
    limit: limit ?? 1000,
  });

const namesOf = ({ rows }: ReturnType<typeof page>) =>
  rows.map(({ tensor, other }) => tensor?.name ?? `+${other?.name}`);

const a: readonly Written[] = [
  { name: 'layers.10.w', values: noise(1) },
  { name: 'layers.2.w', values: noise(2, 300) },
  { name: 'gone', values: noise(3, 70) },
  { name: 'near', values: noise(4) },
  { name: 'nearer', values: noise(5) },
  { name: 'Cast', values: noise(6) },
];
const b: readonly Written[] = [
  { name: 'layers.10.w', values: noise(1) },
  { name: 'layers.2.w', values: noise(12, 300) },
  { name: 'near', values: tuned(noise(4), 0.1) },
  { name: 'nearer', values: tuned(noise(5), 0.01) },
  { name: 'Cast', values: noise(6), dtype: 'BF16' },
  { name: 'new.w', values: noise(9, 90) },
];
const one = comparisonsOf(a, b);

describe('comparePage', () => {
  it("lists A's tensors in A's order, then what only B has", () => {
    const { rows, total, totalBytes } = page(one);
    expect(namesOf({ rows, total, totalBytes })).toEqual([...a.map(({ name }) => name), '+new.w']);
    expect(total).toBe(7);
    expect(totalBytes).toBe(4 * (256 * 4 + 300 + 70 + 90));
    expect(rows.map(({ row }) => row)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(rows.map(({ status }) => status)).toEqual([
      'identical',
      'different',
      'onlyA',
      'near',
      'near',
      'cast',
      'onlyB',
    ]);
    expect(rows[4]).toMatchObject({
      b: 'b0',
      nearDuplicate: true,
      reason: 'name',
      tensor: { modelId: 'a', index: 4, name: 'nearer', byteLength: 1024 },
      other: { modelId: 'b0', index: 3, name: 'nearer' },
    });
    expect(rows[2]).toMatchObject({ other: null, metrics: null, reason: null });
    expect(rows[6]).toMatchObject({ tensor: null, metrics: null, reason: null });
  });

  it.each([
    ['name', ['Cast', 'gone', 'layers.2.w', 'layers.10.w', 'near', 'nearer', '+new.w']],
    ['size', ['gone', '+new.w', 'layers.10.w', 'near', 'nearer', 'Cast', 'layers.2.w']],
    ['status', ['layers.10.w', 'Cast', 'near', 'nearer', '+new.w', 'gone', 'layers.2.w']],
    ['change', ['layers.10.w', 'Cast', 'nearer', 'near', 'layers.2.w', 'gone', '+new.w']],
    ['delta', ['layers.10.w', 'Cast', 'nearer', 'near', '+new.w', 'layers.2.w', 'gone']],
  ] as const)('sorts by %s, natural and stable', (key, names) => {
    expect(namesOf(page(one, {}, key))).toEqual(names);
  });

  it('keeps ties in file order and rows without a value last, in both directions', () => {
    expect(namesOf(page(one, {}, 'size', 'descending'))).toEqual([
      'layers.2.w',
      'layers.10.w',
      'near',
      'nearer',
      'Cast',
      '+new.w',
      'gone',
    ]);
    expect(namesOf(page(one, {}, 'change', 'descending'))).toEqual([
      'layers.2.w',
      'near',
      'nearer',
      'layers.10.w',
      'Cast',
      'gone',
      '+new.w',
    ]);
  });

  it('takes pairs whose values cannot be compared for the most changed ones', () => {
    const unknown = [...a, { name: 'opaque', values: noise(7), unsigned: true }];
    const other = [...b, { name: 'opaque', values: noise(8), unsigned: true }];
    const sorted = namesOf(page(comparisonsOf(unknown, other), {}, 'change', 'descending'));
    expect(sorted[0]).toBe('opaque');
  });

  it('leaves identical tensors out, finds text in either name, and whole prefixes', () => {
    expect(page(one, { differencesOnly: true }).total).toBe(6);
    expect(namesOf(page(one, { text: 'CAST' }))).toEqual(['Cast']);
    expect(namesOf(page(one, { text: 'new' }))).toEqual(['+new.w']);
    expect(namesOf(page(one, { prefix: 'near' }))).toEqual(['near']);
    expect(namesOf(page(one, { prefix: 'layers' }))).toEqual(['layers.10.w', 'layers.2.w']);
    expect(namesOf(page(one, { prefix: 'layers.1' }))).toEqual([]);
    expect(namesOf(page(one, { prefix: 'layers', text: '2' }))).toEqual(['layers.2.w']);
    expect(page(one, { text: 'nothing' })).toEqual({ total: 0, totalBytes: 0, rows: [] });
    const renamed = comparisonsOf(
      [{ name: 'old', values: noise(1) }],
      [{ name: 'x::new', values: noise(1) }],
    );
    expect(namesOf(page(renamed, { text: 'x::' }))).toEqual(['old']);
  });

  it('pages through every row once, whatever the sorting', () => {
    for (const key of compareSortKeys) {
      const pages = [0, 3, 6].map((from) => page(one, {}, key, 'descending', [from, 3]));
      const rows = pages.flatMap((part) => part.rows.map(({ row }) => row));
      expect(rows.toSorted()).toEqual([0, 1, 2, 3, 4, 5, 6]);
      expect(pages.map(({ total }) => total)).toEqual([7, 7, 7]);
    }
    expect(page(one, {}, 'file', 'ascending', [50, 10]).rows).toEqual([]);
  });

  it('puts several models under each tensor in their order, and tells rows apart', () => {
    const several = comparisonsOf(a.slice(0, 2), b, a.slice(0, 1), b.slice(5));
    const { rows, total } = page(several);
    const told = rows.map(
      ({ tensor, other, b: model }) => `${tensor?.name ?? other?.name}:${model}`,
    );
    expect(told).toEqual([
      ...['b0', 'b1', 'b2'].map((model) => `layers.10.w:${model}`),
      ...['b0', 'b1', 'b2'].map((model) => `layers.2.w:${model}`),
      ...['near', 'nearer', 'Cast', 'new.w'].map((name) => `${name}:b0`),
      'new.w:b2',
    ]);
    expect(new Set(rows.map(({ row }) => row)).size).toBe(total);
    const second = page(several, { model: 'b1' as ModelId });
    expect(second.rows.map(({ b: model }) => model)).toEqual(['b1', 'b1']);
  });

  it('is not confused by another comparison that begins alike', () => {
    const several = comparisonsOf(a, b, a);
    expect(page(several.slice(0, 1)).total).toBe(7);
    expect(page(several).total).toBe(13);
    expect(page(several.slice(0, 1)).total).toBe(7);
  });

  it('is empty without a comparison', () => {
    expect(page([])).toEqual({ total: 0, totalBytes: 0, rows: [] });
  });
});
