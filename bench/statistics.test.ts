import { describe, expect, it } from 'vitest';
import { median, pairRatios, summarise } from './statistics';

const taking = (...seconds: number[]) => seconds.map((each) => ({ seconds: each }));

describe('benchmark statistics', () => {
  it('take the middle value, or the mean of the two in the middle', () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([4, 1, 9, 2])).toBe(3);
    expect(() => median([])).toThrow(RangeError);
  });

  it('keep the fastest, the median and the highest peak', () => {
    const samples = [{ seconds: 3, peakBytes: 10 }, { seconds: 1 }, { seconds: 2, peakBytes: 30 }];
    expect(summarise(samples)).toEqual({ minSeconds: 1, medianSeconds: 2, peakBytes: 30 });
  });

  it('compare round by round: above 1 the subject was faster', () => {
    expect(pairRatios(taking(1, 4), taking(2, 2))).toEqual([2, 0.5]);
  });
});
