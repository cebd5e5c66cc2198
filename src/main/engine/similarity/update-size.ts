import { type FloatFormat, SAMPLE_FORMAT } from './number-formats';
import { bfloatStep, EXPONENTS, type PairSample } from './pair-sample';

/** Mean of |x| of a normal distribution over its deviation. */
const MEAN_OF_NORMAL = Math.sqrt(2 / Math.PI);

/** So many changed samples of an exponent weigh as much as what all samples together tell. */
const PRIOR_CHANGES = 8;

/** Below this deviation, in steps, the samples' rounding hides a difference's size. */
const VISIBLE_STEPS = 0.5;

/** What is known of the differences of values whose base has one exponent. */
export interface UpdateClass {
  readonly exponent: number;
  readonly count: number;
  /** Spacing of the samples there. */
  readonly step: number;
  /** Mean of the absolute differences. */
  readonly mean: number;
  /** Mean of the squared differences, with what the samples' rounding adds or hides made good. */
  readonly square: number;
  /** The differences are mostly seen in the samples, not only guessed from their changes. */
  readonly visible: boolean;
}

/**
 * Sizes of the differences by the base's exponent. Two close values differ after rounding to steps
 * of u with chance |d| / u, and then by u: so the mean of the absolute differences is right however
 * small d is, but their mean square is too large by u²·E[f(1-f)], f the fraction of |d| / u, which
 * is u²/6 where d is large.
 */
export function updateClasses(
  pair: PairSample,
  a: FloatFormat | undefined,
  b: FloatFormat | undefined,
): UpdateClass[] {
  const isRounded = (format: FloatFormat | undefined): boolean =>
    format === undefined || format.mantissa > SAMPLE_FORMAT.mantissa;
  const rounded = (isRounded(a) ? 1 : 0) + (isRounded(b) ? 1 : 0);
  const nonZero = Math.max(1, pair.finite - (pair.counts[0] as number));
  const absolute = pair.absolute.reduce((sum, value) => sum + value, 0);
  const overall = (absolute - (pair.absolute[0] as number)) / nonZero;
  const grain = grainOf(a, b);
  const classes: UpdateClass[] = [];
  for (let exponent = 0; exponent < EXPONENTS; exponent++) {
    if (pair.counts[exponent] === 0) continue;
    // Zeros are exact: what is hidden below a step elsewhere is seen there.
    const isZero = exponent === 0;
    classes.push(
      rounded === 2 && !isZero
        ? hidden(pair, exponent, { overall, ...grain })
        : seen(pair, exponent, isZero ? 0 : rounded),
    );
  }
  return classes;
}

/** At most one side was rounded: what was not is a multiple of the step. */
function seen(pair: PairSample, exponent: number, rounded: number): UpdateClass {
  const count = pair.counts[exponent] as number;
  const step = bfloatStep(exponent);
  const square = (pair.squared[exponent] as number) / count;
  const mean = (pair.absolute[exponent] as number) / count;
  // The rounded side lies anywhere within half a step; what is seen includes that twice where the
  // differences are of several steps, and not at all where they are less than one.
  const rounding = rounded === 1 ? (step * step) / 12 : 0;
  const hiddenSquare = Math.min(mean, step) ** 2 / MEAN_OF_NORMAL ** 2;
  return {
    exponent,
    count,
    step,
    mean: Math.max(mean, rounded * (step / 4)),
    square: Math.max(square - rounding, rounding + hiddenSquare, square / 2),
    visible: true,
  };
}

interface Grain {
  /** Mean absolute difference of all pairs. */
  readonly overall: number;
  /** Spacing of both sides' own values over that of the samples; 0: too fine to matter. */
  readonly lattice: number;
  /** Share of pairs that differ by a step only because one side was rounded twice. */
  readonly twice: number;
}

/** F16 is but 3 bits finer than the samples: half-way values of one side are seen rounded to even. */
function grainOf(a: FloatFormat | undefined, b: FloatFormat | undefined): Omit<Grain, 'overall'> {
  const coarse = [a, b].map((format) => (format?.mantissa === F16_MANTISSA ? 1 : 0));
  const sides = coarse.reduce<number>((sum, side) => sum + side, 0);
  const ratio = 2 ** (SAMPLE_FORMAT.mantissa - F16_MANTISSA);
  return { lattice: sides === 2 ? ratio : 0, twice: sides === 1 ? ratio / 2 : 0 };
}

const F16_MANTISSA = 10;

/** How fast roundings to even lose their effect as differences grow, per step. */
const TWICE_DECAY = 4;

function hidden(
  pair: PairSample,
  exponent: number,
  { overall, lattice, twice }: Grain,
): UpdateClass {
  const count = pair.counts[exponent] as number;
  const step = bfloatStep(exponent);
  const weight = overall > 0 ? PRIOR_CHANGES * Math.max(1, step / overall) : 1;
  const shown =
    ((pair.absolute[exponent] as number) + Math.min(overall, step) * weight) / (count + weight);
  const excess = twice * step * Math.exp((-TWICE_DECAY * shown) / step);
  // No change at all among n samples: a third of one, so that what differs is never free.
  const least = pair.changed === 0 ? step / (3 * Math.max(1, pair.finite)) : 0;
  const mean = Math.max(shown - excess, excess / 8, least);
  const deviation = mean / MEAN_OF_NORMAL;
  const visible = deviation > VISIBLE_STEPS * step;
  const square = (pair.squared[exponent] as number) / count - (step * step) / 6;
  const smooth = deviation * deviation + (excess * excess) / 3;
  return {
    exponent,
    count,
    step,
    mean,
    square: visible ? Math.max(square, mean * mean) : Math.max(smooth, mean * lattice * step),
    visible,
  };
}
