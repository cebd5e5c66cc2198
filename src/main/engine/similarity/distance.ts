import { SIMHASH_WORDS } from '../kernels/signature';

/** Bits of a SimHash. */
export const SIMHASH_BITS = SIMHASH_WORDS * 32;

/** Standard deviations above the expected distance that a pair at the floor may lie. */
const SPREAD = 3.5;

/** Number of bits set in a 32-bit word. Hacker's Delight, 5-1. */
function popcount(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555);
  const nibbles = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((nibbles + (nibbles >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/**
 * Bits that differ between the hash at word `a` of `left` and that at word `b` of `right`. Above
 * `cutoff` the number may be too small, but is above `cutoff`.
 */
export function hashDistance(
  left: Uint32Array,
  a: number,
  right: Uint32Array,
  b: number,
  cutoff = SIMHASH_BITS,
): number {
  let distance = 0;
  for (let word = 0; word < SIMHASH_WORDS; word += 2) {
    distance += popcount((left[a + word] as number) ^ (right[b + word] as number));
    distance += popcount((left[a + word + 1] as number) ^ (right[b + word + 1] as number));
    if (distance > cutoff) return distance;
  }
  return distance;
}

/**
 * Share of bits in which the hashes of two samples of this correlation differ on average: the angle
 * over π (Charikar, STOC 2002).
 */
export const flipChance = (correlation: number): number =>
  Math.acos(Math.min(1, Math.max(-1, correlation))) / Math.PI;

/** The correlation at which a distance is the expected one. */
export const correlationAt = (distance: number): number =>
  Math.cos((Math.PI * distance) / SIMHASH_BITS);

/**
 * Distance that all but one in a thousand pairs of this correlation keep. A score is never above the
 * correlation of the values, so pairs that reach a score lie within the distance of that floor.
 */
export function distanceWithin(floor: number): number {
  const chance = flipChance(floor);
  const deviation = Math.sqrt(SIMHASH_BITS * chance * (1 - chance));
  return Math.min(SIMHASH_BITS, Math.ceil(SIMHASH_BITS * chance + SPREAD * deviation));
}

/** The highest correlation that a pair at this distance has, but for one in a thousand. */
export function correlationAtMost(distance: number): number {
  const share = distance / SIMHASH_BITS;
  const slack = SPREAD * Math.sqrt(SIMHASH_BITS * share * (1 - share));
  return correlationAt(Math.max(0, distance - slack - 1));
}
