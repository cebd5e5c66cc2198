import { createHash } from 'node:crypto';
import { Blake3Hasher, blake3 } from '@napi-rs/blake-hash';
import { MAX_FRAGMENT_BYTES, tensorFragmentLength } from '../fragments/cut';
import type { FileFingerprint, SegmentPlan } from '../fragments/segments';
import { type Chunker, MIN_CHUNK_BYTES } from './chunker';
import { bytesColumn, numberColumn } from './columns';

/** Makes one file's fingerprint from its bytes, fed in order. Holds no more than its results. */
export interface Fingerprinter {
  /** How many bytes, at most `limit`, the next `update` hashes best: see `goodWindow`. */
  wanted(limit: number): number;
  /** The next bytes of the file; a view that may be reused afterwards. */
  update(bytes: Uint8Array): void;
  /** Throws RangeError unless exactly the planned file size was fed. Call it once. */
  finish(): FileFingerprint;
}

/** Where the pass stands: segment `index`, `position` bytes into it. */
interface Cursor {
  index: number;
  position: number;
  /** Bytes of the open fragment that were already hashed by the streaming hasher. */
  open: number;
  fragments: number;
}

/**
 * `chunker` cuts the segments that hold no tensor; it must accept the views given to `update`.
 * Throws RangeError when the plan does not tile its file.
 */
export function createFingerprinter(plan: SegmentPlan, chunker: Chunker): Fingerprinter {
  checkTiling(plan);
  const sha256 = createHash('sha256');
  const segmentHasher = new Blake3Hasher();
  const fragmentHasher = new Blake3Hasher();
  const segmentHashes = bytesColumn(32);
  const fragmentCounts = numberColumn();
  const fragmentHashes = bytesColumn(32);
  const fragmentLengths = numberColumn();
  const at: Cursor = { index: 0, position: 0, open: 0, fragments: 0 };
  let fed = 0;

  /** The next bytes of the open fragment. `ends`: its last ones; `single`: it is a whole segment. */
  const hashFragment = (bytes: Uint8Array, ends: boolean, single: boolean): void => {
    if (!ends || at.open > 0) fragmentHasher.update(bytes);
    at.open += bytes.length;
    if (!ends) return;
    const whole = at.open === bytes.length;
    const hash = whole ? blake3(bytes) : fragmentHasher.digestBuffer();
    if (!whole) fragmentHasher.reset();
    fragmentHashes.push(hash);
    fragmentLengths.push(at.open);
    at.fragments += 1;
    at.open = 0;
    if (single) segmentHashes.push(hash);
  };

  const endSegment = (single: boolean): void => {
    if (!single) {
      segmentHashes.push(segmentHasher.digestBuffer());
      segmentHasher.reset();
    }
    fragmentCounts.push(at.fragments);
    at.index += 1;
    at.position = 0;
    at.fragments = 0;
    chunker.reset();
  };

  /** The bytes of the current segment that one update holds. */
  const hashSegmentPart = (bytes: Uint8Array): void => {
    const length = plan.lengths[at.index] ?? 0;
    const rowBytes = plan.rowBytes[at.index] ?? 0;
    const single = isOneFragment(length, rowBytes);
    if (!single) segmentHasher.update(bytes);
    for (let from = 0; from < bytes.length; ) {
      const left = bytes.subarray(from);
      const size = rowBytes > 0 ? tensorPart(at, length, rowBytes, left) : chunker.next(left);
      const part = size === 0 ? left : left.subarray(0, size);
      const isLast = at.position + part.length === length;
      hashFragment(part, size > 0 || isLast, single);
      at.position += part.length;
      from += part.length;
    }
    if (at.position === length) endSegment(single);
  };

  chunker.reset();
  return {
    wanted: (limit) => goodWindow(plan, at, limit),
    update: (bytes) => {
      checkFed(fed + bytes.length, plan.fileSize, fed + bytes.length <= plan.fileSize);
      fed += bytes.length;
      sha256.update(bytes);
      for (let from = 0; from < bytes.length; ) {
        const left = (plan.lengths[at.index] ?? 0) - at.position;
        const part = bytes.subarray(from, Math.min(bytes.length, from + left));
        hashSegmentPart(part);
        from += part.length;
      }
    },
    finish: () => {
      checkFed(fed, plan.fileSize, fed === plan.fileSize);
      return {
        sha256: Uint8Array.from(sha256.digest()),
        segmentHashes: segmentHashes.take(),
        fragmentCounts: fragmentCounts.take(),
        fragmentHashes: fragmentHashes.take(),
        fragmentLengths: fragmentLengths.take(),
      };
    },
  };
}

/** Known before its bytes are: the segment's hash is then its fragment's, and is made once. */
function isOneFragment(length: number, rowBytes: number): boolean {
  return length <= (rowBytes > 0 ? MAX_FRAGMENT_BYTES : MIN_CHUNK_BYTES);
}

/** Bytes of `left` up to the end of the open tensor fragment; 0 when it ends beyond them. */
function tensorPart(at: Cursor, length: number, rowBytes: number, left: Uint8Array): number {
  const start = at.position - at.open;
  const rest = tensorFragmentLength(start, length, rowBytes) - at.open;
  return rest <= left.length ? rest : 0;
}

/**
 * Bytes to read next, 1 … limit (0 at the file's end). BLAKE3 is fastest on pieces that are aligned
 * to its tree, so a segment longer than `limit` is read in steps of `limit` from its own start;
 * shorter ones are read together, whole, up to `limit`.
 */
function goodWindow(plan: SegmentPlan, at: Cursor, limit: number): number {
  let taken = 0;
  let position = at.position;
  for (let index = at.index; index < plan.lengths.length; index++) {
    const length = plan.lengths[index] ?? 0;
    const left = length - position;
    if (length > limit) {
      if (taken > 0) return taken;
      const toGrid = limit - (position % limit);
      if (left > toGrid) return toGrid;
    } else if (taken + left > limit) return taken;
    taken += left;
    position = 0;
  }
  return taken;
}

function checkFed(found: number, expected: number, holds: boolean): void {
  if (!holds) throw new RangeError(`expected ${expected} bytes in all, found ${found}`);
}

function checkTiling({ fileSize, offsets, lengths, rowBytes }: SegmentPlan): void {
  let end = 0;
  const tiles = lengths.every((length, index) => {
    const isNext = offsets[index] === end && length > 0 && (rowBytes[index] ?? -1) >= 0;
    end += length;
    return isNext;
  });
  if (!tiles || end !== fileSize) {
    throw new RangeError(`expected a plan that tiles ${fileSize} bytes, found one of ${end}`);
  }
}
