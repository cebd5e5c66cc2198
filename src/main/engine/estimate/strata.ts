import { gaussian } from './hash';
import type { Outcome } from './outcomes';
import { stratumOf, type Unit } from './population';
import type { Sampled } from './sampled';

/** Sampled units of one name: chosen, or not, together. */
interface Cluster {
  /** Bytes, and what becomes of them, each weighed by one over the chance of being chosen. */
  length: number;
  stored: number;
  exact: number;
  cast: number;
  delta: number;
  /** Of `stored`: what differences take; of plain bytes, what is between stored and not. */
  differences: number;
  plain: number;
  /** Not stored because it seems to be there already, or follows from what is. */
  equal: number;
  deviation: number;
}

/** Units of one kind and about one size. */
export interface Stratum {
  /** Of all units. */
  bytes: number;
  /** Of the sampled units, unweighted. */
  readonly sampled: Cluster;
  readonly clusters: readonly Cluster[];
  /** Of plain bytes. */
  readonly isPlain: boolean;
}

const empty = (): Cluster => ({
  length: 0,
  stored: 0,
  exact: 0,
  cast: 0,
  delta: 0,
  differences: 0,
  plain: 0,
  equal: 0,
  deviation: 0,
});

/**
 * Divides the units by kind and size (by factors of four). A stratum with few sampled
 * names leans on its kind; one without any takes all of its kind's, or of all kinds.
 */
export function stratify(
  units: readonly Unit[],
  sampled: readonly Sampled[],
  outcomes: readonly Outcome[],
): Stratum[] {
  const bytes = new Map<string, number>();
  for (const unit of units) {
    const key = stratumOf(unit);
    bytes.set(key, (bytes.get(key) ?? 0) + unit.length);
  }
  const clusters = new Map<string, Map<string, Cluster>>();
  const sums = new Map<string, Cluster>();
  for (const [at, { unit, probability }] of sampled.entries()) {
    const key = stratumOf(unit);
    const own = clusters.get(key) ?? new Map<string, Cluster>();
    clusters.set(key, own);
    const name = `${unit.values?.elements ?? unit.length}:${unit.name}`;
    const cluster = own.get(name) ?? empty();
    own.set(name, cluster);
    const sum = sums.get(key) ?? empty();
    sums.set(key, sum);
    const outcome = outcomes[at] as Outcome;
    addTo(cluster, unit.length, outcome, 1 / probability);
    addTo(sum, unit.length, outcome, 1);
  }
  const all = [...clusters.values()].flatMap((each) => [...each.values()]);
  return [...bytes].map(([key, total]) => {
    const own = [...(clusters.get(key)?.values() ?? [])];
    const kind = key.slice(0, key.indexOf('/') + 1);
    const alike = [...clusters]
      .filter(([other]) => other.startsWith(kind))
      .flatMap(([, each]) => [...each.values()]);
    const usable = own.length > 0 ? [...own, likeAll(own, alike)] : alike.length > 0 ? alike : all;
    const isPlain = kind === 'bytes/';
    return { bytes: total, sampled: sums.get(key) ?? empty(), clusters: usable, isPlain };
  });
}

/** What a stratum owes to its kind: as much as this many of its clusters. */
const KIND_WEIGHT = 2;

/** A made-up cluster of about the stratum's own size, of which becomes what does of all of its kind. */
function likeAll(own: readonly Cluster[], kind: readonly Cluster[]): Cluster {
  const lengthOf = (clusters: readonly Cluster[]): number =>
    clusters.reduce((sum, { length }) => sum + length, 0);
  const length = (KIND_WEIGHT * lengthOf(own)) / own.length;
  const scale = length / lengthOf(kind);
  const made = { ...empty(), length };
  for (const part of parts) {
    made[part] = scale * kind.reduce((sum, cluster) => sum + cluster[part], 0);
  }
  return made;
}

function addTo(cluster: Cluster, length: number, outcome: Outcome, weight: number): void {
  cluster.length += weight * length;
  cluster.stored += weight * outcome.stored;
  cluster.exact += weight * outcome.exact;
  cluster.cast += weight * outcome.cast;
  cluster.delta += weight * outcome.delta;
  if (outcome.how === 'equal' || outcome.how === 'cast') cluster.equal += weight * length;
  if (outcome.how === 'delta') cluster.differences += weight * outcome.stored;
  if (outcome.how === 'bytes') {
    // Incompressible bytes are known for sure.
    cluster.plain += (weight * 2 * outcome.stored * (length - outcome.stored)) / length;
  }
  // Partners are sampled at the same places: their errors go the same way.
  cluster.deviation += outcome.deviation;
}

/** Share that is stored of what nothing is known of. */
const UNKNOWN_SHARE = 0.85;

const parts = ['stored', 'exact', 'cast', 'delta', 'differences', 'plain', 'equal'] as const;
export type Totals = Readonly<Record<(typeof parts)[number], number>>;

/** Expected bytes: what was sampled as it is, the rest in proportion to it. */
export function strataTotals(strata: readonly Stratum[]): Totals {
  const totals = { stored: 0, exact: 0, cast: 0, delta: 0, differences: 0, plain: 0, equal: 0 };
  for (const { bytes, sampled, clusters } of strata) {
    const rest = bytes - sampled.length;
    const length = clusters.reduce((sum, cluster) => sum + cluster.length, 0);
    for (const part of parts) {
      const known = clusters.reduce((sum, cluster) => sum + cluster[part], 0);
      const unknown = part === 'stored' ? UNKNOWN_SHARE : 0;
      totals[part] += sampled[part] + rest * (length > 0 ? known / length : unknown);
    }
  }
  return totals;
}

/**
 * Relative standard error of what is told from sampled units about others: equal tensors of
 * different names are seldom both sampled, so repeats among small ones are counted too low.
 */
const UNREAD_ERROR = 0.1;

/**
 * One replicate of the stored bytes: random weights for the clusters from which the unsampled rest
 * is told, with one made-up cluster of random share, which matters where there are few.
 */
export function strataStored(strata: readonly Stratum[], random: () => number): number {
  let total = 0;
  const unread = Math.max(0, 1 + UNREAD_ERROR * gaussian(random));
  for (const { bytes, sampled, clusters } of strata) {
    total += sampled.stored;
    const rest = bytes - sampled.length;
    const mean =
      clusters.reduce((sum, each) => sum + each.length, 0) / Math.max(1, clusters.length);
    let length = exponential(random) * Math.max(1, mean);
    let stored = length * anyShare(clusters, random());
    let deviation = 0;
    for (const cluster of clusters) {
      const weight = exponential(random);
      length += weight * cluster.length;
      stored += weight * cluster.stored;
      deviation += cluster.deviation ** 2;
    }
    total += gaussian(random) * Math.sqrt(deviation);
    if (rest > 0) total += rest * Math.min(1, unread * (stored / length));
  }
  return total;
}

/** A share anywhere in the widest range around the clusters' own, which is its mean. */
function anyShare(clusters: readonly Cluster[], chance: number): number {
  const length = clusters.reduce((sum, cluster) => sum + cluster.length, 0);
  if (length === 0) return chance;
  const share = clusters.reduce((sum, cluster) => sum + cluster.stored, 0) / length;
  return share < 0.5 ? 2 * share * chance : 1 - 2 * (1 - share) * chance;
}

const exponential = (random: () => number): number => -Math.log(1 - random());
