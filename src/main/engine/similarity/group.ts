import { SIMHASH_WORDS } from '../kernels/signature';
import {
  type Bands,
  buildBands,
  grownBands,
  link,
  probe,
  radiusFor,
  unlink,
  widthFor,
} from './bands';
import { distanceWithin, flipChance, hashDistance, SIMHASH_BITS } from './distance';

/** Groups below this size have no bands: scanning them is as fast. */
export const SCANNED_MEMBERS = 1024;

const FIRST_CAPACITY = 4;
const GROWTH = 1.15;

/** Entries of one element count in columns; member i's id is `ids[i]`. */
export interface Group {
  size: number;
  ids: Uint32Array;
  /** 8 words per member. */
  hashes: Uint32Array;
  /** 8 words per member, zeros where a member has none; absent while no member has one. */
  transposed: Uint32Array | undefined;
  /** The mean of members that are all but constant, NaN of others; absent while all are NaN. */
  levels: Float32Array | undefined;
  bands: Bands | undefined;
}

export interface Member {
  readonly simhash: Uint32Array;
  readonly transposed: Uint32Array | undefined;
  readonly level: number;
}

export const emptyGroup = (): Group => ({
  size: 0,
  ids: new Uint32Array(FIRST_CAPACITY),
  hashes: new Uint32Array(FIRST_CAPACITY * SIMHASH_WORDS),
  transposed: undefined,
  levels: undefined,
  bands: undefined,
});

/** Appends a member and returns its position. */
export function append(group: Group, id: number, entry: Member): number {
  const member = group.size;
  if (member === group.ids.length) grow(group, Math.ceil(member * GROWTH) + FIRST_CAPACITY);
  group.size++;
  group.ids[member] = id;
  const at = member * SIMHASH_WORDS;
  group.hashes.set(entry.simhash, at);
  if (entry.transposed !== undefined) {
    group.transposed ??= new Uint32Array(group.hashes.length);
    group.transposed.set(entry.transposed, at);
  } else group.transposed?.fill(0, at, at + SIMHASH_WORDS);
  if (!Number.isNaN(entry.level)) group.levels ??= new Float32Array(group.ids.length).fill(NaN);
  if (group.levels !== undefined) group.levels[member] = entry.level;
  addToBands(group, member);
  return member;
}

function addToBands(group: Group, member: number): void {
  const { size, hashes, ids, bands } = group;
  if (bands !== undefined && bands.width >= widthFor(size)) link(bands, hashes, member);
  else if (size >= SCANNED_MEMBERS) group.bands = buildBands(hashes, size, ids.length);
}

/** Takes a member out; the last one moves into its place, whose id is returned (-1: it was the last). */
export function takeOut(group: Group, member: number): number {
  const last = --group.size;
  const { ids, hashes, transposed, levels, bands } = group;
  if (bands !== undefined) {
    unlink(bands, hashes, member);
    if (member !== last) unlink(bands, hashes, last);
  }
  if (member === last) return -1;
  ids[member] = ids[last] as number;
  for (const words of [hashes, transposed]) {
    words?.copyWithin(member * SIMHASH_WORDS, last * SIMHASH_WORDS, (last + 1) * SIMHASH_WORDS);
  }
  if (levels !== undefined) levels[member] = levels[last] as number;
  if (bands !== undefined) link(bands, hashes, member);
  return ids[member] as number;
}

/** What `member` was added as, its columns copied; undefined where it has no transposed hash. */
export function memberAt(group: Group, member: number): Member {
  const from = member * SIMHASH_WORDS;
  const transposed = group.transposed?.slice(from, from + SIMHASH_WORDS);
  return {
    simhash: group.hashes.slice(from, from + SIMHASH_WORDS),
    transposed: transposed?.some((word) => word !== 0) ? transposed : undefined,
    level: group.levels?.[member] ?? NaN,
  };
}

/** Bytes of all columns. */
export function bytesOf({ ids, hashes, transposed, levels, bands }: Group): number {
  const columns = [ids, hashes, transposed, levels, bands?.heads, bands?.next];
  return columns.reduce((sum, column) => sum + (column?.byteLength ?? 0), 0);
}

