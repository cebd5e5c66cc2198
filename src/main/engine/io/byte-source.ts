import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { FileError, FormatError } from '../formats/errors';
import type { ByteSource } from '../formats/reader';

/** Longest single read. Longer ranges are a caller's mistake: headers are read in pieces. */
export const MAX_READ_BYTES = 128 * 1024 * 1024;

/** Size and identity of the file that was opened, by its descriptor: no name is looked up again. */
export interface OpenedStamp {
  readonly size: number;
  readonly mtimeNs: bigint;
  readonly inode: bigint;
  readonly device: bigint;
}

export interface OpenByteSource extends ByteSource {
  readonly stamp: OpenedStamp;
  /** Idempotent; also lets go of the read buffer. */
  close(): void;
}

interface SystemError {
  readonly code?: string;
  readonly message: string;
}

function isSystemError(error: unknown): error is SystemError {
  return error instanceof Error && 'code' in error;
}

/** The FileError for whatever a system call threw. */
export function fileError(operation: string, path: string, error: unknown): FileError {
  if (error instanceof FileError) return error;
  const code = isSystemError(error) && error.code !== undefined ? error.code : 'UNKNOWN';
  return new FileError(
    operation,
    path,
    code,
    error instanceof Error ? error.message : String(error),
  );
}

function attempt<T>(operation: string, path: string, call: () => T): T {
  try {
    return call();
  } catch (error) {
    throw fileError(operation, path, error);
  }
}

function stampOf(descriptor: number, path: string): OpenedStamp {
  const stat = attempt('stat', path, () => fstatSync(descriptor, { bigint: true }));
  if (!stat.isFile()) {
    const what = stat.isDirectory() ? 'a folder' : 'not a regular file';
    throw new FileError('open', path, stat.isDirectory() ? 'EISDIR' : 'ENOTREG', `it is ${what}`);
  }
  return {
    size: Number(stat.size),
    mtimeNs: stat.mtimeNs,
    inode: stat.ino,
    device: stat.dev,
  };
}

/** Fills `target` from `position`; short only when the file ends there. */
function readFully(descriptor: number, path: string, target: Uint8Array, position: number): number {
  let done = 0;
  while (done < target.length) {
    const got = attempt('read', path, () =>
      readSync(descriptor, target, done, target.length - done, position + done),
    );
    if (got === 0) break;
    done += got;
  }
  return done;
}

/**
 * Opens a regular file for byte-range reads into one reused, growing buffer.
 * `path` names the file in errors and to readers; `location` is what is opened (a link's target).
 * Opening never waits: a FIFO or device is refused. Throws FileError.
 */
export function openByteSource(path: string, location: string = path): OpenByteSource {
  const flags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);
  const descriptor = attempt('open', path, () => openSync(location, flags));
  try {
    return byteSourceOf(descriptor, path, stampOf(descriptor, path));
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
}

function byteSourceOf(descriptor: number, path: string, stamp: OpenedStamp): OpenByteSource {
  let buffer = new Uint8Array(0);
  let bytesRead = 0;
  let open = true;
  return {
    path,
    size: stamp.size,
    stamp,
    get bytesRead() {
      return bytesRead;
    },
    read(offset, length) {
      if (!open) throw new FileError('read', path, 'EBADF', 'it was closed');
      checkRange(path, stamp.size, offset, length);
      if (buffer.length < length) buffer = new Uint8Array(Math.max(length, 4096));
      const view = buffer.subarray(0, length);
      const got = readFully(descriptor, path, view, offset);
      if (got < length) {
        throw new FormatError(
          path,
          offset + got,
          `${length - got} more bytes`,
          'the end of the file',
        );
      }
      bytesRead += length;
      return view;
    },
    close() {
      if (open) closeSync(descriptor);
      open = false;
      buffer = new Uint8Array(0);
    },
  };
}

function checkRange(path: string, size: number, offset: number, length: number): void {
  if (!Number.isSafeInteger(offset) || !Number.isSafeInteger(length) || offset < 0 || length < 0) {
    throw new RangeError(`a read of ${length} bytes at ${offset} is not a range`);
  }
  if (offset + length > size) {
    const found = `a file of ${size} bytes`;
    throw new FormatError(path, offset, `${length} bytes from ${offset}`, found);
  }
  if (length > MAX_READ_BYTES) {
    throw new RangeError(`a read of ${length} bytes is over the limit of ${MAX_READ_BYTES}`);
  }
}

/** A ByteSource over bytes in memory; `path` names them in errors. */
export function memoryByteSource(path: string, bytes: Uint8Array): ByteSource {
  let bytesRead = 0;
  return {
    path,
    size: bytes.length,
    get bytesRead() {
      return bytesRead;
    },
    read(offset, length) {
      checkRange(path, bytes.length, offset, length);
      bytesRead += length;
      return bytes.subarray(offset, offset + length);
    },
  };
}
