import { Blake3Hasher } from '@napi-rs/blake-hash';
import { CUT_VERSION } from './cut';
import type { SegmentPlan } from './segments';

export { rowBytesOf } from './cut';

/** Where one tensor lies in its file, in bytes, and how long its rows are (see `rowBytesOf`). */
export interface TensorRange {
  readonly offset: number;
  readonly length: number;
  readonly rowBytes: number;
}

interface Columns {
  readonly offsets: number[];
  readonly lengths: number[];
  readonly rowBytes: number[];
}

/**
 * Tiles a file of `fileSize` bytes exactly: one tensor segment per range, byte segments between.
 *
 * Ranges may come in any order, and the result does not depend on it. Equal ranges share one
 * segment (with the smallest of their row lengths). Of ranges that overlap in part, the one that
 * begins earlier, then the longer one, becomes a segment; what the others add beyond it is bytes,
 * and `viewsOf` names them for a hash of their own. Empty ranges give no segment.
 *
 * Throws RangeError when a range is not whole bytes inside the file: readers check that, so it
 * means that a header was paired with another file.
 */
export function planSegments(fileSize: number, ranges: readonly TensorRange[]): SegmentPlan {
  checkBytes('file size', fileSize, Number.MAX_SAFE_INTEGER);
  for (const range of ranges) checkRange(fileSize, range);
  const sorted = ranges.filter((range) => range.length > 0).sort(byPosition);
  const columns: Columns = { offsets: [], lengths: [], rowBytes: [] };
  let end = 0;
  for (const range of sorted) {
    if (range.offset < end) continue;
    if (range.offset > end) push(columns, end, range.offset - end, 0);
    push(columns, range.offset, range.length, Math.max(1, range.rowBytes));
    end = range.offset + range.length;
  }
  if (end < fileSize) push(columns, end, fileSize - end, 0);
  return {
    fileSize,
    offsets: Float64Array.from(columns.offsets),
    lengths: Float64Array.from(columns.lengths),
    rowBytes: Float64Array.from(columns.rowBytes),
  };
}

/** Index of the segment that is exactly this range, or -1. Binary search. */
export function segmentOf(plan: SegmentPlan, offset: number, length: number): number {
  let low = 0;
  let high = plan.offsets.length - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const at = plan.offsets[middle] ?? 0;
    if (at === offset) {
      const isTensor = (plan.rowBytes[middle] ?? 0) > 0;
      return isTensor && plan.lengths[middle] === length ? middle : -1;
    }
    if (at < offset) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}

/**
 * 64 hex digits that are equal exactly when two plans cut a file of one content alike: BLAKE3 over
 * CUT_VERSION, the file size and the plan's columns, all as little-endian doubles.
 */
export function planKey(plan: SegmentPlan): string {
  const hasher = new Blake3Hasher();
  hasher.update(bytesOf(Float64Array.of(CUT_VERSION, plan.fileSize, plan.offsets.length)));
  for (const column of [plan.offsets, plan.lengths, plan.rowBytes]) hasher.update(bytesOf(column));
  return hasher.digest('hex');
}

/** The column as the machine holds it: every platform that Node runs on here is little-endian. */
function bytesOf(column: Float64Array): Uint8Array {
  return new Uint8Array(column.buffer, column.byteOffset, column.byteLength);
}

function byPosition(a: TensorRange, b: TensorRange): number {
  return a.offset - b.offset || b.length - a.length || a.rowBytes - b.rowBytes;
}

function push(columns: Columns, offset: number, length: number, rowBytes: number): void {
  columns.offsets.push(offset);
  columns.lengths.push(length);
  columns.rowBytes.push(rowBytes);
}

function checkRange(fileSize: number, range: TensorRange): void {
  checkBytes('offset', range.offset, fileSize);
  checkBytes('length', range.length, fileSize - range.offset);
  checkBytes('row length', range.rowBytes, Number.MAX_SAFE_INTEGER);
}

function checkBytes(what: string, value: number, limit: number): void {
  if (Number.isSafeInteger(value) && value >= 0 && value <= limit) return;
  throw new RangeError(`${what}: expected a whole number from 0 to ${limit}, found ${value}`);
}
