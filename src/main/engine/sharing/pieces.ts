import type { FileFingerprint } from '../fragments/segments';
import { Column } from './column';
import { DigestInterner } from './interner';

/** A fingerprinted file in terms of interned digests. */
export interface FilePieces {
  /** One digest number per segment, in plan order. */
  readonly segments: Int32Array;
  /** One digest number per view (a tensor that is no segment of its own). */
  readonly views: Int32Array;
}

/**
 * Knows, for every distinct segment, the fragments it consists of.
 *
 * A segment of one fragment has that fragment's hash, so the two share one number and need no
 * entry. Equal segments may have been cut differently (equal bytes under another shape); then the
 * cut whose fragment lengths come first in lexicographic order stands for all of them, so that
 * byte counts do not depend on the order in which files were read.
 */
export class PieceStore {
  readonly #digests = new DigestInterner();
  readonly #lengths = new Column(0);
  readonly #cuts = new Map<number, Int32Array>();
  #generation = 0;

  /** Rises whenever an earlier segment's cut was replaced: counts made before must be made anew. */
  get generation(): number {
    return this.#generation;
  }

  add(fingerprint: FileFingerprint, viewHashes: Uint8Array): FilePieces {
    const segments = new Int32Array(fingerprint.fragmentCounts.length);
    let fragment = 0;
    for (let i = 0; i < segments.length; i++) {
      const count = fingerprint.fragmentCounts[i] as number;
      const id = this.#digests.intern(fingerprint.segmentHashes, i);
      segments[i] = id;
      if (count > 1) this.#addCut(id, this.#internCut(fingerprint, fragment, count));
      else this.#lengths.set(id, fingerprint.fragmentLengths[fragment] as number);
      fragment += count;
    }
    const views = new Int32Array(viewHashes.length / 32);
    for (let i = 0; i < views.length; i++) views[i] = this.#digests.intern(viewHashes, i);
    return { segments, views };
  }

  /** The number of distinct digests: one more than the largest number handed out. */
  get size(): number {
    return this.#digests.size;
  }

  hex(id: number): string {
    return this.#digests.hex(id);
  }

  fragmentCount(segment: number): number {
    return this.#cuts.get(segment)?.length ?? 1;
  }

  /** Calls `visit(fragment, bytes)` for every fragment of every segment, repeats included. */
  forEachFragment(file: FilePieces, visit: (fragment: number, bytes: number) => void): void {
    for (const segment of file.segments) {
      const cut = this.#cuts.get(segment);
      if (cut === undefined) visit(segment, this.#lengths.get(segment));
      else for (const id of cut) visit(id, this.#lengths.get(id));
    }
  }

  #internCut(fingerprint: FileFingerprint, from: number, count: number): Int32Array {
    const cut = new Int32Array(count);
    for (let i = 0; i < count; i++) {
      const id = this.#digests.intern(fingerprint.fragmentHashes, from + i);
      this.#lengths.set(id, fingerprint.fragmentLengths[from + i] as number);
      cut[i] = id;
    }
    return cut;
  }

  #addCut(segment: number, cut: Int32Array): void {
    const known = this.#cuts.get(segment);
    if (known !== undefined && !this.#comesBefore(cut, known)) return;
    if (known !== undefined) this.#generation += 1;
    this.#cuts.set(segment, cut);
  }

  #comesBefore(a: Int32Array, b: Int32Array): boolean {
    for (let i = 0; i < Math.min(a.length, b.length); i++) {
      const difference = this.#lengths.get(a[i] as number) - this.#lengths.get(b[i] as number);
      if (difference !== 0) return difference < 0;
    }
    return a.length < b.length;
  }
}
