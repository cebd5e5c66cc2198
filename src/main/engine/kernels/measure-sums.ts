import { conversionOf } from './cast';
import type { Kernels } from './kernels';
import type { MeasureMemory } from './measure-memory';
import { layoutOf, type ValueKind, valueKinds } from './values';

/** How two tensors' values agree; see `PairMetrics`. */
export interface Agreement {
  readonly score: number;
  readonly cosine: number;
  readonly relativeL2: number;
  readonly maxDifference: number;
  /** Pairs of which either value is not finite. */
  readonly nonFinite: number;
}

/** Collects sums over windows of two tensors; one at a time. */
export interface PairSums {
  /** Elements at two addresses, up to WINDOW_ELEMENTS. */
  add(a: number, b: number, count: number): void;
  /** `equal`: the bytes are, which alone decides where no pair of values is finite. */
  agreement(equal: boolean): Agreement;
}

const { F64, F32, I32, U64, U32, I64 } = valueKinds;

/** Values that are decoded and summed at once: they stay in a core's first-level cache. */
const RUN = 4096;

/**
 * Values are compared as 32-bit floats, and as 64-bit ones where either kind is wider than those.
 * Sums are of 64-bit floats, less the mean of each tensor's first values: variances keep their
 * digits where deviations are small beside means.
 */
export function pairSums(
  kernels: Kernels,
  memory: MeasureMemory,
  kindA: ValueKind,
  kindB: ValueKind,
): PairSums {
  const isWide = isWiderThanF32(kindA) || isWiderThanF32(kindB);
  const as = isWide ? F64 : F32;
  const valuesOfA = valuesAs(kernels, memory, as, kindA, memory.valuesA);
  const valuesOfB = valuesAs(kernels, memory, as, kindB, memory.valuesB);
  const { sums } = memory;
  const { sumDoubles, sumSingles } = kernels.exports;
  const sum = isWide ? sumDoubles : sumSingles;
  sums.fill(0);
  let isShifted = false;
  return {
    add: (a, b, count) => {
      for (let done = 0; done < count; done += RUN) {
        const run = Math.min(RUN, count - done);
        const [x, y] = [valuesOfA(a, done, run), valuesOfB(b, done, run)];
        if (!isShifted) shift(sum, sums, x, y, run);
        isShifted = true;
        sum(x, y, run, sums.byteOffset);
      }
    },
    agreement: (equal) => agreementOf(sums, equal),
  };
}

/** Sets the shifts to the means of some values; leaves the sums empty. */
function shift(
  sum: Kernels['exports']['sumSingles'],
  sums: Float64Array,
  a: number,
  b: number,
  count: number,
): void {
  sum(a, b, count, sums.byteOffset);
  const [pairs = 0, sumA = 0, sumB = 0] = sums;
  sums.fill(0);
  if (pairs > 0) sums.set([sumA / pairs, sumB / pairs], 8);
}

function isWiderThanF32(kind: ValueKind): boolean {
  return kind === F64 || kind === I32 || kind === U32 || kind === I64 || kind === U64;
}

/** Gives the address of `count` values behind the first `done`: in `to`, or where they are. */
function valuesAs(
  kernels: Kernels,
  { between }: MeasureMemory,
  as: ValueKind,
  kind: ValueKind,
  to: Uint8Array,
): (from: number, done: number, count: number) => number {
  const { elements, bytes } = layoutOf(kind);
  const at = (from: number, done: number): number => from + (done / elements) * bytes;
  if (kind === as) return at;
  const target = to.byteOffset;
  if (as === F32) {
    return (from, done, count) => {
      kernels.exports.decodeValues(kind, at(from, done), count, target);
      return target;
    };
  }
  const convert = conversionOf(kernels, between.byteOffset, kind, as);
  return (from, done, count) => {
    convert?.(at(from, done), count, target);
    return target;
  };
}

/** Deviations of less than this part of the mean: all but constant. */
const CONSTANT = 0.01;

/** From the sums' state of assembly/measure.ts. */
export function agreementOf(sums: ArrayLike<number>, equal: boolean): Agreement {
  const at = (index: number): number => sums[index] ?? 0;
  const [pairs, nonFinite] = [at(0), at(7)];
  if (pairs === 0) {
    const none = { maxDifference: 0, nonFinite };
    if (equal) return { score: 1, cosine: 1, relativeL2: 0, ...none };
    return { score: 0, cosine: 0, relativeL2: Number.NaN, ...none };
  }
  const a = momentsOf(pairs, at(1), at(3), at(8));
  const b = momentsOf(pairs, at(2), at(4), at(9));
  const relativeL2 = ratio(Math.sqrt(at(5)), Math.sqrt(b.squares));
  const score =
    isAllButConstant(a) && isAllButConstant(b)
      ? 1 - relativeL2 ** 2 / 2
      : concordance(at(5) / pairs, a, b);
  return {
    score: clamp(score),
    cosine: cosineOf(a.squares, b.squares, at(5)),
    relativeL2,
    maxDifference: at(6),
    nonFinite,
  };
}

interface Moments {
  readonly mean: number;
  readonly variance: number;
  /** Sum of the squares. */
  readonly squares: number;
}

function momentsOf(count: number, sum: number, squares: number, shift: number): Moments {
  const offset = sum / count;
  return {
    mean: shift + offset,
    variance: Math.max(0, squares / count - offset ** 2),
    squares: squares + 2 * shift * sum + count * shift ** 2,
  };
}

/**
 * Lin's coefficient, 2·cov / (var_a + var_b + (mean_a - mean_b)²), which is one minus the mean
 * squared difference in those units: the form that keeps its digits where the tensors are close.
 */
function concordance(meanSquare: number, a: Moments, b: Moments): number {
  return 1 - ratio(meanSquare, a.variance + b.variance + (a.mean - b.mean) ** 2);
}

function isAllButConstant({ mean, variance }: Moments): boolean {
  return Math.sqrt(variance) <= CONSTANT * Math.abs(mean);
}

/** 2 a·b = |a|² + |b|² - |a - b|². */
function cosineOf(squaresA: number, squaresB: number, difference: number): number {
  if (squaresA <= 0 || squaresB <= 0) return squaresA <= 0 && squaresB <= 0 ? 1 : 0;
  const product = (squaresA + squaresB - difference) / 2;
  return clamp(product / Math.sqrt(squaresA) / Math.sqrt(squaresB));
}

/** 0 / 0 is 0 here: nothing differs. */
function ratio(part: number, whole: number): number {
  return part === 0 ? 0 : part / whole;
}

function clamp(value: number): number {
  return Math.max(-1, Math.min(1, value));
}
