import { HASH_BYTES } from '../kernels/fragment-files';
import type { FileAt } from '../kernels/messages';
import type { PlannedBase, PlannedBatch, PlannedFragment } from './plan';

/** Most fragments of a batch: what a task costs besides its bytes. */
const MAX_FRAGMENTS = 512;
/** Most files that one task opens. */
const MAX_FILES = 16;

/** Collects fragments, whose files are those of the inventory, into batches with files of their own. */
export class BatchMaker {
  #files: number[] = [];
  #fragments: PlannedFragment[] = [];
  #hashes: Uint8Array[] = [];
  #baseHashes: Uint8Array[] = [];
  #bytes = 0;

  constructor(
    private readonly files: readonly FileAt[],
    private readonly hashOf: (digest: number) => Uint8Array,
    private readonly maxBytes: number,
  ) {}

  /**
   * Adds one fragment; the batch before it, where it does not go into that. `wholeFragment`: the
   * digest's number of the fragment that a base's part is, if it is one.
   */
  add(
    fragment: PlannedFragment,
    wholeFragment: (part: PlannedBase) => number | undefined,
  ): PlannedBatch | undefined {
    const full = this.#fits(fragment) ? undefined : this.finish();
    const file = this.#fileNumber(fragment.file);
    const bases = fragment.bases.map((part): PlannedBase => {
      const digest = wholeFragment(part);
      const hash = digest === undefined ? -1 : this.#baseHashes.push(this.hashOf(digest)) - 1;
      return { ...part, file: this.#fileNumber(part.file), hash };
    });
    this.#fragments.push({ ...fragment, file, bases });
    this.#hashes.push(this.hashOf(fragment.digest));
    this.#bytes += fragment.length;
    return full;
  }

  /** What is left; undefined where nothing is. */
  finish(): PlannedBatch | undefined {
    const count = this.#fragments.length;
    if (count === 0) return undefined;
    const behind = (part: PlannedBase): PlannedBase =>
      part.hash < 0 ? part : { ...part, hash: part.hash + count };
    const batch: PlannedBatch = {
      files: this.#files.map((file) => this.#fileAt(file)),
      fragments: this.#fragments.map((each) => ({ ...each, bases: each.bases.map(behind) })),
      hashes: packed([...this.#hashes, ...this.#baseHashes]),
      bytes: this.#bytes,
    };
    this.#files = [];
    this.#fragments = [];
    this.#hashes = [];
    this.#baseHashes = [];
    this.#bytes = 0;
    return batch;
  }

  #fits({ file, length, bases }: PlannedFragment): boolean {
    const [first] = this.#fragments;
    if (first === undefined) return true;
    if (this.#files[first.file] !== file || this.#fragments.length >= MAX_FRAGMENTS) return false;
    const files = new Set([...this.#files, ...bases.map((base) => base.file)]);
    return this.#bytes + length <= this.maxBytes && files.size <= MAX_FILES;
  }

  #fileNumber(file: number): number {
    const known = this.#files.indexOf(file);
    return known >= 0 ? known : this.#files.push(file) - 1;
  }

  #fileAt(file: number): FileAt {
    const found = this.files[file];
    if (found === undefined) throw new RangeError(`expected a file, found number ${file}`);
    return found;
  }
}

function packed(hashes: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(hashes.length * HASH_BYTES);
  hashes.forEach((hash, at) => {
    all.set(hash, at * HASH_BYTES);
  });
  return all;
}
