import { Blake3Hasher } from '@napi-rs/blake-hash';
import type { Base } from '../codecs/types';
import { MAX_FRAGMENT_BYTES } from '../fragments/cut';
import { type ExpectedFileReader, openExpected } from './expected-file';
import { TaskFailure } from './failure';
import type { FileAt, FilePart, FragmentBase, KernelFailureCode } from './messages';
import { layoutOf, type ValueKind } from './values';

/**
 * Most bytes of a base's elements: 32-bit ones below 1 MiB of any quantised type. What is predicted
 * from more has no base.
 */
export const MAX_BASE_BYTES = 16 * MAX_FRAGMENT_BYTES;
/** Most bases of one fragment. */
export const MAX_BASES = 2;
export const HASH_BYTES = 32;

/** Why a fragment's task failed, and where it was reading. */
export class FragmentFailure extends TaskFailure {
  constructor(
    code: KernelFailureCode,
    message: string,
    readonly file: string,
    readonly offset: number,
    operation?: string,
  ) {
    super(code, message, operation);
  }
}

/**
 * Reads the parts of a task's files into buffers that are kept, so that a worker's memory is that of
 * its largest fragment with its bases. What it returns is valid until the next fragment is read.
 */
export class FragmentBuffers {
  readonly #hasher = new Blake3Hasher();
  readonly #buffers: Uint8Array[] = [];

  /** The content of a fragment: throws FragmentFailure `changed` where it has another hash. */
  content(files: readonly ExpectedFileReader[], part: FilePart, hash: Uint8Array): Uint8Array {
    const bytes = this.read(files, part, 0, MAX_FRAGMENT_BYTES);
    if (!this.hasHash(bytes, hash)) throw changed(files, part);
    return bytes;
  }

  /** Bases, checked where a hash is known. */
  bases(
    files: readonly ExpectedFileReader[],
    bases: readonly FragmentBase[],
    hashes: Uint8Array,
  ): Base[] {
    if (bases.length > MAX_BASES) {
      throw new RangeError(`expected at most ${MAX_BASES} bases, found ${bases.length}`);
    }
    return bases.map((base, at) => {
      const bytes = this.read(files, base, at + 1, MAX_BASE_BYTES);
      if (base.hash >= 0 && !this.hasHash(bytes, hashAt(hashes, base.hash))) {
        throw changed(files, base);
      }
      checkWhole(base.length, base.kind);
      return { bytes, kind: base.kind };
    });
  }

  /** Room for `length` bytes of answers. */
  output(length: number): Uint8Array {
    return this.#buffer(MAX_BASES + 1, length).subarray(0, length);
  }

  hasHash(bytes: Uint8Array, hash: Uint8Array): boolean {
    this.#hasher.reset();
    this.#hasher.update(bytes);
    return Buffer.compare(this.#hasher.digestBuffer(), hash) === 0;
  }

  /** Into buffer number `slot`. Throws RangeError for what is no part of the files. */
  read(
    files: readonly ExpectedFileReader[],
    part: FilePart,
    slot: number,
    most: number,
  ): Uint8Array {
    const file = fileOf(files, part);
    const { offset, length } = part;
    const isPart = [offset, length].every((each) => Number.isSafeInteger(each) && each >= 0);
    if (!isPart || length > most || offset + length > file.size) {
      throw new RangeError(
        `expected at most ${most} bytes inside ${file.size}, found ${offset}+${length}`,
      );
    }
    const bytes = this.#buffer(slot, length).subarray(0, length);
    file.read(bytes, offset);
    return bytes;
  }

  #buffer(slot: number, length: number): Uint8Array {
    const known = this.#buffers[slot];
    if (known !== undefined && known.length >= length) return known;
    const made = new Uint8Array(Math.max(length, MAX_FRAGMENT_BYTES));
    this.#buffers[slot] = made;
    return made;
  }
}

/** Throws RangeError where there are no 32 bytes at that position. */
export function hashAt(hashes: Uint8Array, at: number): Uint8Array {
  const hash = hashes.subarray(at * HASH_BYTES, (at + 1) * HASH_BYTES);
  if (hash.length === HASH_BYTES) return hash;
  throw new RangeError(`expected a hash at position ${at}, found ${hashes.length} bytes`);
}

/** Throws RangeError unless the bytes are whole elements or blocks. */
export function checkWhole(length: number, kind: ValueKind | undefined): void {
  if (kind === undefined || length % layoutOf(kind).bytes === 0) return;
  throw new RangeError(`expected whole elements of kind ${kind}, found ${length} bytes`);
}

/** Opens all, uses them, checks that they are still the expected ones, and closes all. */
export function withFiles<T>(
  files: readonly FileAt[],
  use: (open: readonly ExpectedFileReader[]) => T,
): T {
  const open: ExpectedFileReader[] = [];
  try {
    for (const file of files) open.push(openExpected(file));
    const result = use(open);
    for (const file of open) file.check();
    return result;
  } finally {
    for (const file of open) file.close();
  }
}

/** Runs work on one fragment; what it throws names the file and the byte. */
export function inFragment<T>(files: readonly FileAt[], part: FilePart, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof FragmentFailure) throw error;
    const path = files[part.file]?.path ?? '';
    if (error instanceof TaskFailure) {
      const message = `${error.message} (fragment at byte ${part.offset} of ${path})`;
      throw new FragmentFailure(error.code, message, path, part.offset, error.operation);
    }
    const detail = error instanceof Error ? error.message : String(error);
    const message = `${path}, fragment at byte ${part.offset}: ${detail}`;
    throw new FragmentFailure('internal', message, path, part.offset);
  }
}

function changed(files: readonly ExpectedFileReader[], part: FilePart): FragmentFailure {
  const { path } = fileOf(files, part);
  const message = `${path} changed at byte ${part.offset} since it was read; open it again`;
  return new FragmentFailure('changed', message, path, part.offset);
}

function fileOf(files: readonly ExpectedFileReader[], { file }: FilePart): ExpectedFileReader {
  const found = files[file];
  if (found === undefined) throw new RangeError(`expected one of ${files.length} files: ${file}`);
  return found;
}
