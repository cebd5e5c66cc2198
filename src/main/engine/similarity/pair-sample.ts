import type { Signature } from '../kernels/signature';

/** Exponents of a 32-bit float, and the lengths in bits that a signed difference of codes can have. */
export const EXPONENTS = 256;
/** 0, then 1 … 17 bits, positive and negative. */
export const LENGTHS = 36;

const scratch = new Uint32Array(1);
const scratchFloat = new Float32Array(scratch.buffer);

/** The number that 16 bits of bfloat16 are. */
export function bfloat(code: number): number {
  scratch[0] = code << 16;
  return scratchFloat[0] as number;
}

/** All codes' numbers: a look-up instead of a conversion. */
const numbers = Float32Array.from({ length: 65_536 }, (_, code) => bfloat(code));

/** Spacing of bfloat16 numbers that have this exponent. */
export const bfloatStep = (exponent: number): number => 2 ** (Math.max(1, exponent) - 127 - 7);

/** Two samples walked together, position by position. Sums are over pairs of finite values. */
export interface PairSample {
  finite: number;
  nonFinite: number;
  sumA: number;
  sumB: number;
  squaresA: number;
  squaresB: number;
  /** Sum of squared differences. */
  squares: number;
  largest: number;
  /** Pairs whose codes differ, and the bits in which they do. */
  changed: number;
  codeBits: number;
  /** By the base's exponent: pairs, sums of absolute and of squared differences. */
  readonly counts: Int32Array;
  readonly absolute: Float64Array;
  readonly squared: Float64Array;
  /** By the base's exponent: how long the difference of ordered codes is, `[e * LENGTHS + length]`. */
  readonly lengths: Int32Array;
}

/** A number's place in the order of all bfloat16 numbers; -0 lies below 0, so it is a bijection. */
const ordered = (code: number): number => (code >= 0x8000 ? 0x7fff - code : code);

const isFiniteCode = (code: number): boolean => (code & 0x7f80) !== 0x7f80;

/** Samples of equal element count; b is the base. */
export function walkPair(a: Signature, b: Signature): PairSample {
  const sample = emptySample();
  const { counts, absolute, squared, lengths } = sample;
  const size = Math.min(a.sample.length, b.sample.length);
  for (let i = 0; i < size; i++) {
    const codeA = a.sample[i] as number;
    const codeB = b.sample[i] as number;
    if (!isFiniteCode(codeA) || !isFiniteCode(codeB)) {
      sample.nonFinite++;
      continue;
    }
    const x = numbers[codeA] as number;
    const y = numbers[codeB] as number;
    sample.sumA += x;
    sample.sumB += y;
    sample.squaresA += x * x;
    sample.squaresB += y * y;
    const exponent = (codeB >> 7) & 0xff;
    counts[exponent] = (counts[exponent] as number) + 1;
    const step = ordered(codeA) - ordered(codeB);
    const row = exponent * LENGTHS + (step < 0 ? 18 : 0) + (32 - Math.clz32(Math.abs(step)));
    lengths[row] = (lengths[row] as number) + 1;
    if (step === 0) continue;
    const difference = Math.abs(x - y);
    sample.squares += difference * difference;
    if (difference > sample.largest) sample.largest = difference;
    sample.changed++;
    sample.codeBits += ones(codeA ^ codeB);
    absolute[exponent] = (absolute[exponent] as number) + difference;
    squared[exponent] = (squared[exponent] as number) + difference * difference;
  }
  sample.finite = size - sample.nonFinite;
  return sample;
}

function emptySample(): PairSample {
  return {
    finite: 0,
    nonFinite: 0,
    sumA: 0,
    sumB: 0,
    squaresA: 0,
    squaresB: 0,
    squares: 0,
    largest: 0,
    changed: 0,
    codeBits: 0,
    counts: new Int32Array(EXPONENTS),
    absolute: new Float64Array(EXPONENTS),
    squared: new Float64Array(EXPONENTS),
    lengths: new Int32Array(EXPONENTS * LENGTHS),
  };
}

function ones(word: number): number {
  const pairs = word - ((word >>> 1) & 0x5555);
  const nibbles = (pairs & 0x3333) + ((pairs >>> 2) & 0x3333);
  return ((((nibbles + (nibbles >>> 4)) & 0x0f0f) * 0x0101) >>> 8) & 0x1f;
}
