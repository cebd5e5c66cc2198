import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { conversionOf, isFloat, isInteger } from './cast';
import { bitLayoutOf } from './code-length-planes';
import { MEASURE_BYTES, measureMemory } from './measure-memory';
import { splitmix64 } from './reference/cdc';
import {
  bitsOf,
  byteOf,
  referenceAlone,
  referenceConversion,
  referenceDelta,
  referenceGroup,
  referenceSums,
} from './reference/measure';
import { testKernels } from './test-support';
import { layoutOf, type ValueKind, valueKinds } from './values';

const kernels = testKernels(MEASURE_BYTES);
const memory = measureMemory(kernels);
const { exports } = kernels;
const [atA, atB] = [memory.a.byteOffset, memory.b.byteOffset];

const kinds = Object.values(valueKinds);
const plainKinds = kinds.filter((kind) => layoutOf(kind).elements === 1);
const seeds = fc.integer({ min: 1, max: 1_000_000 });

/** Seeded bytes of whole elements; every few seeds with stretches of zeros. */
function generate(seed: number, length: number): Uint8Array {
  const words = splitmix64(BigInt(seed), Math.ceil(length / 8));
  const bytes = new Uint8Array(BigUint64Array.from(words).buffer, 0, length).slice();
  if (seed % 3 === 0) bytes.fill(0, Math.floor(length / 3), Math.floor(length / 2));
  return bytes;
}

/** 32-bit floats at every place where rounding to a narrower format turns. */
function edges(): Float32Array {
  const bits: number[] = [0x7f80_0000, 0x7fc0_0000, 0x7f80_0001, 0x7fbf_ffff, 1, 0x7f7f_ffff];
  for (let exponent = 90; exponent < 150; exponent++) {
    for (const mantissa of [0, 0x7f_ffff]) bits.push((exponent << 23) | mantissa);
    for (let place = 11; place < 23; place++) {
      for (const offset of [-1, 0, 1]) {
        bits.push(
          (exponent << 23) | ((1 << place) + offset),
          (exponent << 23) | ((3 << (place - 1)) + offset),
        );
      }
    }
  }
  const both = bits.flatMap((each) => [each & 0x7fff_ffff, (each | 0x8000_0000) >>> 0]);
  return new Float32Array(Uint32Array.from(both).buffer);
}

function convert(from: ValueKind, to: ValueKind, bytes: Uint8Array) {
  const conversion = conversionOf(kernels, memory.between.byteOffset, from, to);
  if (conversion === undefined) throw new RangeError('expected a conversion');
  const { bytes: size, elements } = layoutOf(from);
  const count = (bytes.length / size) * elements;
  memory.a.set(bytes);
  const misfits = conversion(atA, count, memory.converted.byteOffset);
  return { bytes: memory.converted.slice(0, count * layoutOf(to).bytes), misfits };
}

