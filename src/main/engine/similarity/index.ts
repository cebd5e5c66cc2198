import type { Signature } from '../kernels/signature';
import { flatLevel } from './estimate-pair';
import {
  append,
  bytesOf,
  emptyGroup,
  type Group,
  type Member,
  memberAt,
  type Nearest,
  searchHash,
  searchLevel,
  takeOut,
} from './group';

/**
 * Tensors with fewer elements are not indexed: so few values agree by chance, and all such tensors
 * of a library together are a vanishing part of its bytes.
 */
export const MIN_INDEXED_ELEMENTS = 64;

/** What the index knows of a tensor. */
export interface IndexEntry extends Member {
  readonly elements: number;
}

export interface Candidate {
  readonly id: number;
  /** Bits of 256 in which the SimHashes differ. */
  readonly distance: number;
  /** The candidate is near to the query's values with rows and columns exchanged. */
  readonly transposed: boolean;
}

export const entryOf = (signature: Signature): IndexEntry => ({
  elements: signature.elements,
  simhash: signature.simhash,
  transposed: signature.transposed,
  level: flatLevel(signature.statistics),
});

/**
 * Finds tensors of similar values without reading them. Entries are grouped by element count alone:
 * the sampled positions, and so the SimHashes, depend on nothing else, which makes a flattened or
 * reshaped tensor as easy to find as one of equal shape, and puts a transposed one into the same
 * group. Shape needs no say: hashes of unrelated tensors differ in 128 ± 8 bits, so none comes as
 * near as 54 bits (score .90) by chance.
 */
export class SimilarityIndex {
  readonly #groups = new Map<number, Group>();
  /** By id: the entry's place in its group; -1: not in the index. */
  #members = new Int32Array(1024).fill(-1);
  /** By id: element count. */
  #elements = new Float64Array(1024);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Bytes of all columns; the groups' own objects are not counted. */
  get bytes(): number {
    let bytes = this.#members.byteLength + this.#elements.byteLength;
    for (const group of this.#groups.values()) bytes += bytesOf(group);
    return bytes;
  }

  has(id: number): boolean {
    return (this.#members[id] ?? -1) >= 0;
  }

  /** How many entries have this element count. */
  groupSize(elements: number): number {
    return this.#groups.get(elements)?.size ?? 0;
  }

  /** Ids of the entries of this element count, in no order. */
  groupIds(elements: number): number[] {
    const group = this.#groups.get(elements);
    return group === undefined ? [] : [...group.ids.subarray(0, group.size)];
  }

  /**
   * False where the tensor is too small to be indexed, or the id is there already. Ids are small
   * numbers without large gaps: memory grows with the highest one.
   */
  add(id: number, entry: IndexEntry): boolean {
    if (entry.elements < MIN_INDEXED_ELEMENTS || this.has(id)) return false;
    if (id >= this.#members.length) this.#grow(Math.ceil((id + 1) * 1.25));
    let group = this.#groups.get(entry.elements);
    if (group === undefined) {
      group = emptyGroup();
      this.#groups.set(entry.elements, group);
    }
    this.#members[id] = append(group, id, entry);
    this.#elements[id] = entry.elements;
    this.#size++;
    return true;
  }

  /** False where there is no such id. */
  remove(id: number): boolean {
    const group = this.#groupOf(id);
    if (group === undefined) return false;
    const member = this.#members[id] as number;
    const moved = takeOut(group, member);
    if (moved >= 0) this.#members[moved] = member;
    this.#members[id] = -1;
    this.#size--;
    if (group.size === 0) this.#groups.delete(this.#elements[id] as number);
    return true;
  }

  /** What was added as `id`. */
  entry(id: number): IndexEntry | undefined {
    const group = this.#groupOf(id);
    if (group === undefined) return undefined;
    const elements = this.#elements[id] as number;
    return { elements, ...memberAt(group, this.#members[id] as number) };
  }

  /**
   * At most `limit` entries of equal element count that may score `floor` or more against the query,
   * nearest first, then by id; the query itself is none of them. Of pairs that score the floor, 997
   * in 1000 are found; of groups below SCANNED_MEMBERS all. Far below a floor of .8 every entry of
   * the group is looked at.
   */
  candidates(query: number | IndexEntry, floor: number, limit: number): Candidate[] {
    const entry = typeof query === 'number' ? this.entry(query) : query;
    const group = entry && this.#groups.get(entry.elements);
    if (group === undefined || entry === undefined || limit < 1) return [];
    // One more than asked for: the query finds itself.
    const direct = searchHash(group, entry.simhash, floor, limit + 1);
    if (!Number.isNaN(entry.level)) searchLevel(group, entry.level, floor, direct);
    const exchanged = entry.transposed && searchHash(group, entry.transposed, floor, limit + 1);
    return merge(direct, exchanged, typeof query === 'number' ? query : -1).slice(0, limit);
  }

  #groupOf(id: number): Group | undefined {
    return this.has(id) ? this.#groups.get(this.#elements[id] as number) : undefined;
  }

  #grow(capacity: number): void {
    const members = new Int32Array(capacity).fill(-1);
    members.set(this.#members);
    const elements = new Float64Array(capacity);
    elements.set(this.#elements);
    this.#members = members;
    this.#elements = elements;
  }
}

/** Each id once, by its smaller distance; as it is rather than transposed where they are equal. */
function merge(direct: Nearest, exchanged: Nearest | undefined, itself: number): Candidate[] {
  const merged: Candidate[] = [];
  for (const [id, distance] of direct.found) {
    if (id === itself || (exchanged?.found.get(id) ?? Infinity) < distance) continue;
    merged.push({ id, distance, transposed: false });
  }
  for (const [id, distance] of exchanged?.found ?? []) {
    if (id === itself || (direct.found.get(id) ?? Infinity) <= distance) continue;
    merged.push({ id, distance, transposed: true });
  }
  return merged.sort((a, b) => a.distance - b.distance || a.id - b.id);
}
