import type { PairMetrics } from '../../../shared/domain';
import type { SampleStatistics, Signature } from '../kernels/signature';
import { layoutOf } from '../kernels/values';
import { castLikely } from './cast-likely';
import { correlationAt, hashDistance } from './distance';
import { estimateAlone } from './estimate-alone';
import {
  differenceMagnitudes,
  differingBits,
  flippedBits,
  noiseMagnitudes,
  spreadMagnitudes,
} from './estimate-delta';
import { type FloatFormat, floatFormat, isInteger, SAMPLE_FORMAT } from './number-formats';
import { type PairSample, walkPair } from './pair-sample';
import { planesSize } from './plane-size';
import { type UpdateClass, updateClasses } from './update-size';

export { castLikely, estimateAlone };

/** Below this deviation over the mean a tensor is all but constant. */
const FLAT = 0.01;

/** The mean of a tensor that is all but constant, else NaN. */
export const flatLevel = ({ mean, deviation }: SampleStatistics): number =>
  deviation < FLAT * Math.abs(mean) ? mean : NaN;

/**
 * What the samples of two tensors of equal element count tell of the pair; `b` is the base. Means
 * and shares are of the samples, so small updates are known to some 10%; `deltaBytes` is the
 * entropy of the differences in a's own kind, sorted by the base's exponent.
 * Throws RangeError where the element counts differ.
 */
export function estimatePair(a: Signature, b: Signature): PairMetrics {
  if (a.elements !== b.elements) {
    throw new RangeError(`a pair: expected ${b.elements} elements, found ${a.elements}`);
  }
  const pair = walkPair(a, b);
  const classes = updateClasses(pair, floatFormat(a.kind), floatFormat(b.kind));
  const cast = castLikely(a, b);
  const square = cast ? castSquare(a, b, pair, classes) : meanSquare(pair, classes);
  const size = sizeOf({ a, b, pair, classes }, cast);
  return {
    ...agreement(pair, square, areFlat(a, b)),
    differingBits: size.differing,
    elementBits: elementBits(a),
    maxDifference: Math.max(pair.largest, 3 * Math.sqrt(square)),
    deltaBytes: deltaBytes(a, pair, size.delta),
    verified: false,
  };
}

/** The score of `estimatePair` without the rest of it: in a third of the time. */
export function estimateScore(a: Signature, b: Signature): number {
  if (a.elements !== b.elements) return 0;
  const pair = walkPair(a, b);
  const classes = updateClasses(pair, floatFormat(a.kind), floatFormat(b.kind));
  return agreement(pair, meanSquare(pair, classes), areFlat(a, b)).score;
}

/**
 * What SimHashes tell of a tensor and a base whose rows and columns are exchanged; undefined where
 * the tensor is no matrix. `straight` is the estimate of the same pair as it lies.
 */
export function estimateTransposed(a: Signature, b: Signature): PairMetrics | undefined {
  if (a.transposed === undefined || a.elements !== b.elements) return undefined;
  const correlation = correlationAt(hashDistance(a.transposed, 0, b.simhash, 0));
  const [p, q] = [a.statistics, b.statistics];
  const spread = p.deviation ** 2 + q.deviation ** 2 + (p.mean - q.mean) ** 2;
  const product = correlation * p.deviation * q.deviation;
  const powers = [p, q].map(({ mean, deviation }) => mean ** 2 + deviation ** 2);
  const [powerA = 0, powerB = 0] = powers;
  const square = Math.max(0, powerA + powerB - 2 * (product + p.mean * q.mean));
  const score = spread === 0 ? (square === 0 ? 1 : 0) : (2 * product) / spread;
  const relativeL2 = ratio(Math.sqrt(square), Math.sqrt(powerB));
  const width = elementBits(a);
  const alone = estimateAlone(a, ownBytes(a));
  const step = Math.sqrt(powerB) * 2 ** -formatOf(a).mantissa;
  const mean = step > 0 ? (0.8 * Math.sqrt(square)) / step : 0;
  const groups = [spreadMagnitudes(1, mean, formatOf(a).mantissa + 2)];
  return {
    score,
    cosine: ratio(product + p.mean * q.mean, Math.sqrt(powerA * powerB)),
    relativeL2,
    differingBits: Math.min(width / 2, flippedBits(mean, width)),
    elementBits: width,
    maxDifference: 3 * Math.sqrt(square),
    deltaBytes: Math.min(alone, planesSize(groups, a.elements, Math.ceil(width / 8))),
    verified: false,
  };
}

const areFlat = (a: Signature, b: Signature): boolean =>
  !Number.isNaN(flatLevel(a.statistics)) && !Number.isNaN(flatLevel(b.statistics));

const elementBits = ({ kind }: Signature): number => {
  const { bytes, elements } = layoutOf(kind);
  return (bytes * 8) / elements;
};

const ownBytes = (signature: Signature): number =>
  Math.ceil((signature.elements * elementBits(signature)) / 8);

/** Mean of the squared differences. */
function meanSquare(pair: PairSample, classes: readonly UpdateClass[]): number {
  const sum = classes.reduce((total, { count, square }) => total + count * square, 0);
  return sum / Math.max(1, pair.finite);
}

