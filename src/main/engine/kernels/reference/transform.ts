import type { SortLayout } from '../codec-exports';
import { bitsOf } from './measure';

/** Elements to plane-major planes; `rotate` 1 moves the highest bit to the lowest place first. */
export function referenceSplit(width: number, rotate: number, bytes: Uint8Array): Uint8Array {
  return planesOf(
    width,
    bitsOf(bytes, width).map((bits) => (rotate === 1 ? rotateLeft(width, bits) : bits)),
  );
}

/** Planes of the elements' differences from the base's. */
export function referenceDelta(
  { width, ordered }: Pick<SortLayout, 'width' | 'ordered'>,
  bytes: Uint8Array,
  base: Uint8Array,
): Uint8Array {
  return planesOf(width, differences(width, ordered, bytes, base));
}

/** As `referenceDelta`, stably sorted by the base's exponent; and how many elements have which. */
export function referenceSorted(
  { width, ordered, shift, mask }: SortLayout,
  bytes: Uint8Array,
  base: Uint8Array,
): { readonly planes: Uint8Array; readonly sizes: readonly number[] } {
  const groups = bitsOf(base, width).map((bits) => Number((bits >> BigInt(shift)) & BigInt(mask)));
  const sizes = Array.from({ length: mask + 1 }, () => 0);
  for (const group of groups) sizes[group] = (sizes[group] ?? 0) + 1;
  const sorted = differences(width, ordered, bytes, base)
    .map((bits, at) => ({ bits, group: groups[at] ?? 0 }))
    // Array.prototype.sort is stable.
    .sort((x, y) => x.group - y.group);
  return {
    planes: planesOf(
      width,
      sorted.map(({ bits }) => bits),
    ),
    sizes,
  };
}

/** Elements that two bases predict: 0, the line from b through a; 1, their mean rounded down. */
export function referencePrediction(
  mode: number,
  { width, ordered }: Pick<SortLayout, 'width' | 'ordered'>,
  a: Uint8Array,
  b: Uint8Array,
): Uint8Array {
  const second = bitsOf(b, width);
  const words = bitsOf(a, width).map((bits, at) => {
    const x = orderedOf(width, ordered, bits);
    const y = orderedOf(width, ordered, second[at] ?? 0n);
    // The shift of a negative BigInt rounds down.
    const predicted = mode === 0 ? 2n * x - y : (x + y) >> 1n;
    return bitsOfOrdered(width, ordered, BigInt.asIntN(width * 8, predicted));
  });
  return bytesOf(width, words);
}

/** Shortest of 1, 2, 4, 8 bytes, at most all, that the bytes repeat with; 0: none. */
export function referencePattern(bytes: Uint8Array): number {
  const isPeriod = (period: number): boolean =>
    period <= bytes.length && bytes.every((byte, at) => at < period || byte === bytes[at - period]);
  return [1, 2, 4, 8].find(isPeriod) ?? 0;
}

export function referenceZeroRuns(bytes: Uint8Array): { leading: number; longest: number } {
  const runs = Buffer.from(bytes).toString('latin1').match(/\0+/g) ?? [];
  const first = bytes.findIndex((byte) => byte !== 0);
  return {
    leading: first === -1 ? bytes.length : first,
    longest: Math.max(0, ...runs.map((run) => run.length)),
  };
}

/** a - b (`sign` -1) or a + b, each lane of `bits` bits by itself. */
export function referenceLanes(
  bits: number,
  sign: 1 | -1,
  a: Uint8Array,
  b: Uint8Array,
): Uint8Array {
  const mask = 2 ** bits - 1;
  return a.map((byte, at) => {
    let result = 0;
    for (let lane = 0; lane < 8; lane += bits) {
      const [x, y] = [(byte >> lane) & mask, ((b[at] ?? 0) >> lane) & mask];
      result |= ((x + sign * y) & mask) << lane;
    }
    return result;
  });
}

function rotateLeft(width: number, bits: bigint): bigint {
  return BigInt.asUintN(width * 8, bits << 1n) | (bits >> BigInt(width * 8 - 1));
}

/** Zigzag differences of ordered integers, modulo 2^n. */
function differences(width: number, ordered: 0 | 1, bytes: Uint8Array, base: Uint8Array): bigint[] {
  const bases = bitsOf(base, width);
  return bitsOf(bytes, width).map((bits, at) => {
    const x = orderedOf(width, ordered, bits);
    const difference = BigInt.asIntN(width * 8, x - orderedOf(width, ordered, bases[at] ?? 0n));
    return difference < 0n ? -difference * 2n - 1n : difference * 2n;
  });
}

/** Of floats, an integer that grows as the value does: -0 is -1, one below +0. */
function orderedOf(width: number, ordered: 0 | 1, bits: bigint): bigint {
  const signed = BigInt.asIntN(width * 8, bits);
  if (ordered === 0 || signed >= 0n) return signed;
  return -BigInt.asUintN(width * 8 - 1, bits) - 1n;
}

/** The inverse of `orderedOf`. */
function bitsOfOrdered(width: number, ordered: 0 | 1, integer: bigint): bigint {
  if (ordered === 0 || integer >= 0n) return BigInt.asUintN(width * 8, integer);
  return (1n << BigInt(width * 8 - 1)) | (-integer - 1n);
}

function planesOf(width: number, words: readonly bigint[]): Uint8Array {
  const planes = new Uint8Array(width * words.length);
  words.forEach((word, at) => {
    for (let plane = 0; plane < width; plane++) {
      planes[plane * words.length + at] = Number((word >> BigInt(plane * 8)) & 0xffn);
    }
  });
  return planes;
}

function bytesOf(width: number, words: readonly bigint[]): Uint8Array {
  return Uint8Array.from({ length: words.length * width }, (_, at) =>
    Number(((words[Math.floor(at / width)] ?? 0n) >> BigInt((at % width) * 8)) & 0xffn),
  );
}
