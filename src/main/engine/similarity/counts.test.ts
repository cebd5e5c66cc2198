import { describe, expect, it } from 'vitest';
import { defaultThresholds } from '../../../shared/domain';
import { thresholdCounts } from './counts';

describe('threshold counts', () => {
  const scores = Float64Array.of(1, 0.9999, 0.99989, 0.995, 0.9949, 0.9, 0.8999, 0.5, 0.49, NaN, 1);
  const bytes = Float64Array.of(1, 2, 4, 8, 16, 32, 64, 128, 256, 512, -1);

  it('count every tensor once, in the highest class that its best score reaches', () => {
    const counts = thresholdCounts({ scores, bytes }, defaultThresholds);
    expect(counts.exact).toEqual({ tensors: 2, bytes: 3 });
    expect(counts.nearDuplicate).toEqual({ tensors: 2, bytes: 12 });
    expect(counts.similar).toEqual({ tensors: 2, bytes: 48 });
    expect(counts.signed).toEqual({ tensors: 10, bytes: 1023 });
  });

  it('put scores into equal steps from .5 to 1, the ends included', () => {
    const { histogram } = thresholdCounts({ scores, bytes }, defaultThresholds);
    expect(histogram).toHaveLength(100);
    expect(histogram.reduce((sum, count) => sum + count, 0)).toBe(8);
    expect(histogram[0]).toBe(1);
    expect(histogram[99]).toBe(4);
    expect(histogram[80]).toBe(1);
  });

  it('follow the thresholds', () => {
    const moved = { exact: 1, nearDuplicate: 0.9, similar: 0.5 };
    const counts = thresholdCounts({ scores, bytes }, moved);
    expect(
      [counts.exact, counts.nearDuplicate, counts.similar].map(({ tensors }) => tensors),
    ).toEqual([1, 5, 2]);
  });

  it('take tensors without a score as unmatched', () => {
    const counts = thresholdCounts(
      { scores: new Float64Array(0), bytes: Float64Array.of(5, -1, 7) },
      defaultThresholds,
    );
    expect(counts.signed).toEqual({ tensors: 2, bytes: 12 });
    expect(counts.similar.tensors + counts.exact.tensors).toBe(0);
  });
});
