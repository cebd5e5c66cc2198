import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitmix64 } from './reference/cdc';
import { referencePattern, referenceZeroRuns } from './reference/transform';
import { testKernels } from './test-support';

const { exports, buffer } = testKernels(65_536);
const at = buffer.byteOffset;

/** Bytes among others: what lies around them counts for nothing. */
function put(bytes: Uint8Array, shift: number, around: number): number {
  buffer.fill(around, 0, bytes.length + 64);
  buffer.set(bytes, 16 + shift);
  return at + 16 + shift;
}

const seeds = fc.integer({ min: 1, max: 1_000_000 });
const lengths = fc.oneof(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 41, max: 3000 }));
const shifts = fc.integer({ min: 0, max: 15 });
/** Of a period, and what is changed in the repetition: mostly nothing. */
const periods = fc.constantFrom(1, 2, 3, 4, 5, 8, 16);

describe('patterns', () => {
  it('are the shortest period that the reference finds', () => {
    fc.assert(
      fc.property(
        seeds,
        lengths,
        shifts,
        periods,
        fc.boolean(),
        (seed, length, shift, period, isBroken) => {
          const unit = splitmix64(BigInt(seed), period).map((word) => Number(word & 3n));
          const bytes = Uint8Array.from({ length }, (_, i) => unit[i % period] ?? 0);
          if (isBroken && length > 0) bytes[seed % length] = 9;
          const from = put(bytes, shift, unit[0] ?? 0);
          expect(exports.patternOf(from, length)).toBe(referencePattern(bytes));
        },
      ),
      { numRuns: 2000, seed: 5 },
    );
  });

  it.each([
    ['no bytes', [], 0],
    ['one byte', [7], 1],
    ['equal bytes', [7, 7, 7], 1],
    ['three bytes of which the last repeats the first', [1, 2, 1], 2],
    ['three different bytes', [1, 2, 3], 0],
    ['eight different bytes', [1, 2, 3, 4, 5, 6, 7, 8], 8],
    ['nine different bytes', [1, 2, 3, 4, 5, 6, 7, 8, 9], 0],
  ])('of %s', (_, bytes, period) => {
    expect(exports.patternOf(put(Uint8Array.from(bytes), 0, 7), bytes.length)).toBe(period);
  });
});

describe('runs of zeros', () => {
  it('are as long as the reference finds them', () => {
    fc.assert(
      fc.property(
        seeds,
        lengths,
        shifts,
        fc.integer({ min: 0, max: 63 }),
        (seed, length, shift, share) => {
          const words = splitmix64(BigInt(seed), length);
          // Stretches of zeros of every length, some of single bytes.
          let left = 0;
          const bytes = Uint8Array.from(words, (word) => {
            if (left === 0 && Number(word & 63n) < share) left = Number((word >> 8n) % 50n);
            left = Math.max(0, left - 1);
            return left > 0 ? 0 : Number((word >> 16n) & 0xffn);
          });
          const from = put(bytes, shift, 0);
          const { leading, longest } = referenceZeroRuns(bytes);
          expect(exports.leadingZeros(from, length)).toBe(leading);
          expect(exports.longestZeroRun(from, length)).toBe(longest);
          expect(exports.isZeroPlane(from, length)).toBe(leading === length ? 1 : 0);
        },
      ),
      { numRuns: 2000, seed: 5 },
    );
  });

  it('fill a plane of zeros, whatever its length', () => {
    for (let length = 0; length < 70; length++) {
      const from = put(new Uint8Array(length), length % 16, 1);
      expect(exports.isZeroPlane(from, length)).toBe(1);
      expect(exports.longestZeroRun(from, length)).toBe(length);
      if (length === 0) continue;
      buffer[from - at + length - 1] = 1;
      expect(exports.isZeroPlane(from, length)).toBe(0);
      expect(exports.longestZeroRun(from, length)).toBe(length - 1);
    }
  });
});
