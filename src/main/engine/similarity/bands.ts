import { SIMHASH_WORDS } from '../kernels/signature';
import { flipChance } from './distance';

/**
 * Banded look-up of SimHashes by multi-index hashing (Norouzi, Punjani, Fleet, CVPR 2012): a hash is
 * cut into 16 bands; near hashes agree in some band, but for at most `radius` bits. A band's key is
 * the low `width` bits of its 16, so that a bucket holds few members whatever the group's size.
 */
export const BANDS = SIMHASH_WORDS * 2;
const NARROWEST = 8;
const WIDEST = 16;
const FURTHEST_RADIUS = 2;

/** Share of pairs at the floor that a search may miss. */
const MISSING = 0.003;

/** What it costs to look at a chained member, in members scanned one after another. */
const CHAINED_COST = 4;

export interface Bands {
  readonly width: number;
  /** First member of bucket `key` of `band` at `(band << width) + key`; -1: none. */
  readonly heads: Int32Array;
  /** The member after `member` in its bucket of `band` at `member * BANDS + band`; -1: none. */
  readonly next: Int32Array;
}

/** Width at which a bucket of a group of this size holds some two to four members. */
export const widthFor = (members: number): number =>
  Math.min(WIDEST, Math.max(NARROWEST, 30 - Math.clz32(Math.max(2, members))));

/** Bands of `members` hashes, which are 8 words each; room for `capacity`. */
export function buildBands(hashes: Uint32Array, members: number, capacity: number): Bands {
  const width = widthFor(members);
  const heads = new Int32Array(BANDS << width).fill(-1);
  const bands = { width, heads, next: new Int32Array(capacity * BANDS) };
  for (let member = 0; member < members; member++) link(bands, hashes, member);
  return bands;
}

/** The same bands with room for more members. */
export function grownBands(bands: Bands, capacity: number): Bands {
  const next = new Int32Array(capacity * BANDS);
  next.set(bands.next);
  return { ...bands, next };
}

export function link({ width, heads, next }: Bands, hashes: Uint32Array, member: number): void {
  for (let band = 0; band < BANDS; band++) {
    const bucket = (band << width) + keyOf(hashes, member * SIMHASH_WORDS, band, width);
    next[member * BANDS + band] = heads[bucket] as number;
    heads[bucket] = member;
  }
}

/** Takes out a member whose hash is still in its place. */
export function unlink({ width, heads, next }: Bands, hashes: Uint32Array, member: number): void {
  for (let band = 0; band < BANDS; band++) {
    const bucket = (band << width) + keyOf(hashes, member * SIMHASH_WORDS, band, width);
    const after = next[member * BANDS + band] as number;
    let at = heads[bucket] as number;
    if (at === member) {
      heads[bucket] = after;
      continue;
    }
    while (at >= 0) {
      const following = next[at * BANDS + band] as number;
      if (following === member) next[at * BANDS + band] = after;
      at = following === member ? -1 : following;
    }
  }
}

/**
 * How many bits of a band to flip so that a pair at the floor is found, or -1 where scanning all
 * members is cheaper.
 */
export function radiusFor({ width }: Bands, members: number, floor: number): number {
  for (let radius = 0; radius <= FURTHEST_RADIUS; radius++) {
    if (missChance(width, radius, flipChance(floor)) > MISSING) continue;
    const cost = BANDS * probes(width, radius) * (1 + (CHAINED_COST * members) / 2 ** width);
    return cost < members ? radius : -1;
  }
  return -1;
}

/** Buckets within `radius` flips of a key. */
function probes(width: number, radius: number): number {
  return 1 + (radius >= 1 ? width : 0) + (radius >= 2 ? (width * (width - 1)) / 2 : 0);
}

/** Chance that no band of a pair is within the radius, each bit differing with chance `flip`. */
function missChance(width: number, radius: number, flip: number): number {
  let found = 0;
  let ways = 1;
  for (let flips = 0; flips <= radius; flips++) {
    found += ways * flip ** flips * (1 - flip) ** (width - flips);
    ways = (ways * (width - flips)) / (flips + 1);
  }
  return (1 - found) ** BANDS;
}

/**
 * Calls `visit` with the members of every bucket within `radius` bits of the hash, those of one band
 * at a time: `members[0 … count)`, valid during the call; a member may come once for each band.
 */
export function probe(
  bands: Bands,
  hash: Uint32Array,
  radius: number,
  visit: (members: Int32Array, count: number) => void,
): void {
  const cursors = new Int32Array(probes(WIDEST, FURTHEST_RADIUS));
  let found = new Int32Array(1024);
  for (let band = 0; band < BANDS; band++) {
    let live = openBuckets(bands, hash, band, radius, cursors);
    let count = 0;
    // All chains one step at a time: their cache misses overlap.
    while (live > 0) {
      if (count + live > found.length) found = doubled(found);
      let kept = 0;
      for (let chain = 0; chain < live; chain++) {
        const member = cursors[chain] as number;
        found[count++] = member;
        const after = bands.next[member * BANDS + band] as number;
        if (after >= 0) cursors[kept++] = after;
      }
      live = kept;
    }
    visit(found, count);
  }
}

/** Puts the first members of all buckets to probe into `cursors`; returns how many. */
function openBuckets(
  { width, heads }: Bands,
  hash: Uint32Array,
  band: number,
  radius: number,
  cursors: Int32Array,
): number {
  const key = keyOf(hash, 0, band, width);
  const base = band << width;
  let live = 0;
  const open = (bucket: number): void => {
    const first = heads[base + bucket] as number;
    if (first >= 0) cursors[live++] = first;
  };
  open(key);
  for (let one = 0; radius >= 1 && one < width; one++) {
    open(key ^ (1 << one));
    for (let two = 0; radius >= 2 && two < one; two++) open(key ^ (1 << one) ^ (1 << two));
  }
  return live;
}

function keyOf(hashes: Uint32Array, at: number, band: number, width: number): number {
  const word = hashes[at + (band >> 1)] as number;
  return (word >>> ((band & 1) << 4)) & ((1 << width) - 1);
}

function doubled(from: Int32Array): Int32Array<ArrayBuffer> {
  const to = new Int32Array(from.length * 2);
  to.set(from);
  return to;
}
