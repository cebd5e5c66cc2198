import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs';

/** Bytes at a place of a file; the rest of it is a hole, which reads as zeros and takes no disk. */
export type Piece = readonly [at: number, bytes: Uint8Array];

/** Writes a file of `size` bytes that is a hole but for its pieces; returns its path. */
export function writeSparse(path: string, size: number, pieces: readonly Piece[]): string {
  const descriptor = openSync(path, 'w');
  try {
    ftruncateSync(descriptor, size);
    for (const [at, bytes] of pieces) {
      for (let done = 0; done < bytes.length; ) {
        done += writeSync(descriptor, bytes, done, bytes.length - done, at + done);
      }
    }
  } finally {
    closeSync(descriptor);
  }
  return path;
}