function agreement(
  pair: PairSample,
  square: number,
  flat: boolean,
): Pick<PairMetrics, 'score' | 'cosine' | 'relativeL2'> {
  const n = pair.finite;
  if (n === 0) return { score: 0, cosine: 0, relativeL2: Infinity };
  const [powerA, powerB] = [pair.squaresA / n, pair.squaresB / n];
  const relativeL2 = ratio(Math.sqrt(square), Math.sqrt(powerB));
  const isZero = powerA === 0 || powerB === 0;
  const cosine = isZero
    ? Number(powerA === powerB)
    : (powerA + powerB - square) / (2 * Math.sqrt(powerA * powerB));
  // var_a + var_b + (mean_a - mean_b)² = E[a²] + E[b²] - 2·mean_a·mean_b; what of it is no
  // covariance is E[(a-b)²].
  const spread = powerA + powerB - (2 * pair.sumA * pair.sumB) / (n * n);
  const score = flat || spread <= 0 ? 1 - relativeL2 ** 2 / 2 : 1 - square / spread;
  return { score: clamp(score), cosine: clamp(cosine), relativeL2 };
}

const clamp = (value: number): number => Math.min(1, Math.max(-1, value));

/** 0 of nothing over nothing. */
const ratio = (value: number, by: number): number => (value === 0 ? 0 : value / by);

/** Rounding errors lie anywhere within half a step of the narrower kind. */
function castSquare(
  a: Signature,
  b: Signature,
  pair: PairSample,
  classes: readonly UpdateClass[],
): number {
  const mantissa = Math.min(floatFormat(a.kind)?.mantissa ?? 0, floatFormat(b.kind)?.mantissa ?? 0);
  const sum = classes.reduce((total, { count, exponent, step }) => {
    const coarse = exponent === 0 ? 0 : step * 2 ** (SAMPLE_FORMAT.mantissa - mantissa);
    return total + (count * coarse * coarse) / 12;
  }, 0);
  return sum / Math.max(1, pair.finite);
}

interface Size {
  readonly delta: number;
  readonly differing: number;
}

interface PairOf {
  readonly a: Signature;
  readonly b: Signature;
  readonly pair: PairSample;
  readonly classes: readonly UpdateClass[];
}

const formatOf = ({ kind }: Signature): FloatFormat => floatFormat(kind) ?? SAMPLE_FORMAT;

/** The narrow side follows from the wide one; the wide one has bits that the narrow one lacks. */
function castSize({ a, b, classes }: PairOf): Size {
  const lacking = Math.max(0, formatOf(a).mantissa - formatOf(b).mantissa);
  const groups = classes.map(({ count, exponent }) =>
    noiseMagnitudes(count, exponent === 0 ? 0 : lacking - 1),
  );
  if (lacking === 0) return { delta: UNIT_FLOOR, differing: 0 };
  const delta = planesSize(groups, a.elements, layoutOf(a.kind).bytes);
  // The bits are noise, and half of the time the ones above are one less.
  return { delta, differing: lacking / 2 + 1 };
}

function floatSize({ a, b, pair, classes }: PairOf): Size {
  const groups = differenceMagnitudes(pair, classes, formatOf(a), formatOf(b));
  return {
    delta: planesSize(groups, a.elements, layoutOf(a.kind).bytes),
    differing: Math.min(elementBits(a), differingBits(pair, classes, formatOf(a), formatOf(b))),
  };
}

/** Mean absolute difference. */
const meanOf = ({ pair, classes }: PairOf): number =>
  classes.reduce((sum, { count, mean }) => sum + count * mean, 0) / Math.max(1, pair.finite);

function integerSize(of: PairOf): Size {
  const width = elementBits(of.a);
  const mean = meanOf(of);
  const groups = [spreadMagnitudes(Math.max(1, of.pair.finite), mean, width)];
  return {
    delta: planesSize(groups, of.a.elements, width / 8),
    differing: Math.min(width / 2, flippedBits(mean, width)),
  };
}

/** Values between a quantised tensor's extremes, in deviations: what its steps divide. */
const QUANTISED_RANGE = 6;

/** Quantised values differ by steps, of which a block has few, and by their blocks' scales. */
function blockSize(of: PairOf): Size {
  const width = elementBits(of.a);
  if (of.pair.changed === 0) return { delta: UNIT_FLOOR, differing: 0 };
  const step = (QUANTISED_RANGE * of.b.statistics.deviation) / 2 ** Math.floor(width);
  const scales = 8 / layoutOf(of.a.kind).elements;
  const bits = step > 0 ? geometricBits(meanOf(of) / step) : width;
  const each = Math.min(width, bits + scales);
  return {
    delta: UNIT_FLOOR + (of.a.elements * each) / 8,
    differing: Math.min(width / 2, each / 2 + scales),
  };
}

/** Bytes that a delta takes whatever it holds. */
const UNIT_FLOOR = 8;

function sizeOf(of: PairOf, cast: boolean): Size {
  const { a, b } = of;
  const width = elementBits(a);
  if (cast) return castSize(of);
  if (floatFormat(a.kind) !== undefined) return floatSize(of);
  if (a.kind !== b.kind) return { delta: Infinity, differing: width / 2 };
  return isInteger(a.kind) ? integerSize(of) : blockSize(of);
}

/** Of all elements; those that are no numbers are stored as they are. */
function deltaBytes(a: Signature, pair: PairSample, delta: number): number {
  const size = pair.finite + pair.nonFinite;
  const odd = size === 0 ? 1 : pair.nonFinite / size;
  const own = ownBytes(a);
  return Math.min(own, Math.ceil(delta * (1 - odd) + own * odd));
}

/**
 * Entropy of whole numbers of either sign whose absolute value has this mean: two-sided geometric.
 * For a large mean log2(2e · mean), as of a Laplace distribution.
 */
function geometricBits(mean: number): number {
  if (mean <= 0) return 0;
  // P(0) = (1-q)/(1+q), P(±n) = P(0)·qⁿ, mean = 2q / (1-q²).
  const q = mean / (1 + Math.sqrt(1 + mean * mean));
  const zero = (1 - q) / (1 + q);
  return -Math.log2(zero) - mean * Math.log2(q);
}
