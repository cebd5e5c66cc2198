import type { Signature } from '../kernels/signature';
import type { ValueKind } from '../kernels/values';

/** Row hashes of more tensors than this are ignored: rows of zeros, of ones, of padding. */
export const MOST_TENSORS_PER_ROW = 64;

/** Hash of the first row and the 16 smallest: distinct ones of a tensor take at most so many places. */
const PLACES = 17;

/**
 * Finds tensors that have whole rows in common though their row counts differ (grown vocabularies,
 * appended voices), by their row hashes; only among equal kinds and equal row lengths.
 *
 * An inverted index in columns: a tensor has a block of PLACES places, each in the doubly linked
 * list of the tensors that have the same hash.
 */
export class RowIndex {
  /** Lists by row form (kind and row length), then by row hash. */
  readonly #forms = new Map<string, Map<number, number>>();
  readonly #blocks = new Map<number, Block>();
  readonly #free: number[] = [];
  /** Ids by block. */
  readonly #ids: number[] = [];
  /** By list: its first place and how many tensors it has. */
  readonly #heads: number[] = [];
  readonly #lengths: number[] = [];
  /** By place: list (-1: unused), neighbours in it (-1: none). */
  #lists = new Int32Array(0);
  #next = new Int32Array(0);
  #previous = new Int32Array(0);

  get size(): number {
    return this.#blocks.size;
  }

  /** Ignores tensors without row hashes; what was known of the id is forgotten. */
  add(id: number, { kind, elements, rows, rowHashes }: Signature): void {
    this.remove(id);
    if (rowHashes.length === 0 || rows < 1) return;
    const at = this.#free.pop() ?? this.#ids.length;
    this.#reserve(at);
    this.#ids[at] = id;
    this.#blocks.set(id, { at, rows });
    const lists = this.#listsOf(kind, elements / rows);
    const hashes = [...new Set(rowHashes)].slice(0, PLACES);
    hashes.forEach((hash, place) => {
      this.#link(at * PLACES + place, this.#listOf(lists, hash));
    });
  }

  remove(id: number): void {
    const block = this.#blocks.get(id);
    if (block === undefined) return;
    for (let place = 0; place < PLACES; place++) this.#unlink(block.at * PLACES + place);
    this.#blocks.delete(id);
    this.#free.push(block.at);
    if (this.#blocks.size === 0) this.#forget();
  }

  /**
   * Ids of tensors with more rows of the same form that have a row in common with this one, those
   * with most common hashes first, then by id. So each pair is told once, by its shorter side.
   */
  candidates(id: number, limit = 32): number[] {
    const block = this.#blocks.get(id);
    if (block === undefined) return [];
    const common = new Map<number, number>();
    for (let place = 0; place < PLACES; place++) {
      for (const other of this.#sharing(block.at * PLACES + place)) {
        if ((this.#blocks.get(other)?.rows ?? 0) <= block.rows) continue;
        common.set(other, (common.get(other) ?? 0) + 1);
      }
    }
    const sorted = [...common].sort((a, b) => b[1] - a[1] || a[0] - b[0]);
    return sorted.slice(0, limit).map(([other]) => other);
  }

  /** Ids in the list of a place; none where that is unused or the row is too common. */
  #sharing(place: number): number[] {
    const list = this.#lists[place] as number;
    if (list < 0 || (this.#lengths[list] as number) > MOST_TENSORS_PER_ROW) return [];
    const ids: number[] = [];
    for (let at = this.#heads[list] as number; at >= 0; at = this.#next[at] as number) {
      ids.push(this.#ids[Math.floor(at / PLACES)] as number);
    }
    return ids;
  }

  #listsOf(kind: ValueKind, rowElements: number): Map<number, number> {
    const form = `${kind}:${rowElements}`;
    const known = this.#forms.get(form);
    if (known !== undefined) return known;
    const lists = new Map<number, number>();
    this.#forms.set(form, lists);
    return lists;
  }

  #listOf(lists: Map<number, number>, hash: number): number {
    const known = lists.get(hash);
    if (known !== undefined) return known;
    const list = this.#heads.length;
    this.#heads.push(-1);
    this.#lengths.push(0);
    lists.set(hash, list);
    return list;
  }

  #link(place: number, list: number): void {
    const head = this.#heads[list] as number;
    this.#lists[place] = list;
    this.#next[place] = head;
    this.#previous[place] = -1;
    if (head >= 0) this.#previous[head] = place;
    this.#heads[list] = place;
    this.#lengths[list] = (this.#lengths[list] as number) + 1;
  }

  #unlink(place: number): void {
    const list = this.#lists[place] as number;
    if (list < 0) return;
    const next = this.#next[place] as number;
    const previous = this.#previous[place] as number;
    if (previous >= 0) this.#next[previous] = next;
    else this.#heads[list] = next;
    if (next >= 0) this.#previous[next] = previous;
    this.#lengths[list] = (this.#lengths[list] as number) - 1;
    this.#lists[place] = -1;
  }

  /** Lists outlive their members; with the last of these all go. */
  #forget(): void {
    this.#forms.clear();
    for (const column of [this.#free, this.#ids, this.#heads, this.#lengths]) column.length = 0;
  }

  #reserve(block: number): void {
    const places = (block + 1) * PLACES;
    if (places <= this.#lists.length) return;
    const grown = (from: Int32Array): Int32Array<ArrayBuffer> => {
      const to = new Int32Array(Math.ceil(places * 1.5)).fill(-1);
      to.set(from);
      return to;
    };
    this.#lists = grown(this.#lists);
    this.#next = grown(this.#next);
    this.#previous = grown(this.#previous);
  }
}

interface Block {
  readonly at: number;
  readonly rows: number;
}
