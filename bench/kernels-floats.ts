import { sortLayoutOf } from '../src/main/engine/kernels/codec-exports';
import type { Kernels } from '../src/main/engine/kernels/kernels';
import type { ValueKind } from '../src/main/engine/kernels/values';
import {
  bytesOf,
  madeWeights,
  type Pair,
  PLAIN,
  PLAIN_HALVES,
  PLAIN_WORDS,
  placesOf,
  UNIT_BYTES,
} from './kernels-pairs';
import * as plain from './kernels-plain';

/** Planes, differences and predictions of one type of floats. */
export function floatPairs(kernels: Kernels, type: string, kind: ValueKind): Pair[] {
  const layout = sortLayoutOf(kind);
  if (layout === undefined) throw new RangeError(`${type}: expected single elements`);
  const { width, shift, mask } = layout;
  const count = UNIT_BYTES / width;
  const { exports } = kernels;
  const { a, b, to, workspace } = placesOf(kernels);
  const { tuned, base } = madeWeights(width);
  const elements = width === 4 ? PLAIN_WORDS : PLAIN_HALVES;
  const planes = (make: (to: Uint8Array) => void): Uint8Array => {
    const made = new Uint8Array(UNIT_BYTES);
    make(made);
    return made;
  };
  const split = planes((made) => plain.plainSplit(tuned, made));
  const changed = planes((made) => plain.plainDelta(tuned, base, made));
  const sorted = planes((made) => plain.plainSortDelta(tuned, base, layout, made));
  const baseBytes = bytesOf(base);
  const pair = (name: string, input: Uint8Array, kernel: () => void, peer: () => void): Pair => ({
    ...{ name: `${name}, ${type}`, input: { a: input, b: baseBytes }, kernel, plain: peer },
  });
  const whole = bytesOf(tuned);
  return [
    pair(
      'split into planes',
      whole,
      () => exports.splitPlanes(width, 1, a, count, to),
      () => plain.plainSplit(tuned, PLAIN),
    ),
    pair(
      'merge planes',
      split,
      () => exports.mergePlanes(width, 1, a, count, to),
      () => plain.plainMerge(split, elements),
    ),
    pair(
      'delta',
      whole,
      () => exports.deltaPlanes(width, 1, a, b, count, to),
      () => plain.plainDelta(tuned, base, PLAIN),
    ),
    pair(
      'undo delta',
      changed,
      () => exports.undoDelta(width, 1, a, b, count, to),
      () => plain.plainUndoDelta(changed, base, elements),
    ),
    pair(
      'sorted delta',
      whole,
      () => exports.sortDelta(width, 1, shift, mask, a, b, count, to, workspace),
      () => plain.plainSortDelta(tuned, base, layout, PLAIN),
    ),
    pair(
      'undo sorted delta',
      sorted,
      () => exports.unsortDelta(width, 1, shift, mask, a, b, count, to, workspace),
      () => plain.plainUnsortDelta(sorted, base, layout, elements),
    ),
    ...([0, 1] as const).map((mode) =>
      pair(
        mode === 0 ? 'predict on a line' : 'predict the mean',
        whole,
        () => exports.predictTwo(mode, width, 1, a, b, count, to),
        () => plain.plainPrediction(mode, tuned, base, elements),
      ),
    ),
  ];
}
