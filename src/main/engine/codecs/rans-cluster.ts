import { MAX_TABLES, TOKENS } from './rans-tables';

/** Levels that tables share: contiguous ranges, as counts of tokens. */
export interface Clusters {
  /** The last level of each cluster but the last. */
  readonly bounds: readonly number[];
  readonly counts: readonly Float64Array[];
  /** What tokens and tables take, in bits; bits beside the tokens not. */
  readonly bits: number;
}

interface Cluster {
  readonly first: number;
  last: number;
  counts: Float64Array;
  bits: number;
  /** What joining the next one costs; negative: what it saves. */
  cost: number;
  joined: Cluster | undefined;
  next: Cluster | undefined;
}

/** How often each token occurs at a level; TOKENS counts. */
export interface LevelCounts {
  readonly level: number;
  readonly counts: Float64Array;
}

/**
 * Joins neighbouring levels for as long as the tables that this saves take more than the tokens lose.
 * `levels`: those that occur, ascending, at least one.
 */
export function clustered(levels: readonly LevelCounts[]): Clusters {
  const head = chained(levels);
  let clusters = 0;
  for (let each: Cluster | undefined = head; each; each = each.next) {
    clusters++;
    weighJoin(each);
  }
  for (;;) {
    const [best, before] = cheapest(head);
    if (best?.joined === undefined || (best.cost >= 0 && clusters <= MAX_TABLES)) break;
    best.counts = best.joined.counts;
    best.last = best.joined.last;
    best.bits = best.joined.bits;
    best.next = best.next?.next;
    weighJoin(best);
    if (before) weighJoin(before);
    clusters--;
  }
  return summed(head);
}

function chained(levels: readonly LevelCounts[]): Cluster | undefined {
  return levels.reduceRight<Cluster | undefined>((next, { level, counts }) => {
    const bits = bitsOf(counts);
    const own = { first: level, last: level, counts, bits };
    return { ...own, cost: Infinity, joined: undefined, next };
  }, undefined);
}

function weighJoin(cluster: Cluster): void {
  const { next } = cluster;
  cluster.joined = undefined;
  cluster.cost = Infinity;
  if (next === undefined) return;
  const counts = new Float64Array(cluster.counts);
  for (let token = 0; token < TOKENS; token++) {
    const count = next.counts[token] as number;
    if (count > 0) counts[token] = (counts[token] as number) + count;
  }
  const bits = bitsOf(counts);
  const joined = { first: cluster.first, last: next.last, counts, bits, cost: Infinity };
  cluster.joined = { ...joined, joined: undefined, next: undefined };
  cluster.cost = bits - cluster.bits - next.bits;
}

function cheapest(head: Cluster | undefined): [Cluster | undefined, Cluster | undefined] {
  let best: Cluster | undefined;
  let before: Cluster | undefined;
  let previous: Cluster | undefined;
  for (let each = head; each; previous = each, each = each.next) {
    if (each.cost === Infinity || each.cost >= (best?.cost ?? Infinity)) continue;
    best = each;
    before = previous;
  }
  return [best, before];
}

function summed(head: Cluster | undefined): Clusters {
  const bounds: number[] = [];
  const counts: Float64Array[] = [];
  let bits = 0;
  for (let each = head; each; each = each.next) {
    if (each.next) bounds.push(each.last);
    counts.push(each.counts);
    bits += each.bits;
  }
  return { bounds, counts, bits };
}

/** A table's own bits: for each token that it spans, and for each that it has. */
const TABLE_BITS = 32;
const SPANNED_BITS = 1.5;
const USED_BITS = 3;
/** What a token takes at most: its probability is at least 2^-12. */
const MOST_BITS = 12;

/** Of tokens and their table; 0 where there are none. */
function bitsOf(counts: Float64Array): number {
  let total = 0;
  let sum = 0;
  let used = 0;
  let first = -1;
  let last = -1;
  for (let token = 0; token < TOKENS; token++) {
    const count = counts[token] as number;
    if (count === 0) continue;
    total += count;
    sum += timesLog(count);
    used++;
    if (first < 0) first = token;
    last = token;
  }
  if (total === 0) return 0;
  const table = TABLE_BITS + SPANNED_BITS * (last - first + 1) + USED_BITS * used;
  return table + Math.min(timesLog(total) - sum, total * MOST_BITS);
}

const TABLED = 8192;
const tabled = Float64Array.from({ length: TABLED }, (_, count) =>
  count === 0 ? 0 : count * Math.log2(count),
);

function timesLog(count: number): number {
  return count < TABLED ? (tabled[count] as number) : count * Math.log2(count);
}
