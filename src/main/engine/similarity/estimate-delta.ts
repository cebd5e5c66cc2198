import { type FloatFormat, mantissaAt, SAMPLE_FORMAT } from './number-formats';
import { LENGTHS, type PairSample } from './pair-sample';
import { MAGNITUDES, type Magnitudes } from './plane-size';
import type { UpdateClass } from './update-size';

/** A difference that is larger than the base itself takes no more bits than its mantissa and these. */
const EXPONENT_BITS = 2;

/**
 * How large the differences of ordered integers of a's kind are, by the base's exponent. What the
 * samples show counts as it is; bits below them are noise up to the size of the difference.
 */
export function differenceMagnitudes(
  pair: PairSample,
  classes: readonly UpdateClass[],
  a: FloatFormat,
  b: FloatFormat,
): Magnitudes[] {
  return classes.map((update) => {
    const exponent = Math.max(1, update.exponent) - 127;
    const mantissa = Math.max(0, mantissaAt(a, exponent));
    const isNormal = exponent >= a.minExponent;
    if (update.visible && isNormal) return seenMagnitudes(pair, update, mantissa, b);
    const step = 2 ** (Math.max(exponent, a.minExponent) - a.mantissa);
    return spreadMagnitudes(update.count, update.mean / step, mantissa + EXPONENT_BITS);
  });
}

/** Above this mean a difference's roundings are too small to matter. */
const COARSE_MEAN = 16;

/**
 * Differences of a mean size, shaped as half of a normal distribution, of at most `longest` bits;
 * whole numbers because both values were rounded to whole ones.
 */
export function spreadMagnitudes(count: number, mean: number, longest: number): Magnitudes {
  const lengths = new Float64Array(MAGNITUDES);
  const last = Math.min(MAGNITUDES - 1, Math.max(1, Math.ceil(longest)));
  let below = 0;
  for (let length = 0; length <= last; length++) {
    const within = length === last ? 1 : shareWithin(2 ** length - 1, mean);
    lengths[length] = count * Math.max(0, within - below);
    below = Math.max(below, within);
  }
  return { count, lengths };
}

/** Share of whole differences up to `most`: of x, |x| rounds down with chance 1 - fraction. */
function shareWithin(most: number, mean: number): number {
  if (mean <= 0) return 1;
  if (mean > COARSE_MEAN) return shareBelow(most + 0.5, mean);
  return areaBelow(most + 1, mean) - areaBelow(most, mean);
}

/** Integral of shareBelow from 0. */
const areaBelow = (size: number, mean: number): number =>
  size * shareBelow(size, mean) + mean * (Math.exp(-(size * size) / (Math.PI * mean * mean)) - 1);

/** Whole numbers that are equally likely below 2^bits in size. */
export function noiseMagnitudes(count: number, bits: number): Magnitudes {
  const lengths = new Float64Array(MAGNITUDES);
  addNoise(lengths, count, Math.round(bits));
  return { count, lengths };
}

function addNoise(lengths: Float64Array, count: number, bits: number): void {
  let rest = count;
  for (let length = bits; length > 0; length--) {
    rest /= 2;
    lengths[length] = (lengths[length] as number) + rest;
  }
  lengths[0] = (lengths[0] as number) + rest;
}

/** Share of |x| of a normal distribution, whose mean is given, below `size`. */
function shareBelow(size: number, mean: number): number {
  // erf(x), Abramowitz and Stegun 7.1.26; mean |x| = √(2/π)·σ.
  const x = size / (mean * Math.sqrt(Math.PI));
  const t = 1 / (1 + 0.3275911 * x);
  const series =
    t *
    (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  return 1 - series * Math.exp(-x * x);
}

/** The lengths of the differences of sampled codes, with the bits that the samples lack behind. */
function seenMagnitudes(
  pair: PairSample,
  { exponent, count, step, square }: UpdateClass,
  mantissa: number,
  b: FloatFormat,
): Magnitudes {
  const lengths = new Float64Array(MAGNITUDES);
  const further = mantissa - SAMPLE_FORMAT.mantissa;
  const bothRounded = further > 0 && b.mantissa > SAMPLE_FORMAT.mantissa;
  // Two roundings widen what the samples show by u²/6.
  const widened = bothRounded ? 0.5 * Math.log2(1 + (step * step) / (6 * square)) : 0;
  for (let at = 0; at < LENGTHS; at++) {
    const times = pair.lengths[exponent * LENGTHS + at] as number;
    const length = at % (LENGTHS / 2);
    if (times === 0) continue;
    if (length === 0) addNoise(lengths, times, exponent === 0 ? 0 : Math.max(0, further - 1));
    else addBetween(lengths, times, Math.max(0, length + further - widened));
  }
  return { count, lengths };
}

/** Shares a count between the two whole lengths around one. */
function addBetween(lengths: Float64Array, count: number, length: number): void {
  const lower = Math.min(MAGNITUDES - 2, Math.floor(length));
  const upper = Math.min(1, length - lower);
  lengths[lower] = (lengths[lower] as number) + count * (1 - upper);
  lengths[lower + 1] = (lengths[lower + 1] as number) + count * upper;
}

/** Bits per element that differ between a and the base, as a's kind writes them. */
export function differingBits(
  pair: PairSample,
  classes: readonly UpdateClass[],
  a: FloatFormat,
  b: FloatFormat,
): number {
  let below = 0;
  const isCoarse = b.mantissa <= SAMPLE_FORMAT.mantissa;
  for (const update of classes) {
    const exponent = Math.max(1, update.exponent) - 127;
    const lower = mantissaAt(a, exponent) - SAMPLE_FORMAT.mantissa;
    const flipped = flippedBits(update.mean / 2 ** (exponent - a.mantissa), lower);
    // A base without finer digits lies half of the time above an equal sample: a's upper bits are
    // one less then, which samples do not show.
    const borrows = isCoarse && lower > 0 ? (pair.lengths[update.exponent * LENGTHS] as number) : 0;
    below += update.count * flipped + borrows;
  }
  return (pair.codeBits + below) / Math.max(1, pair.finite);
}

/**
 * Of the lowest `bits` bits, how many flip when a number of mean size `mean`, of an exponential
 * distribution, is added: bit k flips as a triangle wave of period 2^(k+1) does.
 */
export function flippedBits(mean: number, bits: number): number {
  let flipped = 0;
  for (let bit = 0; bit < bits; bit++) {
    const relative = mean / 2 ** bit;
    flipped += relative > 0 ? relative * Math.tanh(1 / (2 * relative)) : 0;
  }
  return flipped;
}
