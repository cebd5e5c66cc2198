import { segmentOf } from './plan';
import type { SegmentPlan } from './segments';

/** A stretch of a file that some tensor covers, in bytes from the file's start. */
export interface ViewRange {
  readonly offset: number;
  readonly length: number;
}

/**
 * How many times over a file may be read for its views. Honest files have few views (a slice of a
 * tied tensor); a header of a few kilobytes could otherwise order years of hashing.
 */
export const MAX_VIEW_PASSES = 8;

/**
 * The distinct ranges that are not a segment of their own, because another tensor overlaps them:
 * they are hashed after the pass. Sorted by offset, then length; empty ranges are left out (the
 * hash of no bytes is a constant). Throws RangeError when together they are longer than
 * MAX_VIEW_PASSES times the file.
 */
export function viewsOf(plan: SegmentPlan, ranges: readonly ViewRange[]): ViewRange[] {
  const distinct = new Map<string, ViewRange>();
  let total = 0;
  for (const { offset, length } of ranges) {
    const key = `${offset}:${length}`;
    if (length === 0 || distinct.has(key) || segmentOf(plan, offset, length) >= 0) continue;
    distinct.set(key, { offset, length });
    total += length;
  }
  if (total > MAX_VIEW_PASSES * plan.fileSize) {
    throw new RangeError(
      `overlapping tensors: expected at most ${MAX_VIEW_PASSES} times the file's ${plan.fileSize} bytes, found ${total} bytes`,
    );
  }
  return [...distinct.values()].sort((a, b) => a.offset - b.offset || a.length - b.length);
}

/** Position of a range in what `viewsOf` returned, or -1. */
export function viewIndexOf(views: readonly ViewRange[], offset: number, length: number): number {
  let low = 0;
  let high = views.length - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const view = views[middle];
    if (view === undefined) return -1;
    const order = view.offset - offset || view.length - length;
    if (order === 0) return middle;
    if (order < 0) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}
