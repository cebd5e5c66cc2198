import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { coalesce } from './coalesce';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe('coalesce', () => {
  it('delivers the first at once and the newest of a burst afterwards', () => {
    const seen: number[] = [];
    const push = coalesce<number>(100, (value) => seen.push(value));
    for (let value = 0; value < 50; value += 1) push(value);
    expect(seen).toEqual([0]);
    vi.advanceTimersByTime(100);
    expect(seen).toEqual([0, 49]);
    vi.advanceTimersByTime(1000);
    expect(seen).toEqual([0, 49]);
  });

  it('never delivers more than one per interval, and always the last one', () => {
    const seen: { at: number; value: number }[] = [];
    const push = coalesce<number>(250, (value) => seen.push({ at: Date.now(), value }));
    for (let value = 0; value < 1000; value += 1) {
      push(value);
      vi.advanceTimersByTime(7);
    }
    vi.advanceTimersByTime(1000);
    const gaps = seen.slice(1).map((item, index) => item.at - (seen[index]?.at ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(250);
    expect(seen.at(-1)?.value).toBe(999);
  });

  it('delivers at once again after a quiet time', () => {
    const seen: number[] = [];
    const push = coalesce<number>(100, (value) => seen.push(value));
    push(1);
    vi.advanceTimersByTime(101);
    push(2);
    expect(seen).toEqual([1, 2]);
  });
});
