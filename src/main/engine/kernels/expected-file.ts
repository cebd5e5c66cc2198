import { type BigIntStats, closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { TaskFailure } from './failure';
import type { FileAt } from './messages';

/** An open file that is the one whose header was read. Throws TaskFailure as `openExpected` does. */
export interface ExpectedFileReader {
  readonly path: string;
  readonly size: number;
  /** Fills `into` from `offset`; a file that ends earlier has changed. */
  read(into: Uint8Array, offset: number): void;
  /** Throws TaskFailure `changed` unless the file is still the expected one. */
  check(): void;
  close(): void;
}

/**
 * Opens a file and checks that it is the expected one. Throws TaskFailure when the system refuses
 * (`io`) or the file is another (`changed`).
 */
export function openExpected({ path, expected }: FileAt): ExpectedFileReader {
  // A FIFO that took the file's place must not block the open; regular files ignore the flag.
  const flags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);
  const fd = attempt('open', path, () => openSync(path, flags));
  const file: ExpectedFileReader = {
    path,
    size: expected.size,
    read: (into, offset) => {
      for (let filled = 0; filled < into.length; ) {
        const got = attempt('read', path, () =>
          readSync(fd, into, filled, into.length - filled, offset + filled),
        );
        if (got === 0) throw changed(path);
        filled += got;
      }
    },
    check: () => {
      const stat: BigIntStats = attempt('stat', path, () => fstatSync(fd, { bigint: true }));
      const isSame =
        stat.isFile() &&
        stat.size === BigInt(expected.size) &&
        stat.mtimeNs === expected.mtimeNs &&
        stat.ino === expected.inode;
      if (!isSame) throw changed(path);
    },
    close: () => closeSync(fd),
  };
  try {
    file.check();
  } catch (error) {
    file.close();
    throw error;
  }
  return file;
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
