import { type PlaneGroup, predictedLength } from './plane-length';
import type { Differences } from './planes';

/** Of a group's few differences, so many more are thought to be like those of all groups. */
const COMMON_WEIGHT = 4;
/** Share of what was seen that is taken to lie one bit above or below. */
const SPREAD = 1;

/**
 * Predicted bytes of `elements` differences of `width` bytes of which some were sampled. Of a
 * difference only the number of its bits is estimated; below its first bit, bits are random, which
 * holds for every smooth distribution: so a few dozen samples tell the planes of all bytes.
 */
export function differenceLength(
  differences: Differences,
  elements: number,
  width: number,
): number {
  return predictedLength(elements, width, groupsOf(differences, width));
}

function groupsOf({ lengths, groups }: Differences, width: number): PlaneGroup[] {
  const longest = width * 8;
  const byGroup = new Map<number, Float64Array>();
  for (const [at, length] of lengths.entries()) {
    const group = groups[at] as number;
    const counts = byGroup.get(group) ?? new Float64Array(longest + 1);
    byGroup.set(group, counts);
    counts[length] = (counts[length] as number) + 1;
  }
  const sorted = [...byGroup].sort(([a], [b]) => a - b);
  const commonAt = commonLengths(sorted, longest);
  return sorted.map(([group, counts]) => {
    const seen = counts.reduce((sum, count) => sum + count, 0);
    const common = commonAt(group);
    const shares = counts.map(
      (count, length) => (count + COMMON_WEIGHT * (common[length] ?? 0)) / (seen + COMMON_WEIGHT),
    );
    return { share: seen / lengths.length, planes: planesOfLengths(shares, width) };
  });
}

/**
 * What differences of all groups together say about one group. Updates that do not depend on the
 * weight are worth half as many units in the last place one exponent higher; relative ones as many:
 * whichever makes the groups more alike. Equal elements stay equal.
 */
function commonLengths(
  sorted: readonly (readonly [number, Float64Array])[],
  longest: number,
): (group: number) => Float64Array {
  const relative = pooled(sorted, 0, longest);
  const absolute = pooled(sorted, 1, longest);
  const slope = entropyOf(absolute) < entropyOf(relative) ? 1 : 0;
  const best = slope === 1 ? absolute : relative;
  return (group) => {
    const common = new Float64Array(longest + 1);
    for (const [place, share] of best) {
      const length = place === EQUAL ? 0 : Math.max(1, Math.min(longest, place - slope * group));
      common[length] = (common[length] as number) + share;
    }
    return common;
  };
}

/** Place of equal elements, apart from all lengths. */
const EQUAL = -1;

/** Shares of lengths, moved by the group, each spread a little to its neighbours. */
function pooled(
  sorted: readonly (readonly [number, Float64Array])[],
  slope: number,
  longest: number,
): Map<number, number> {
  const shares = new Map<number, number>();
  const add = (place: number, share: number): void => {
    shares.set(place, (shares.get(place) ?? 0) + share);
  };
  let total = 0;
  for (const [, counts] of sorted) total += counts.reduce((sum, count) => sum + count, 0);
  const spread = SPREAD / (total + SPREAD);
  for (const [group, counts] of sorted) {
    for (let length = 0; length <= longest; length++) {
      const share = (counts[length] as number) / total;
      if (share === 0) continue;
      const place = length === 0 ? EQUAL : length + slope * group;
      if (length === 0) add(place, share);
      else {
        add(place, share * (1 - spread));
        add(Math.max(place - 1, 1 + slope * group), (share * spread) / 2);
        add(place + 1, (share * spread) / 2);
      }
    }
  }
  return shares;
}

function entropyOf(shares: ReadonlyMap<number, number>): number {
  let bits = 0;
  for (const share of shares.values()) bits -= share * Math.log2(share);
  return bits;
}

/** Distributions of the byte planes of numbers whose bit lengths are distributed as given. */
function planesOfLengths(lengths: Float64Array, width: number): Float64Array[] {
  return Array.from({ length: width }, (_, plane) => {
    const values = new Float64Array(256);
    lengths.forEach((share, length) => {
      if (share > 0) addShare(values, share, length - 8 * plane);
    });
    return values;
  });
}

/** `bits`: how many of the number's bits are in this plane and above. */
function addShare(values: Float64Array, share: number, bits: number): void {
  const [from, to] = bits <= 0 ? [0, 1] : bits > 8 ? [0, 256] : [2 ** (bits - 1), 2 ** bits];
  const each = share / (to - from);
  for (let value = from; value < to; value++) values[value] = (values[value] as number) + each;
}
