import { type BigIntStats, closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { Blake3Hasher } from '@napi-rs/blake-hash';
import type { FileFingerprint } from '../fragments/segments';
import type { ViewRange } from '../fragments/views';
import { createFingerprinter } from './fingerprint';
import type { Kernels } from './kernels';
import type { ExpectedFile, FingerprintTask, KernelFailureCode } from './messages';

/** Bytes per read: one fragment's maximum, and it stays in a core's second-level cache. */
export const WINDOW_BYTES = 1_048_576;

/** Why a task failed, as its answer tells it. */
export class TaskFailure extends Error {
  override readonly name = 'TaskFailure';
  constructor(
    readonly code: KernelFailureCode,
    message: string,
    readonly operation?: string,
  ) {
    super(message);
  }
}

/** Thrown by a checkpoint to give the task up. */
export class TaskStopped extends Error {
  override readonly name = 'TaskStopped';
}

export interface PassResult {
  readonly fingerprint: FileFingerprint;
  readonly viewHashes: Uint8Array<ArrayBuffer>;
}

/**
 * One pass over a file, then its views. `checkpoint` is called with the bytes of the pass that are
 * done, before each read; what it throws ends the pass. Throws TaskFailure when the system refuses
 * (`io`) or the file is not, or no longer, the expected one (`changed`).
 */
export function fingerprintFile(
  task: Pick<FingerprintTask, 'path' | 'plan' | 'views' | 'expected'>,
  kernels: Kernels,
  checkpoint: (bytesDone: number) => void,
): PassResult {
  const { path, plan, views, expected } = task;
  // A FIFO that took the file's place must not block the open; regular files ignore the flag.
  const flags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);
  const fd = attempt('open', path, () => openSync(path, flags));
  try {
    checkUnchanged(path, fd, expected);
    if (plan.fileSize !== expected.size) throw changed(path);
    const window = kernels.buffer.subarray(0, WINDOW_BYTES);
    const fingerprinter = createFingerprinter(plan, kernels.chunker);
    for (let done = 0; done < plan.fileSize; ) {
      checkpoint(done);
      const bytes = window.subarray(0, fingerprinter.wanted(window.length));
      readExactly(path, fd, bytes, done);
      fingerprinter.update(bytes);
      done += bytes.length;
    }
    const fingerprint = fingerprinter.finish();
    const viewHashes = hashViews(views, plan.fileSize, window, (bytes, offset) => {
      checkpoint(plan.fileSize);
      readExactly(path, fd, bytes, offset);
    });
    checkUnchanged(path, fd, expected);
    return { fingerprint, viewHashes };
  } finally {
    closeSync(fd);
  }
}

function hashViews(
  views: readonly ViewRange[],
  fileSize: number,
  window: Uint8Array,
  read: (bytes: Uint8Array, offset: number) => void,
): Uint8Array<ArrayBuffer> {
  const hashes = new Uint8Array(views.length * 32);
  const hasher = new Blake3Hasher();
  for (const [index, { offset, length }] of views.entries()) {
    if (!(offset >= 0 && length >= 0 && offset + length <= fileSize)) {
      throw new RangeError(`expected a view inside ${fileSize} bytes, found ${offset}+${length}`);
    }
    hasher.reset();
    for (let done = 0; done < length; ) {
      const bytes = window.subarray(0, Math.min(window.length, length - done));
      read(bytes, offset + done);
      hasher.update(bytes);
      done += bytes.length;
    }
    hashes.set(hasher.digestBuffer(), index * 32);
  }
  return hashes;
}

/** Fills `bytes` from `offset`; a file that ends earlier has changed. */
function readExactly(path: string, fd: number, bytes: Uint8Array, offset: number): void {
  for (let filled = 0; filled < bytes.length; ) {
    const got = attempt('read', path, () =>
      readSync(fd, bytes, filled, bytes.length - filled, offset + filled),
    );
    if (got === 0) throw changed(path);
    filled += got;
  }
}

function checkUnchanged(path: string, fd: number, expected: ExpectedFile): void {
  const stat: BigIntStats = attempt('stat', path, () => fstatSync(fd, { bigint: true }));
  const isSame =
    stat.isFile() &&
    stat.size === BigInt(expected.size) &&
    stat.mtimeNs === expected.mtimeNs &&
    stat.ino === expected.inode;
  if (!isSame) throw changed(path);
}

function changed(path: string): TaskFailure {
  return new TaskFailure('changed', `${path} changed while it was read; open it again`);
}

function attempt<T>(operation: string, path: string, call: () => T): T {
  try {
    return call();
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    throw new TaskFailure('io', `cannot ${operation} ${path}: ${detail}`, operation);
  }
}
