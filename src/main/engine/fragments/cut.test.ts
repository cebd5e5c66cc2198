import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fragmentLengths, MAX_FRAGMENT_BYTES, rowBytesOf } from './cut';

const MiB = 1_048_576;

describe('rows', () => {
  it.each([
    ['a matrix: its first dimension', [4, 3], 24, 6],
    ['a leading 1: the dimension behind it', [1, 4, 3], 24, 6],
    ['a vector: its elements', [8], 16, 2],
    ['a scalar: all of it', [], 4, 4],
    ['ones only: all of it', [1, 1], 2, 2],
    ['no elements', [0, 5], 0, 1],
    ['elements below a byte', [5], 3, 1],
    ['bytes that are not the shape’s multiple', [7, 2], 100, 1],
  ])('of %s', (_, shape, byteLength, expected) => {
    expect(rowBytesOf(shape, byteLength)).toBe(expected);
  });
});

describe('tensor fragments', () => {
  it.each([
    ['up to 1 MiB: one', MiB, 4096, [MiB]],
    ['small with rows that do not divide it: one', 1001, 10, [1001]],
    ['whole rows, as many as fit', 2_600_000, 1_000, [1_048_000, 1_048_000, 504_000]],
    ['rows of exactly 1 MiB', 2 * MiB, MiB, [MiB, MiB]],
    ['rows of just over half', 3 * 600_000, 600_000, [600_000, 600_000, 600_000]],
    ['rows over 1 MiB restart the count', 2 * (MiB + 10), MiB + 10, [MiB, 10, MiB, 10]],
    ['one row only', 2 * MiB + 3, 2 * MiB + 3, [MiB, MiB, 3]],
    ['plain bytes', MiB + 1, 1, [MiB, 1]],
  ])('%s', (_, length, rowBytes, expected) => {
    expect(fragmentLengths(length, rowBytes)).toEqual(expected);
  });

  it('add up, are never empty, never over 1 MiB, and start only at rows that fit', () => {
    const sizes = fc.integer({ min: 1, max: 40 * MiB });
    const rows = fc.oneof(
      fc.integer({ min: 1, max: 70_000 }),
      fc.integer({ min: 1, max: 3 * MiB }),
    );
    fc.assert(
      fc.property(sizes, rows, (length, rowBytes) => {
        let start = 0;
        for (const size of fragmentLengths(length, rowBytes)) {
          expect(size).toBeGreaterThan(0);
          expect(size).toBeLessThanOrEqual(MAX_FRAGMENT_BYTES);
          if (rowBytes <= MAX_FRAGMENT_BYTES) expect(start % rowBytes).toBe(0);
          start += size;
        }
        expect(start).toBe(length);
      }),
      { seed: 3 },
    );
  });

  it('are those of the shorter tensor, then more, when rows are added behind', () => {
    const rowBytes = 10_240;
    const short = fragmentLengths(300 * rowBytes, rowBytes);
    const long = fragmentLengths(450 * rowBytes, rowBytes);
    expect(long.slice(0, short.length - 1)).toEqual(short.slice(0, -1));
  });

  it('of an expert are the same inside a fused tensor and on its own', () => {
    const alone = fragmentLengths(3000 * 8192, 8192);
    const fused = fragmentLengths(4 * 3000 * 8192, 3000 * 8192);
    expect(fused).toEqual([...alone, ...alone, ...alone, ...alone]);
  });
});
