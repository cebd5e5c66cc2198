import { describe, expect, it } from 'vitest';
import { defaultThresholds } from '../../../shared/domain';
import { alignModels } from './align';
import { compareModels, unverifiedPairs } from './compare';
import { addedAt, metricsAt, otherAt, rowCount, statusAt } from './compare-access';
import { noise, tuned, type Workshop, type Written, workshop } from './testing/compare-models';

function comparisonOf(
  a: readonly Written[],
  b: readonly Written[],
  shop: Workshop = workshop(),
  thresholds = defaultThresholds,
) {
  const [one, other] = [shop.model('a', a), shop.model('b', b)];
  const alignment = alignModels(one, other, shop.pairs, shop.options);
  return compareModels(one, other, alignment, shop.pairs, thresholds);
}

/** The status of a pair of tensors of one name. */
const statusOf = (a: Omit<Written, 'name'>, b: Omit<Written, 'name'>, shop = workshop()) =>
  statusAt(comparisonOf([{ name: 'w', ...a }], [{ name: 'w', ...b }], shop), 0);

const values = noise(1);

describe('compareModels', () => {
  it('calls equal bytes identical, and only those', () => {
    expect(statusOf({ values }, { values })).toBe('identical');
    const flipped = Float32Array.from(values);
    flipped[7] = -(flipped[7] ?? 0);
    expect(statusOf({ values }, { values: flipped })).not.toBe('identical');
    expect(statusOf({ values }, { values: tuned(values, 1e-6) })).toBe('near');
  });

  it('calls equal bytes in another shape identical, of another dtype not', () => {
    const shop = workshop();
    expect(statusOf({ values, shape: [16, 16] }, { values, shape: [256] }, shop)).toBe('identical');
    const [one, other] = [shop.model('a', [{ name: 'w', values }]), shop.model('b', [])];
    const [tensor] = one.tensors;
    if (tensor === undefined) throw new Error('no tensor');
    const retyped = { ...other, tensors: [{ ...tensor, dtype: 'I32', signed: -1 }] };
    const alignment = alignModels(one, retyped, shop.pairs, shop.options);
    const compared = compareModels(one, retyped, alignment, shop.pairs, defaultThresholds);
    expect(statusAt(compared, 0)).toBe('different');
  });

  it('tells casts, near and different pairs apart by the relation', () => {
    expect(statusOf({ values }, { values, dtype: 'BF16' })).toBe('cast');
    expect(statusOf({ values }, { values: tuned(values, 0.01) })).toBe('near');
    expect(statusOf({ values }, { values: noise(2) })).toBe('different');
    expect(statusOf({ values }, { values: values.map((value) => -value) })).toBe('different');
  });

  it('moves with the thresholds', () => {
    const [a, b] = [[{ name: 'w', values }], [{ name: 'w', values: tuned(values, 0.2) }]];
    const score = metricsAt(comparisonOf(a, b), 0)?.score ?? 0;
    const at = (similar: number, nearDuplicate: number) => {
      const thresholds = { ...defaultThresholds, similar, nearDuplicate };
      const { report } = comparisonOf(a, b, workshop(), thresholds);
      return [report.groups.near.tensors, report.nearDuplicate.tensors];
    };
    expect(at(score, score)).toEqual([1, 1]);
    expect(at(score, score + 1e-9)).toEqual([1, 0]);
    expect(at(score + 1e-9, 0.999)).toEqual([0, 0]);
  });

  it('cannot say more than different where values are not known', () => {
    const unsigned = true;
    expect(statusOf({ values, unsigned }, { values: noise(2), unsigned })).toBe('different');
    expect(statusOf({ values, unsigned }, { values, unsigned })).toBe('identical');
    const compared = comparisonOf(
      [{ name: 'w', values, unsigned }],
      [{ name: 'w', values: noise(2) }],
    );
    expect(metricsAt(compared, 0)).toBeNull();
  });

  it('calls tensors without elements identical if their shapes agree', () => {
    const empty = new Float32Array(0);
    expect(statusOf({ values: empty, shape: [0, 4] }, { values: empty, shape: [0, 4] })).toBe(
      'identical',
    );
    expect(statusOf({ values: empty, shape: [0, 4] }, { values: empty, shape: [4, 0] })).toBe(
      'different',
    );
  });

  it('takes A as the base of the metrics', () => {
    const half = values.map((value) => value / 2);
    const compared = comparisonOf([{ name: 'w', values }], [{ name: 'w', values: half }]);
    expect(metricsAt(compared, 0)?.relativeL2).toBeCloseTo(0.5, 5);
    const back = comparisonOf([{ name: 'w', values: half }], [{ name: 'w', values }]);
    expect(metricsAt(back, 0)?.relativeL2).toBeCloseTo(1, 5);
  });

  it('says of equal bytes that nothing differs', () => {
    const compared = comparisonOf([{ name: 'w', values }], [{ name: 'w', values }]);
    expect(metricsAt(compared, 0)).toEqual({
      score: 1,
      cosine: 1,
      relativeL2: 0,
      differingBits: 0,
      elementBits: 32,
      maxDifference: 0,
      deltaBytes: 0,
      verified: true,
    });
  });

  it('has a row for every tensor and counts each once, with bytes of A, or of B where it is alone', () => {
    const a = [
      { name: 'same', values },
      { name: 'old', values: noise(3, 100) },
      { name: 'tuned', values: noise(4) },
      { name: 'gone', values: noise(5, 70) },
      { name: 'changed', values: noise(6) },
    ];
    const b = [
      { name: 'changed', values: noise(7), dtype: 'F16' },
      { name: 'new', values: noise(8, 80) },
      { name: 'tuned', values: tuned(noise(4), 0.01) },
      { name: 'same', values },
      { name: 'renamed', values: noise(3, 100) },
    ];
    const compared = comparisonOf(a, b);
    const { report } = compared;
    expect(rowCount(compared)).toBe(6);
    expect(otherAt(compared, 5)[0]?.name).toBe('new');
    expect(report.groups).toEqual({
      identical: { tensors: 2, bytes: 1024 + 400 },
      cast: { tensors: 0, bytes: 0 },
      near: { tensors: 1, bytes: 1024 },
      different: { tensors: 1, bytes: 1024 },
      onlyA: { tensors: 1, bytes: 280 },
      onlyB: { tensors: 1, bytes: 320 },
    });
    expect(report).toMatchObject({ a: 'a', b: 'b', renamed: 1, unverified: 0 });
    expect(report.nearDuplicate).toEqual({ tensors: 1, bytes: 1024 });
  });

  it('is the mirror image when the models change places', () => {
    const a = [1, 2, 3].map((at) => ({ name: `w${at}`, values: noise(at) }));
    const b = [
      { name: 'w1', values: noise(1) },
      { name: 'other', values: tuned(noise(2), 0.01) },
    ];
    const [there, back] = [comparisonOf(a, b).report, comparisonOf(b, a).report];
    const { onlyA, onlyB, ...rest } = there.groups;
    expect(back.groups).toEqual({ ...rest, onlyA: onlyB, onlyB: onlyA });
  });

  it('judges tensors of other lengths by the rows that they have in common', () => {
    const shop = workshop();
    const a = shop.model('a', [{ name: 'w', values: noise(1, 640), shape: [10, 64] }]);
    const b = shop.model('b', [{ name: 'w', values: noise(2, 704), shape: [11, 64] }]);
    const alignment = alignModels(a, b, shop.pairs, shop.options);
    const judged = (common: number, asked: number[] = []) =>
      compareModels(a, b, alignment, shop.pairs, defaultThresholds, (tensor, base) => {
        asked.push(tensor, base);
        return { prefix: common, common, rows: 11, baseRows: 10 };
      });
    const asked: number[] = [];
    const near = judged(10, asked);
    expect(asked).toEqual([b.tensors[0]?.signed, a.tensors[0]?.signed]);
    expect([statusAt(near, 0), metricsAt(near, 0), near.report.nearDuplicate.tensors]).toEqual([
      'near',
      null,
      0,
    ]);
    expect(addedAt(near, 0)).toBeCloseTo((704 * 4) / 11, 6);
    expect(statusAt(judged(9), 0)).toBe('different');
    const unasked = compareModels(a, b, alignment, shop.pairs, defaultThresholds);
    expect([statusAt(unasked, 0), addedAt(unasked, 0)]).toEqual(['different', 704 * 4]);
  });

  it('lists the pairs that are still estimates, each once', () => {
    const a = [
      { name: 'x', values },
      { name: 'y', values },
      { name: 'z', values: noise(3) },
      { name: 'same', values: noise(4) },
    ];
    const b = [
      { name: 'x', values: tuned(values, 0.01) },
      { name: 'y', values: tuned(values, 0.01) },
      { name: 'z', values: noise(5) },
      { name: 'same', values: noise(4) },
    ];
    const estimated = comparisonOf(a, b, workshop(false));
    expect(estimated.report.unverified).toBe(2);
    const [pair, ...more] = unverifiedPairs(estimated);
    expect(more).toEqual([]);
    expect(pair).toEqual({
      tensor: estimated.b.tensors[0]?.signed,
      base: estimated.a.tensors[0]?.signed,
    });
    expect(unverifiedPairs(comparisonOf(a, b, workshop(true)))).toEqual([]);
  });
});
