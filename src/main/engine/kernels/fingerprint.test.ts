import { createHash } from 'node:crypto';
import { Blake3Hasher, blake3 } from '@napi-rs/blake-hash';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fragmentLengths } from '../fragments/cut';
import { planSegments, type TensorRange } from '../fragments/plan';
import type { FileFingerprint, SegmentPlan } from '../fragments/segments';
import { createFingerprinter } from './fingerprint';
import { chunkLengths, splitmix64 } from './reference/cdc';
import { testKernels } from './test-support';

const CAPACITY = 6 * 1_048_576;
const kernels = testKernels(CAPACITY);
const words = BigUint64Array.from(splitmix64(5n, CAPACITY / 8));
kernels.buffer.set(new Uint8Array(words.buffer));

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const hashes = (packed: Uint8Array): string[] => hex(packed).match(/.{64}/g) ?? [];

/** The same by other means: every stretch cut out of the whole file and hashed at once. */
function recompute(file: Uint8Array, plan: SegmentPlan) {
  const segments: string[] = [];
  const counts: number[] = [];
  const fragments: string[] = [];
  const lengths: number[] = [];
  plan.offsets.forEach((offset, index) => {
    const bytes = file.subarray(offset, offset + (plan.lengths[index] ?? 0));
    const rowBytes = plan.rowBytes[index] ?? 0;
    const parts =
      rowBytes > 0
        ? fragmentLengths(bytes.length, rowBytes)
        : chunkLengths(kernels.chunker, bytes, [bytes.length]);
    segments.push(hex(blake3(bytes)));
    counts.push(parts.length);
    lengths.push(...parts);
    let at = 0;
    for (const part of parts) {
      fragments.push(hex(blake3(bytes.subarray(at, at + part))));
      at += part;
    }
  });
  const sha256 = createHash('sha256').update(file).digest('hex');
  return { sha256, segments, counts, fragments, lengths };
}

function readable(fingerprint: FileFingerprint) {
  return {
    sha256: hex(fingerprint.sha256),
    segments: hashes(fingerprint.segmentHashes),
    counts: [...fingerprint.fragmentCounts],
    fragments: hashes(fingerprint.fragmentHashes),
    lengths: [...fingerprint.fragmentLengths],
  };
}

/** Feeds the file in the pieces that the fingerprinter asks for, within `limit`. */
function feedAsWanted(file: Uint8Array, plan: SegmentPlan, limit: number): FileFingerprint {
  const fingerprinter = createFingerprinter(plan, kernels.chunker);
  for (let at = 0; at < file.length; ) {
    const size = fingerprinter.wanted(limit);
    expect(size).toBeGreaterThan(0);
    expect(size).toBeLessThanOrEqual(limit);
    fingerprinter.update(file.subarray(at, at + size));
    at += size;
  }
  expect(fingerprinter.wanted(limit)).toBe(0);
  return fingerprinter.finish();
}

function feedInPieces(file: Uint8Array, plan: SegmentPlan, sizes: number[]): FileFingerprint {
  const fingerprinter = createFingerprinter(plan, kernels.chunker);
  for (let at = 0, piece = 0; at < file.length; piece++) {
    const size = sizes[piece % sizes.length] ?? file.length;
    fingerprinter.update(file.subarray(at, Math.min(file.length, at + size)));
    at += size;
  }
  return fingerprinter.finish();
}

const rowLengths = fc.oneof(
  fc.integer({ min: 1, max: 9000 }),
  fc.integer({ min: 500_000, max: 2_500_000 }),
);
const files = fc.integer({ min: 0, max: CAPACITY }).chain((size) =>
  fc.record({
    size: fc.constant(size),
    ranges: fc.array(
      fc
        .tuple(
          fc.integer({ min: 0, max: size }),
          fc.oneof(fc.nat(50_000), fc.nat(4_000_000)),
          rowLengths,
        )
        .map(
          ([offset, length, rowBytes]): TensorRange => ({
            offset,
            length: Math.min(length, size - offset),
            rowBytes,
          }),
        ),
      { maxLength: 6 },
    ),
  }),
);

