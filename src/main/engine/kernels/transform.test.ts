import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type SortLayout, sortLayoutOf, sortWorkspaceBytes } from './codec-exports';
import { splitmix64 } from './reference/cdc';
import {
  referenceDelta,
  referencePrediction,
  referenceSorted,
  referenceSplit,
} from './reference/transform';
import { testKernels } from './test-support';
import { layoutOf, valueKinds } from './values';

const SPACE = 65_536;
const GUARD = 64;
const { exports, buffer } = testKernels(6 * SPACE + sortWorkspaceBytes(SPACE));
const [atA, atB, atTo, atBack, atSpace] = [0, 1, 2, 3, 4].map(
  (slot) => buffer.byteOffset + slot * SPACE,
) as [number, number, number, number, number];

const layouts = Object.entries(valueKinds)
  .filter(([, kind]) => layoutOf(kind).elements === 1)
  .map(([name, kind]) => [name, sortLayoutOf(kind)] as [string, SortLayout]);

/** A way that elements and bases may be, and where they begin. */
interface Case {
  readonly seed: number;
  /** Of the elements, and what is left over. */
  readonly bytes: number;
  readonly shift: number;
  readonly look: 'any' | 'near' | 'special' | 'same';
}

const cases: fc.Arbitrary<Case> = fc.record({
  seed: fc.integer({ min: 1, max: 1_000_000 }),
  bytes: fc.oneof(fc.integer({ min: 0, max: 600 }), fc.integer({ min: 601, max: 9000 })),
  shift: fc.integer({ min: 0, max: 15 }),
  look: fc.constantFrom<Case['look'][]>('any', 'near', 'special', 'same'),
});

function randomBytes(seed: number, length: number): Uint8Array {
  const words = splitmix64(BigInt(seed), Math.ceil(length / 8));
  return new Uint8Array(BigUint64Array.from(words).buffer, 0, length).slice();
}

/** Bits of both zeros, infinities, quiet and signalling NaNs, the smallest and largest denormals. */
function specialsOf({ width, shift, mask }: SortLayout): bigint[] {
  const sign = 1n << BigInt(width * 8 - 1);
  const infinity = BigInt(mask) << BigInt(shift);
  const one = 1n << BigInt(shift);
  const quiet = infinity | (one >> 1n);
  const all = [0n, infinity, quiet, infinity | 1n, 1n, one - 1n, one, infinity - 1n, sign - 1n];
  return all.flatMap((bits) => [bits, bits | sign]);
}

function elementsOf(layout: SortLayout, { seed, bytes, look }: Case): [Uint8Array, Uint8Array] {
  const { width } = layout;
  const count = Math.floor(bytes / width);
  const base = randomBytes(seed, count * width);
  if (look === 'any') return [randomBytes(seed + 1, count * width), base];
  if (look === 'same') return [base.slice(), base];
  if (look === 'near') return [base.map((byte, at) => (at % width === 0 ? byte ^ 5 : byte)), base];
  const specials = specialsOf(layout);
  const pick = (from: Uint8Array): Uint8Array =>
    Uint8Array.from({ length: count * width }, (_, at) => {
      const choice = from[Math.floor(at / width)] ?? 0;
      const bits = specials[choice % specials.length] ?? 0n;
      return Number((bits >> BigInt((at % width) * 8)) & 0xffn);
    });
  return [pick(randomBytes(seed + 1, count)), pick(base)];
}

/** What `work` writes at `to`; throws where it writes beside it. */
function written(to: number, length: number, work: () => void): Uint8Array {
  const from = to - buffer.byteOffset;
  buffer.fill(0xa5, from - GUARD, from + length + GUARD);
  work();
  const around = [
    ...buffer.subarray(from - GUARD, from),
    ...buffer.subarray(from + length, from + length + GUARD),
  ];
  expect(around.every((byte) => byte === 0xa5)).toBe(true);
  return buffer.slice(from, from + length);
}

function put(at: number, bytes: Uint8Array): number {
  buffer.set(bytes, at - buffer.byteOffset);
  return at;
}

const same = (found: Uint8Array, expected: Uint8Array): void =>
  expect(Buffer.compare(found, expected)).toBe(0);

