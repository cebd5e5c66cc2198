import { blake3 } from '@napi-rs/blake-hash';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planKey, planSegments, segmentOf, type TensorRange } from './plan';
import type { SegmentPlan } from './segments';
import { MAX_VIEW_PASSES, viewIndexOf, viewsOf } from './views';

const range = (offset: number, length: number, rowBytes = 1): TensorRange => ({
  offset,
  length,
  rowBytes,
});

/** [offset, length, rowBytes] per segment. */
function rowsOf(plan: SegmentPlan): number[][] {
  return [...plan.offsets].map((offset, index) => [
    offset,
    plan.lengths[index] ?? -1,
    plan.rowBytes[index] ?? -1,
  ]);
}

describe('a segment plan', () => {
  it.each([
    ['an empty file has no segments', 0, [], []],
    ['a file without tensors is bytes', 9, [], [[0, 9, 0]]],
    [
      'gaps are bytes',
      20,
      [range(4, 6, 2), range(12, 4, 4)],
      [
        [0, 4, 0],
        [4, 6, 2],
        [10, 2, 0],
        [12, 4, 4],
        [16, 4, 0],
      ],
    ],
    [
      'order does not matter',
      8,
      [range(4, 4, 2), range(0, 4, 2)],
      [
        [0, 4, 2],
        [4, 4, 2],
      ],
    ],
    ['equal ranges share one', 8, [range(0, 8, 4), range(0, 8, 2)], [[0, 8, 2]]],
    ['empty ranges give none', 8, [range(3, 0), range(0, 8, 4), range(8, 0)], [[0, 8, 4]]],
    [
      'of overlapping ranges the earlier wins',
      10,
      [range(4, 6), range(0, 6, 3)],
      [
        [0, 6, 3],
        [6, 4, 0],
      ],
    ],
    [
      'of ranges that begin together the longer wins',
      10,
      [range(0, 4), range(0, 8, 2)],
      [
        [0, 8, 2],
        [8, 2, 0],
      ],
    ],
    ['a range inside another gives none', 10, [range(0, 10, 5), range(2, 3)], [[0, 10, 5]]],
    ['row length 0 of a tensor counts as 1', 4, [range(0, 4, 0)], [[0, 4, 1]]],
  ])('%s', (_, size, ranges, expected) => {
    expect(rowsOf(planSegments(size, ranges))).toEqual(expected);
  });

  it.each([
    ['passes the end', 10, range(5, 6)],
    ['begins before the file', 10, range(-1, 2)],
    ['has a negative length', 10, range(4, -2)],
    ['has half a byte', 10, range(0.5, 1)],
    ['has rows of no number', 10, range(0, 1, Number.NaN)],
    ['begins beyond what numbers hold', 10, range(2 ** 60, 1)],
  ])('refuses a range that %s', (_, size, bad) => {
    expect(() => planSegments(size, [bad])).toThrow(RangeError);
  });

  it('tiles any file exactly, whatever the ranges, and views name the rest', () => {
    fc.assert(
      fc.property(fileWithRanges(), ({ size, ranges }) => {
        const plan = planSegments(size, ranges);
        let end = 0;
        for (const [offset, length] of rowsOf(plan)) {
          expect(offset).toBe(end);
          expect(length).toBeGreaterThan(0);
          end += length ?? 0;
        }
        expect(end).toBe(size);
        const reversed = planSegments(size, [...ranges].reverse());
        expect(planKey(reversed)).toBe(planKey(plan));
        expectEveryRangeIsHashed(plan, ranges);
      }),
      { seed: 4, numRuns: 300 },
    );
  });

  it('has a key that any change of it changes', () => {
    const keys = [
      planSegments(8, []),
      planSegments(9, []),
      planSegments(8, [range(0, 8, 2)]),
      planSegments(8, [range(0, 8, 4)]),
      planSegments(8, [range(0, 4, 4)]),
      planSegments(8, [range(4, 4, 4)]),
    ].map(planKey);
    expect(new Set(keys).size).toBe(keys.length);
    for (const key of keys) expect(key).toMatch(/^[0-9a-f]{64}$/);
  });

  it('has the key of version 1: cached fingerprints stay valid until CUT_VERSION changes', () => {
    const columns = Float64Array.of(1, 100, 3, 0, 8, 72, 8, 64, 28, 0, 16, 0);
    const key = planKey(planSegments(100, [range(8, 64, 16)]));
    expect(key).toBe(blake3(new Uint8Array(columns.buffer)).toString('hex'));
    expect(key).toBe('afce252a2a6df1363f9892de16ed54ba9e94520cefce4244b0a7beb290cbf8ca');
  });
});

describe('views', () => {
  it('are the distinct ranges without a segment of their own, in order', () => {
    const ranges = [range(0, 8), range(6, 4), range(2, 2), range(6, 4), range(0, 4), range(3, 0)];
    const plan = planSegments(10, ranges);
    const views = viewsOf(plan, ranges);
    expect(views).toEqual([
      { offset: 0, length: 4 },
      { offset: 2, length: 2 },
      { offset: 6, length: 4 },
    ]);
    expect(views.map((view) => viewIndexOf(views, view.offset, view.length))).toEqual([0, 1, 2]);
    expect(viewIndexOf(views, 2, 3)).toBe(-1);
  });

  it('that would take too many passes over the file are refused', () => {
    const ranges = Array.from({ length: MAX_VIEW_PASSES + 3 }, (_, i) => range(0, 1000 - i));
    const plan = planSegments(1000, ranges);
    expect(() => viewsOf(plan, ranges)).toThrow(RangeError);
    expect(viewsOf(plan, ranges.slice(0, MAX_VIEW_PASSES))).toHaveLength(MAX_VIEW_PASSES - 1);
  });
});

function fileWithRanges() {
  return fc.integer({ min: 0, max: 400 }).chain((size) =>
    fc.record({
      size: fc.constant(size),
      ranges: fc.array(
        fc
          .tuple(fc.integer({ min: 0, max: size }), fc.nat(60), fc.nat(9))
          .map(([offset, length, rowBytes]) =>
            range(offset, Math.min(length, size - offset), rowBytes),
          ),
        { maxLength: 12 },
      ),
    }),
  );
}

function expectEveryRangeIsHashed(plan: SegmentPlan, ranges: readonly TensorRange[]): void {
  const views = viewsOf(plan, ranges);
  for (const { offset, length } of ranges) {
    if (length === 0) continue;
    const isSegment = segmentOf(plan, offset, length) >= 0;
    expect(isSegment).toBe(viewIndexOf(views, offset, length) < 0);
  }
}
