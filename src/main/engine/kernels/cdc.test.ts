import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AVERAGE_CHUNK_BYTES, MAX_CHUNK_BYTES, MIN_CHUNK_BYTES } from './chunker';
import { chunkLengths, referenceChunkLengths, splitmix64 } from './reference/cdc';
import { testKernels } from './test-support';

const CAPACITY = 1_048_576;
const kernels = testKernels(CAPACITY);

/** `length` bytes of the kernels' memory: random, with a stretch of one value in the middle. */
function generate(seed: number, length: number): Uint8Array {
  const words = splitmix64(BigInt(seed), Math.ceil(length / 8));
  const bytes = kernels.buffer.subarray(0, length);
  bytes.set(new Uint8Array(BigUint64Array.from(words).buffer, 0, length));
  if (seed % 3 === 0) bytes.fill(seed, Math.floor(length / 3), Math.floor(length / 2));
  return bytes;
}

const inputs = fc.record({
  seed: fc.integer({ min: 1, max: 1_000_000 }),
  length: fc.oneof(
    fc.integer({ min: 0, max: 400_001 }),
    fc.constantFrom(1, MIN_CHUNK_BYTES, MIN_CHUNK_BYTES + 1, AVERAGE_CHUNK_BYTES, MAX_CHUNK_BYTES),
  ),
});
const pieces = fc.array(
  fc.oneof(fc.integer({ min: 1, max: 99 }), fc.integer({ min: 1, max: 200_000 })),
  {
    minLength: 1,
    maxLength: 8,
  },
);

describe('content-defined chunking', () => {
  it('cuts in the compiled kernel where the reference cuts', () => {
    fc.assert(
      fc.property(inputs, ({ seed, length }) => {
        const bytes = generate(seed, length);
        expect(chunkLengths(kernels.chunker, bytes, [length + 1])).toEqual(
          referenceChunkLengths(bytes),
        );
      }),
      { numRuns: 40, seed: 1 },
    );
  });

  it('cuts alike however the bytes are divided on the way in', () => {
    fc.assert(
      fc.property(inputs, pieces, ({ seed, length }, sizes) => {
        const bytes = generate(seed, length);
        const whole = chunkLengths(kernels.chunker, bytes, [length + 1]);
        expect(chunkLengths(kernels.chunker, bytes, sizes)).toEqual(whole);
      }),
      { numRuns: 120, seed: 2 },
    );
  });

  it('keeps every chunk but the last between the minimum and the maximum', () => {
    const lengths = chunkLengths(kernels.chunker, generate(7, CAPACITY), [CAPACITY]);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(MAX_CHUNK_BYTES);
    expect(Math.min(...lengths.slice(0, -1))).toBeGreaterThan(MIN_CHUNK_BYTES);
    const mean = CAPACITY / lengths.length;
    expect(mean).toBeGreaterThan(AVERAGE_CHUNK_BYTES / 2);
    expect(mean).toBeLessThan(AVERAGE_CHUNK_BYTES * 1.5);
  });

  it('cuts bytes of one value at the maximum or wherever the hash says, without end', () => {
    const bytes = kernels.buffer.subarray(0, 3 * MAX_CHUNK_BYTES + 5);
    bytes.fill(0);
    expect(chunkLengths(kernels.chunker, bytes, [bytes.length])).toEqual(
      referenceChunkLengths(bytes),
    );
  });

  it('finds its old cuts again behind inserted bytes', () => {
    const before = generate(11, 800_000).slice();
    const cuts = endsOf(chunkLengths(kernels.chunker, generate(11, 800_000), [1 << 20]));
    const bytes = kernels.buffer.subarray(0, 800_013);
    bytes.set(before.subarray(0, 1000));
    bytes.fill(1, 1000, 1013);
    bytes.set(before.subarray(1000), 1013);
    const moved = endsOf(chunkLengths(kernels.chunker, bytes, [1 << 20])).map((end) => end - 13);
    expect(moved.slice(-5)).toEqual(cuts.slice(-5));
  });

  it('cuts as version 1 cut: fragments stored once are found again', () => {
    const lengths = chunkLengths(kernels.chunker, generate(1, 600_000), [600_000]);
    expect(lengths).toEqual([76_758, 88_150, 77_191, 67_927, 81_855, 79_461, 91_131, 37_527]);
  });

  it('refuses bytes outside the kernels’ memory', () => {
    expect(() => kernels.chunker.next(new Uint8Array(10))).toThrow(RangeError);
  });

  it('generates the gear table by splitmix64', () => {
    // First outputs for seed 1234567, as in the reference code's published test vector.
    expect(splitmix64(1234567n, 3)).toEqual([
      6457827717110365317n,
      3203168211198807973n,
      9817491932198370423n,
    ]);
  });
});

function endsOf(lengths: number[]): number[] {
  let end = 0;
  return lengths.map((length) => {
    end += length;
    return end;
  });
}