describe.each(layouts)('elements of %s', (_, layout) => {
  const { width, ordered, shift, mask } = layout;
  const check = (work: (each: Case, element: Uint8Array, base: Uint8Array) => void): void =>
    fc.assert(
      fc.property(cases, (each) => work(each, ...elementsOf(layout, each))),
      { numRuns: 40, seed: 5 },
    );
  const countOf = ({ bytes }: Case): number => Math.floor(bytes / width);
  const to = (each: Case): number => atTo + GUARD + each.shift;
  const back = (each: Case): number => atBack + GUARD + each.shift;

  it('split into planes as the reference splits, and merge back', () => {
    check((each, element) => {
      const a = put(atA + each.shift, element);
      for (const rotate of [0, 1]) {
        const planes = written(to(each), element.length, () =>
          exports.splitPlanes(width, rotate, a, countOf(each), to(each)),
        );
        same(planes, referenceSplit(width, rotate, element));
        const again = written(back(each), element.length, () =>
          exports.mergePlanes(width, rotate, to(each), countOf(each), back(each)),
        );
        same(again, element);
      }
    });
  });

  it('become differences as the reference subtracts, and elements again', () => {
    check((each, element, base) => {
      const a = put(atA + each.shift, element);
      const b = put(atB + 1, base);
      for (const order of [0, ordered] as const) {
        const planes = written(to(each), element.length, () =>
          exports.deltaPlanes(width, order, a, b, countOf(each), to(each)),
        );
        same(planes, referenceDelta({ width, ordered: order }, element, base));
        const again = written(back(each), element.length, () =>
          exports.undoDelta(width, order, to(each), b, countOf(each), back(each)),
        );
        same(again, element);
      }
    });
  });

  it('are sorted by the base’s exponent as the reference sorts, and put back', () => {
    check((each, element, base) => {
      const a = put(atA + each.shift, element);
      const b = put(atB + 1, base);
      const space = atSpace + GUARD + each.shift;
      const spaceBytes = exports.sortWorkspace(width, mask, countOf(each));
      expect(spaceBytes).toBeLessThanOrEqual(sortWorkspaceBytes(element.length));
      const expected = referenceSorted(layout, element, base);
      const sizesIn = (bytes: Uint8Array): Uint32Array =>
        new Uint32Array(bytes.slice(0, 4 * (mask + 1)).buffer);
      let planes: Uint8Array = new Uint8Array();
      const sizes = written(space, spaceBytes, () => {
        planes = written(to(each), element.length, () =>
          exports.sortDelta(width, ordered, shift, mask, a, b, countOf(each), to(each), space),
        );
      });
      same(planes, expected.planes);
      expect([...sizesIn(sizes)]).toEqual(expected.sizes);
      let again: Uint8Array = new Uint8Array();
      const found = written(space, spaceBytes, () => {
        again = written(back(each), element.length, () =>
          exports.unsortDelta(
            width,
            ordered,
            shift,
            mask,
            to(each),
            b,
            countOf(each),
            back(each),
            space,
          ),
        );
      });
      same(again, element);
      expect([...sizesIn(found)]).toEqual(expected.sizes);
      const counted = written(space, 20 * (mask + 1), () =>
        exports.countGroups(width, shift, mask, b, countOf(each), space),
      );
      expect([...sizesIn(counted)]).toEqual(expected.sizes);
    });
  });

  it('are predicted from two bases as the reference predicts', () => {
    check((each, element, base) => {
      const a = put(atA + each.shift, element);
      const b = put(atB + 1, base);
      for (const mode of [0, 1]) {
        for (const order of [0, ordered] as const) {
          const found = written(to(each), element.length, () =>
            exports.predictTwo(mode, width, order, a, b, countOf(each), to(each)),
          );
          same(found, referencePrediction(mode, { width, ordered: order }, element, base));
        }
      }
    });
  });
});

describe('a whole fragment', () => {
  it.each(layouts)('of %s comes back from its sorted differences', (_, layout) => {
    const { width, ordered, shift, mask } = layout;
    const bytes = 1_048_576;
    const large = testKernels(4 * bytes + sortWorkspaceBytes(bytes));
    const at = (slot: number): number => large.buffer.byteOffset + slot * bytes;
    const element = randomBytes(3, bytes);
    large.buffer.set(element);
    // Equal exponents in long runs: half of the base is one value.
    large.buffer.set(randomBytes(4, bytes).fill(1, 0, bytes / 2), bytes);
    const count = bytes / width;
    large.exports.sortDelta(width, ordered, shift, mask, at(0), at(1), count, at(2), at(4));
    large.exports.unsortDelta(width, ordered, shift, mask, at(2), at(1), count, at(3), at(4));
    same(large.buffer.slice(3 * bytes, 4 * bytes), element);
  });
});

describe('xor', () => {
  it('is of every byte, also in place', () => {
    fc.assert(
      fc.property(cases, ({ seed, bytes: count, shift }) => {
        const [x, y] = [randomBytes(seed, count), randomBytes(seed + 1, count)];
        const expected = x.map((byte, at) => byte ^ (y[at] ?? 0));
        const [a, b, out] = [put(atA + shift, x), put(atB, y), atTo + GUARD];
        same(
          written(out, count, () => exports.xorBytes(a, b, count, out)),
          expected,
        );
        exports.xorBytes(a, b, count, a);
        same(buffer.slice(a - buffer.byteOffset, a - buffer.byteOffset + count), expected);
      }),
      { seed: 5 },
    );
  });
});
