import { aloneLengths, type Length } from './alone-length';
import { assignBases } from './assign';
import { FRAGMENT_BYTES } from './bytes-length';
import { relateSampled, type SampledOption } from './relate';
import { firstEqual, isConstant, type Sampled } from './sampled';
import { sharedShares } from './shared-bytes';

/** What becomes of a sampled unit's bytes; the five add up to its length. */
export interface Outcome {
  readonly exact: number;
  readonly cast: number;
  readonly delta: number;
  readonly compression: number;
  readonly stored: number;
  /** Standard deviation of `stored` from the choice of runs, bytes. */
  readonly deviation: number;
  readonly how: 'equal' | 'cast' | 'delta' | 'alone' | 'bytes';
  /** Runs that agreed with the unit that this one is taken to be equal to. */
  readonly agreed: number;
}

/** Of every sampled unit, as if the sampled ones were all there are. */
export async function outcomesOf(sampled: readonly Sampled[]): Promise<Outcome[]> {
  const first = firstEqual(sampled);
  const distinct = [...first.keys()].filter((at) => first[at] === at);
  const lengths = await aloneOfDistinct(sampled, distinct);
  const options = await relateSampled(sampled, distinct, lengths);
  const alone = Float64Array.from(lengths, ({ bytes }) => bytes);
  const shared = sharedShares(sampled);
  const unsure = sharedDeviation(sampled, distinct, shared);
  const chosen = assignBases(alone, options) as (SampledOption | undefined)[];
  return sampled.map((each, at) => {
    const { length } = each.unit;
    if (first[at] !== at) {
      return outcome('equal', { exact: length, agreed: isConstant(each) ? 1 : each.runs.length });
    }
    const { bytes, deviation } = lengths[at] as Length;
    const single = Math.min(bytes, length);
    const option = chosen[at];
    if (option?.cast === true) return outcome('cast', { cast: length, agreed: each.runs.length });
    if (option === undefined) {
      if (each.unit.values === undefined) {
        return bytesOutcome(length, single, deviation, shared[at] as number, unsure);
      }
      return outcome('alone', { compression: length - single, stored: single, deviation });
    }
    const stored = Math.min(option.bytes, single);
    const saved = { delta: single - stored, compression: length - single, stored };
    return outcome('delta', { ...saved, deviation: option.deviation });
  });
}

/** Standard deviation of a share of which one piece is known, where half of the pieces are shared. */
const PIECE_DEVIATION = 0.25;

/** Of the share of a unit that others hold: less where pieces are all shared, or none is. */
function sharedDeviation(
  sampled: readonly Sampled[],
  distinct: readonly number[],
  shared: Float64Array,
): number {
  const long = distinct.filter((at) => {
    const { values, length } = (sampled[at] as Sampled).unit;
    return values === undefined && length > FRAGMENT_BYTES;
  });
  const sum = long.reduce((total, at) => total + (shared[at] as number), 0);
  const mean = (sum + 0.5) / (long.length + 1);
  return 2 * PIECE_DEVIATION * Math.sqrt(mean * (1 - mean));
}

/** Long plain bytes share whole fragments; where they begin to differ, about one is lost. */
function bytesOutcome(
  length: number,
  single: number,
  deviation: number,
  share: number,
  shareDeviation: number,
): Outcome {
  const shareable = Math.max(0, length - FRAGMENT_BYTES);
  const exact = share * shareable;
  const left = 1 - exact / length;
  const unsure = (shareDeviation * shareable * single) / length;
  return outcome('bytes', {
    exact,
    compression: left * (length - single),
    stored: left * single,
    deviation: Math.hypot(deviation, unsure),
  });
}

/** Repeats are left out, so that they do not count twice in what tensors have in common. */
async function aloneOfDistinct(
  sampled: readonly Sampled[],
  distinct: readonly number[],
): Promise<Length[]> {
  const found = await aloneLengths(distinct.map((at) => sampled[at] as Sampled));
  const all = sampled.map((): Length => ({ bytes: 0, deviation: 0 }));
  for (const [index, at] of distinct.entries()) all[at] = found[index] as Length;
  return all;
}

const nothing = { exact: 0, cast: 0, delta: 0, compression: 0, stored: 0, deviation: 0, agreed: 0 };

function outcome(how: Outcome['how'], parts: Partial<Outcome>): Outcome {
  return { ...nothing, ...parts, how };
}
