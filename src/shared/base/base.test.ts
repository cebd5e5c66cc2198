import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareNatural, formatBytes, formatCount, formatDuration, formatShare } from '.';

describe('compareNatural', () => {
  it('orders digit runs by value', () => {
    const names = ['l.10.w', 'l.2.w', 'l.1.w', 'a', 'l.02.w', 'l'];
    expect([...names].sort(compareNatural)).toEqual([
      'a',
      'l',
      'l.1.w',
      'l.02.w',
      'l.2.w',
      'l.10.w',
    ]);
  });

  it('is a total order: antisymmetric, zero only for equal texts, transitive', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '.', '0', '1', '2', '9') });
    fc.assert(
      fc.property(text, text, text, (a, b, c) => {
        expect(Math.sign(compareNatural(a, b)) + Math.sign(compareNatural(b, a))).toBe(0);
        expect(compareNatural(a, b) === 0).toBe(a === b);
        if (compareNatural(a, b) <= 0 && compareNatural(b, c) <= 0) {
          expect(compareNatural(a, c)).toBeLessThanOrEqual(0);
        }
      }),
      { seed: 1, numRuns: 5000 },
    );
  });
});

describe('formatting', () => {
  it('shows bytes with three significant digits in either system', () => {
    expect(formatBytes(0)).toBe('0 B');
    expect(formatBytes(999)).toBe('999 B');
    expect(formatBytes(1000)).toBe('1.00 kB');
    expect(formatBytes(15_234_000_000)).toBe('15.2 GB');
    expect(formatBytes(999_950)).toBe('1.00 MB');
    expect(formatBytes(1024, 'binary')).toBe('1.00 KiB');
    expect(formatBytes(1_048_576 * 100, 'binary')).toBe('100 MiB');
    expect(formatBytes(-2_000_000)).toBe('−2.00 MB');
  });

  it('never rounds a part to nothing or to all', () => {
    expect(formatShare(0, 10)).toBe('0%');
    expect(formatShare(1, 1000)).toBe('<1%');
    expect(formatShare(999, 1000)).toBe('>99%');
    expect(formatShare(1000, 1000)).toBe('100%');
    expect(formatShare(1, 0)).toBe('0%');
  });

  it('groups counts and spells durations', () => {
    expect(formatCount(1234567)).toBe('1,234,567');
    expect(formatDuration(200)).toBe('3 min 20 s');
    expect(formatDuration(7500)).toBe('2 h 5 min');
  });
});