function grow(group: Group, capacity: number): void {
  const words = capacity * SIMHASH_WORDS;
  group.ids = widened(group.ids, new Uint32Array(capacity));
  group.hashes = widened(group.hashes, new Uint32Array(words));
  if (group.transposed !== undefined) {
    group.transposed = widened(group.transposed, new Uint32Array(words));
  }
  if (group.levels !== undefined) {
    group.levels = widened(group.levels, new Float32Array(capacity).fill(NaN));
  }
  if (group.bands !== undefined) group.bands = grownBands(group.bands, capacity);
}

function widened<T extends Uint32Array | Float32Array>(from: T, to: T): T {
  to.set(from);
  return to;
}

/** Members found by one search, each once, with a bound that falls as nearer ones are found. */
export class Nearest {
  /** `distance * 2^32 + id`, unordered. */
  readonly #found = new Map<number, number>();
  readonly #counts = new Uint32Array(SIMHASH_BITS + 1);
  readonly #limit: number;
  #within = 0;
  /** Members further away are of no use. */
  cutoff: number;

  constructor(cutoff: number, limit: number) {
    this.cutoff = cutoff;
    this.#limit = limit;
  }

  /** Distances by id; may hold some beyond the limit. */
  get found(): ReadonlyMap<number, number> {
    return this.#found;
  }

  /** `distance` is at most `cutoff`; of an id that was found before, the smaller one counts. */
  offer(id: number, distance: number): void {
    const before = this.#found.get(id);
    if (before !== undefined) {
      if (before <= distance) return;
      this.#counts[before] = (this.#counts[before] as number) - 1;
      if (before <= this.cutoff) this.#within--;
    }
    this.#found.set(id, distance);
    this.#counts[distance] = (this.#counts[distance] as number) + 1;
    this.#within++;
    // Ties at the cutoff stay: which of them count is decided by id in the end.
    while (this.cutoff > 0) {
      const nearer = this.#within - (this.#counts[this.cutoff] as number);
      if (nearer < this.#limit) break;
      this.#within = nearer;
      this.cutoff--;
    }
  }
}

/** Members near to a hash, at the given floor; by bands where that is cheaper than scanning. */
export function searchHash(group: Group, hash: Uint32Array, floor: number, limit: number): Nearest {
  const nearest = new Nearest(distanceWithin(floor), limit);
  const { bands, size, hashes, ids } = group;
  const visit = (member: number): void => {
    const distance = hashDistance(hashes, member * SIMHASH_WORDS, hash, 0, nearest.cutoff);
    if (distance <= nearest.cutoff) nearest.offer(ids[member] as number, distance);
  };
  const radius = bands === undefined ? -1 : radiusFor(bands, size, floor);
  if (bands === undefined || radius < 0) {
    for (let member = 0; member < size; member++) visit(member);
  } else {
    probe(bands, hash, radius, (members, count) => {
      for (let at = 0; at < count; at++) visit(members[at] as number);
    });
  }
  return nearest;
}

/**
 * Offers the members that are all but constant, as `level` is. What scores there is the distance of
 * the means, for which the distance of hashes that had the same score stands.
 */
export function searchLevel(group: Group, level: number, floor: number, nearest: Nearest): void {
  const furthest = Math.ceil(SIMHASH_BITS * flipChance(floor));
  const { levels, size, ids } = group;
  for (let member = 0; levels !== undefined && member < size; member++) {
    const other = levels[member] as number;
    const larger = Math.max(Math.abs(level), Math.abs(other));
    const relative = larger === 0 ? 0 : Math.abs(level - other) / larger;
    const distance = Math.round(
      (SIMHASH_BITS / Math.PI) * 2 * Math.asin(Math.min(1, relative / 2)),
    );
    if (distance <= Math.min(furthest, nearest.cutoff)) {
      nearest.offer(ids[member] as number, distance);
    }
  }
}