describe('the measuring kernels', () => {
  it('sum as the reference sums, whatever is not finite and wherever it stands', () => {
    const specials = [Number.NaN, Infinity, -Infinity, 0, -0, 1e-42, 3e38];
    fc.assert(
      fc.property(seeds, fc.integer({ min: 0, max: 5000 }), (seed, count) => {
        const words = splitmix64(BigInt(seed), count * 2).map(Number);
        const value = (at: number): number => {
          const word = words[at] ?? 0;
          const plain = 1 + (word / 2 ** 64 - 0.5) / 1000;
          return seed % 2 === 0 && word % 640 < 7 ? (specials[word % 7] ?? 0) : plain;
        };
        const a = Float32Array.from({ length: count }, (_, at) => value(at * 2));
        const b = Float32Array.from({ length: count }, (_, at) => value(at * 2 + 1));
        const sumsOf = (sum: typeof exports.sumSingles): number[] => {
          memory.sums.fill(0);
          memory.sums.set([1, 0.5], 8);
          sum(atA, atB, count, memory.sums.byteOffset);
          return [...memory.sums];
        };
        const expected = referenceSums(a, b, 1, 0.5);
        const check = (found: number[]): void =>
          found.forEach((each, at) => {
            const scale = Math.max(
              1e-300,
              expected[(at + 2) % 10] ?? 0,
              Math.abs(expected[at] ?? 0),
            );
            const isCount = at === 0 || at >= 6;
            if (isCount) expect(each).toBe(expected[at]);
            else
              expect(Math.abs(each - (expected[at] ?? 0)) / Math.max(scale, count)).toBeLessThan(
                1e-12,
              );
          });
        memory.a.set(new Uint8Array(a.buffer));
        memory.b.set(new Uint8Array(b.buffer));
        check(sumsOf(exports.sumSingles));
        memory.a.set(new Uint8Array(Float64Array.from(a).buffer));
        memory.b.set(new Uint8Array(Float64Array.from(b).buffer));
        check(sumsOf(exports.sumDoubles));
      }),
      { numRuns: 60, seed: 1 },
    );
  });

  it('count the bits that differ, at any length', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 0, max: 3000 }), (seed, length) => {
        const [a, b] = [generate(seed, length), generate(seed + 1, length)];
        memory.a.set(a);
        memory.b.set(b);
        const expected = a.reduce((bits, byte, at) => {
          const differ = byte ^ (b[at] ?? 0);
          return bits + differ.toString(2).replaceAll('0', '').length;
        }, 0);
        expect(Number(exports.differingBits(atA, atB, length))).toBe(expected);
      }),
      { numRuns: 50, seed: 2 },
    );
  });

  it('count differences from a base by its exponent, and elements alone, as the reference does', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...plainKinds),
        seeds,
        fc.integer({ min: 0, max: 700 }),
        (kind, seed, count) => {
          const { width, order, shift, mask, groups } = bitLayoutOf(kind);
          const [a, b] = [generate(seed, count * width), generate(seed + 1, count * width)];
          memory.a.set(a);
          memory.b.set(b);
          memory.delta.fill(0);
          memory.alone.fill(0);
          exports.countDelta(width, atA, atB, count, order, shift, mask, memory.delta.byteOffset);
          exports.countPlanes(width, atA, count, isFloat(kind) ? 1 : 0, memory.alone.byteOffset);
          const delta = new Uint32Array(groups * width * 256);
          const alone = new Uint32Array(width * 256);
          const bases = bitsOf(b, width);
          bitsOf(a, width).forEach((element, at) => {
            const base = bases[at] ?? 0n;
            const coded = referenceDelta(kind, element, base);
            for (let plane = 0; plane < width; plane++) {
              const group = (referenceGroup(kind, base) * width + plane) * 256;
              delta[group + byteOf(coded, plane)] = (delta[group + byteOf(coded, plane)] ?? 0) + 1;
              const place = plane * 256 + byteOf(referenceAlone(kind, element), plane);
              alone[place] = (alone[place] ?? 0) + 1;
            }
          });
          expect(same(memory.delta.subarray(0, delta.length), delta)).toBe(true);
          expect(same(memory.alone.subarray(0, alone.length), alone)).toBe(true);
          exports.groupSizes(memory.delta.byteOffset, width, groups, memory.sizes.byteOffset);
          expect(memory.sizes.subarray(0, groups).reduce((sum, each) => sum + each, 0)).toBe(count);
        },
      ),
      { numRuns: 150, seed: 3 },
    );
    memory.delta.fill(0);
    memory.alone.fill(0);
  });

  it('count blocks by position, and their differences by bytes or half bytes', () => {
    fc.assert(
      fc.property(
        seeds,
        fc.constantFrom(17, 34, 144, 210),
        fc.constantFrom(0xff, 0x0f),
        (seed, size, low) => {
          const blocks = seed % 9;
          const [a, b] = [generate(seed, blocks * size), generate(seed + 1, blocks * size)];
          memory.a.set(a);
          memory.b.set(b);
          memory.delta.fill(0);
          memory.alone.fill(0);
          exports.countBlocks(atA, blocks, size, memory.alone.byteOffset);
          exports.countBlockDelta(atA, atB, blocks, size, low, memory.delta.byteOffset);
          const [alone, delta] = [new Uint32Array(size * 256), new Uint32Array(size * 256)];
          a.forEach((x, at) => {
            const y = b[at] ?? 0;
            const halves = (((x >> 4) - (y >> 4)) & 15) * 16 + (((x & 15) - (y & 15)) & 15);
            const z = low === 0xff ? (x - y) & 0xff : halves;
            const from = (at % size) * 256;
            alone[from + x] = (alone[from + x] ?? 0) + 1;
            delta[from + z] = (delta[from + z] ?? 0) + 1;
          });
          expect(same(memory.alone.subarray(0, alone.length), alone)).toBe(true);
          expect(same(memory.delta.subarray(0, delta.length), delta)).toBe(true);
        },
      ),
      { numRuns: 60, seed: 4 },
    );
    memory.delta.fill(0);
    memory.alone.fill(0);
  });

  it('hash equal rows alike and others apart', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: 130 }), (seed, rowBytes) => {
        const rows = generate(seed + 3, rowBytes * 3);
        rows.copyWithin(rowBytes * 2, 0, rowBytes);
        rows[rowBytes] = (rows[0] ?? 0) ^ 1;
        memory.a.set(rows);
        exports.hashRows(atA, rowBytes, 3, memory.between.byteOffset);
        const [first, second, third] = new BigUint64Array(
          memory.between.buffer,
          memory.between.byteOffset,
          3,
        );
        expect(third).toBe(first);
        expect(second).not.toBe(first);
      }),
      { numRuns: 60, seed: 5 },
    );
  });
});