describe('a fingerprint', () => {
  it('has the hash of every segment and fragment, fed in the windows it wants', () => {
    fc.assert(
      fc.property(files, fc.integer({ min: 1000, max: 2_000_000 }), ({ size, ranges }, limit) => {
        const file = kernels.buffer.subarray(0, size);
        const plan = planSegments(size, ranges);
        const expected = recompute(file, plan);
        expect(readable(feedAsWanted(file, plan, limit))).toEqual(expected);
      }),
      { seed: 6, numRuns: 60 },
    );
  });

  it('does not depend on how the bytes are divided on the way in', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 1_500_000 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(files, sizes, ({ size, ranges }, pieces) => {
        fc.pre(size / Math.max(...pieces) < 10_000);
        const file = kernels.buffer.subarray(0, size);
        const plan = planSegments(size, ranges);
        const expected = recompute(file, plan);
        expect(readable(feedInPieces(file, plan, pieces))).toEqual(expected);
      }),
      { seed: 7, numRuns: 60 },
    );
  });

  it('of no bytes is the hash of nothing and no segments', () => {
    const empty = readable(feedInPieces(new Uint8Array(0), planSegments(0, []), [1]));
    const sha256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
    expect(empty).toEqual({ sha256, segments: [], counts: [], fragments: [], lengths: [] });
  });

  it('of equal tensors in different files is equal, wherever they lie', () => {
    const tensor = kernels.buffer.subarray(0, 3_000_000);
    const one = feedAsWanted(tensor, planSegments(tensor.length, [at(0)]), 1_048_576);
    const whole = kernels.buffer.subarray(0, 3_000_999);
    const shifted = kernels.buffer.subarray(3_100_000, 6_200_000);
    shifted.set(whole, 77);
    const plan = planSegments(shifted.length, [at(77)]);
    const other = readable(feedAsWanted(shifted, plan, 1_048_576));
    expect(other.segments[1]).toBe(readable(one).segments[0]);
    expect(other.fragments).toEqual(expect.arrayContaining(readable(one).fragments));
  });

  it('refuses more or fewer bytes than planned', () => {
    const plan = planSegments(10, []);
    const bytes = kernels.buffer.subarray(0, 11);
    expect(() => createFingerprinter(plan, kernels.chunker).update(bytes)).toThrow(RangeError);
    const short = createFingerprinter(plan, kernels.chunker);
    short.update(bytes.subarray(0, 9));
    expect(() => short.finish()).toThrow(RangeError);
  });

  it('refuses a plan that does not tile its file', () => {
    const plan = planSegments(10, [{ offset: 2, length: 3, rowBytes: 1 }]);
    const broken = [
      { ...plan, fileSize: 11 },
      { ...plan, lengths: Float64Array.of(2, 0, 8) },
      { ...plan, offsets: Float64Array.of(0, 3, 5) },
      { ...plan, rowBytes: Float64Array.of(0, -1, 0) },
    ];
    for (const bad of broken) {
      expect(() => createFingerprinter(bad, kernels.chunker)).toThrow(RangeError);
    }
  });

  it('uses BLAKE3 and a hasher that starts anew after reset', () => {
    // From the BLAKE3 specification's test vectors: no bytes; the bytes 0, 1, 2.
    const nothing = 'af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262';
    const three = 'e1be4d7a8ab5560aa4199eea339849ba8e293d55ca0a81006726d184519e647f';
    expect(hex(blake3(new Uint8Array(0)))).toBe(nothing);
    const hasher = new Blake3Hasher();
    hasher.update(kernels.buffer.subarray(0, 5000));
    hasher.digestBuffer();
    hasher.reset();
    expect(hex(hasher.update(Uint8Array.of(0, 1, 2)).digestBuffer())).toBe(three);
  });
});

function at(offset: number): TensorRange {
  return { offset, length: 3_000_000, rowBytes: 6000 };
}
