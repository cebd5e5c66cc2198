import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitmix64 } from './reference/cdc';
import {
  bfloat16,
  referenceRowHash,
  referenceSimhash,
  referenceStatistics,
} from './reference/sketch';
import { testKernels } from './test-support';

const kernels = testKernels(1_048_576);
const VALUES = 0;
const OUT = 65_536;

/** Floats of many magnitudes, in places zeros, NaNs, infinities and subnormals; or any bits. */
function generate(seed: number, count: number): Uint32Array {
  const words = splitmix64(BigInt(seed), count);
  const bits = Uint32Array.from(words, (word) => Number(word & 0xffff_ffffn));
  if (seed % 4 === 0) return bits;
  const floats = new Float32Array(bits.buffer);
  words.forEach((word, i) => {
    const pick = Number((word >> 40n) % 64n);
    const value = (Number(word & 0xff_ffffn) / 2 ** 23 - 1) * 10 ** ((seed % 7) - 3) + (seed % 3);
    floats[i] = value;
    if (seed % 5 > 0) return;
    if (pick === 0) bits[i] = 0x7fc0_0000 + i;
    if (pick === 1) bits[i] = pick % 2 === 0 ? 0x7f80_0000 : 0xff80_0000;
    if (pick < 6 && pick > 1) bits[i] = pick % 2 === 0 ? 0 : 0x8000_0000;
    if (pick === 7) bits[i] = i + 1;
    if (pick === 8) bits[i] = 0x7f7f_ffff;
  });
  return bits;
}

function sketched(bits: Uint32Array) {
  const { buffer, exports } = kernels;
  const base = buffer.byteOffset;
  buffer.set(new Uint8Array(bits.slice().buffer), VALUES);
  exports.sketchValues(base + VALUES, bits.length, base + OUT);
  const view = new DataView(buffer.slice(OUT, OUT + 584 + 2 * bits.length).buffer);
  const u32 = (at: number): number => view.getUint32(at, true);
  return {
    statistics: {
      mean: view.getFloat64(0, true),
      deviation: view.getFloat64(8, true),
      minimum: view.getFloat32(16, true),
      maximum: view.getFloat32(20, true),
      zeros: u32(24),
      nans: u32(28),
      infinities: u32(32),
    },
    simhash: Uint32Array.from({ length: 8 }, (_, i) => u32(40 + 4 * i)),
    exponents: Array.from({ length: 256 }, (_, i) => view.getUint16(72 + 2 * i, true)),
    sample: Array.from(bits, (_, i) => view.getUint16(584 + 2 * i, true)),
  };
}

function exponentsOf(bits: Uint32Array): number[] {
  const counts = Array.from({ length: 256 }, () => 0);
  for (const each of bits) counts[(each >>> 23) & 255] = (counts[(each >>> 23) & 255] ?? 0) + 1;
  return counts;
}

const counts = fc.oneof(
  fc.integer({ min: 1, max: 4096 }),
  fc.constantFrom(1, 2, 255, 256, 257, 4096),
);

describe('the sketch of values', () => {
  it('is in the compiled kernel what the reference says, bit for bit', () => {
    fc.assert(
      fc.property(fc.nat(1e6), counts, (seed, count) => {
        const bits = generate(seed, count);
        const found = sketched(bits);
        expect(found.statistics).toStrictEqual(referenceStatistics(bits));
        expect(found.exponents).toEqual(exponentsOf(bits));
        expect(found.sample).toEqual(Array.from(bits, bfloat16));
        expect(found.simhash).toEqual(referenceSimhash(bits));
      }),
      { numRuns: 150 },
    );
  });

  it.each([1, 3, 300, 4096])('of %i equal values is all zeros, whatever they are', (count) => {
    const found = sketched(new Uint32Array(count).fill(0x3e99_999a));
    expect([...found.simhash].every((word) => word === 0)).toBe(true);
    expect(found.statistics.minimum).toBe(Math.fround(0.3));
    expect(sketched(new Uint32Array(count).fill(0x7fc0_0000)).statistics).toEqual({
      ...{ zeros: 0, nans: count, infinities: 0, mean: 0, deviation: 0, minimum: 0, maximum: 0 },
    });
  });

  it('has about as many differing bits as the angle between two samples says', () => {
    const noise = (seed: number): number[] =>
      splitmix64(BigInt(seed), 4096).map((word) => Number(word >> 11n) / 2 ** 52 - 1);
    const [a, b] = [noise(1), noise(2)];
    const bitsOf = (values: number[]): Uint32Array =>
      new Uint32Array(Float32Array.from(values).buffer);
    for (const degrees of [0, 5, 20, 45, 90, 180]) {
      const angle = (degrees / 180) * Math.PI;
      const turned = a.map((value, i) => Math.cos(angle) * value + Math.sin(angle) * (b[i] ?? 0));
      const [one, two] = [sketched(bitsOf(a)).simhash, sketched(bitsOf(turned)).simhash];
      let differing = 0;
      one.forEach((word, i) => {
        for (let left = word ^ (two[i] ?? 0); left !== 0; left &= left - 1) differing += 1;
      });
      expect(Math.abs(differing - (degrees / 180) * 256)).toBeLessThan(28);
    }
  });
});

describe('row hashes', () => {
  it('are in the compiled kernel what the reference says', () => {
    const { buffer, exports } = kernels;
    const base = buffer.byteOffset;
    const bytes = new Uint8Array(BigUint64Array.from(splitmix64(3n, 8192)).buffer);
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 64 }),
        fc.nat(100),
        fc.integer({ min: 1, max: 60 }),
        (length, gap, rows) => {
          buffer.set(bytes);
          exports.hashPrefixes(base + 3, length + gap, length, rows, base + 131_072);
          const found = new Uint32Array(buffer.slice(131_072, 131_072 + 4 * rows).buffer);
          found.forEach((hash, row) => {
            const at = 3 + row * (length + gap);
            expect(hash).toBe(referenceRowHash(bytes.subarray(at, at + length)));
          });
        },
      ),
    );
  });
});

describe('the smallest hashes', () => {
  it('are the smallest distinct ones, ascending, of any number', () => {
    const { buffer, exports } = kernels;
    const base = buffer.byteOffset;
    const value = fc.oneof(fc.nat(20), fc.nat(2 ** 31 - 1), fc.constantFrom(2 ** 32 - 1, 2 ** 31));
    fc.assert(
      fc.property(
        fc.array(value, { maxLength: 90 }),
        fc.integer({ min: 1, max: 17 }),
        (all, most) => {
          buffer.set(new Uint8Array(Uint32Array.from(all).buffer));
          const count = exports.smallestOf(base, all.length, most, base + 4096);
          const found = new Uint32Array(buffer.slice(4096, 4096 + 4 * count).buffer);
          expect([...found]).toEqual([...new Set(all)].sort((a, b) => a - b).slice(0, most));
        },
      ),
    );
  });
});