describe('conversion of kinds', () => {
  const targets = plainKinds.filter((kind) => isFloat(kind) || isInteger(kind));

  it('rounds to nearest, ties to even, wherever a format’s rounding turns', () => {
    const values = edges();
    const bytes = new Uint8Array(values.buffer);
    for (const to of targets.filter(isFloat)) {
      if (to === valueKinds.F32) continue;
      const { bytes: found } = convert(valueKinds.F32, to, bytes);
      const expected = referenceConversion(valueKinds.F32, to, bytes).bytes;
      const width = layoutOf(to).bytes;
      const codes = bitsOf(found, width);
      const wrong = bitsOf(expected, width).findIndex((each, at) => each !== codes[at]);
      expect(`${to}: ${wrong < 0 ? 'as expected' : values[wrong]}`).toBe(`${to}: as expected`);
    }
  });

  it('does to any bits of any kind what the reference does', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...kinds),
        fc.constantFrom(...targets),
        seeds,
        (from, to, seed) => {
          if (from === to) return;
          const { bytes: size } = layoutOf(from);
          const bytes = generate(seed, size * (layoutOf(from).elements > 1 ? 3 : 40));
          if (seed % 2 === 0 && size > 1 && isInteger(from)) {
            // Small integers, which fit into every kind.
            bytes.forEach((_, at) => {
              bytes[at] = at % size === 0 ? (bytes[at] ?? 0) % 2 : 0;
            });
          }
          const expected = referenceConversion(from, to, bytes);
          const found = convert(from, to, bytes);
          expect(found.misfits > 0).toBe(expected.misfits > 0);
          expect(same(found.bytes, expected.bytes)).toBe(true);
        },
      ),
      { numRuns: 600, seed: 6 },
    );
  });

  it('keeps every value of a narrow float on the way to a wider one and back', () => {
    const all = new Uint8Array(Uint16Array.from({ length: 65_536 }, (_, code) => code).buffer);
    for (const narrow of [valueKinds.F16, valueKinds.BF16]) {
      for (const wide of [valueKinds.F32, valueKinds.F64]) {
        const there = convert(narrow, wide, all).bytes;
        const back = convert(wide, narrow, there).bytes;
        const codes = bitsOf(back, 2);
        const lost = bitsOf(all, 2).filter((each, at) => each !== codes[at]);
        // Signalling NaNs become quiet; through F64 their payload is lost.
        const nan = narrow === valueKinds.F16 ? 0x7c00n : 0x7f80n;
        expect(lost.filter((each) => (each & 0x7fffn) <= nan)).toEqual([]);
      }
    }
  });

  it('has known results', () => {
    const halves = convert(
      valueKinds.F32,
      valueKinds.F16,
      new Uint8Array(
        Float32Array.of(65_504, 65_519.996, 65_520, 2 ** -24, 2 ** -25, -0, 1 / 3).buffer,
      ),
    );
    expect(bitsOf(halves.bytes, 2)).toEqual([0x7bffn, 0x7bffn, 0x7c00n, 1n, 0n, 0x8000n, 0x3555n]);
    const quarters = convert(
      valueKinds.F32,
      valueKinds.F8_E4M3,
      new Uint8Array(Float32Array.of(448, 464, 465, 2 ** -9, 2 ** -10, -1).buffer),
    );
    expect([...quarters.bytes]).toEqual([0x7e, 0x7e, 0x7f, 1, 0, 0xb8]);
  });

  it('leads to no blocks, and to no pure exponents', () => {
    const none = [valueKinds.Q8_0, valueKinds.F8_E8M0];
    expect(none.map((to) => conversionOf(kernels, 0, valueKinds.F32, to))).toEqual([
      undefined,
      undefined,
    ]);
  });
});

/** Whether two columns are equal; far faster than a matcher. */
function same(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  return a.length === b.length && Array.prototype.every.call(a, (each, at) => each === b[at]);
}
