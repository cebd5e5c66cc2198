import { UNIT_HEADER } from '../kernels/code-length-planes';
import { sortedCodeLength } from '../kernels/code-length-sorted';
import { mix, randomStream } from './hash';

/** As the codecs work: units of at most 1 MiB, each for itself (code-length-planes.ts). */
const UNIT_BYTES = 1_048_576;
/** From so many elements on, counts are close enough to what is expected of them. */
const MANY = 2048;

/** Elements that the codec sorts together. */
export interface PlaneGroup {
  /** Of all elements; those of all groups add up to 1. */
  readonly share: number;
  /** For each byte of an element: probabilities of its 256 values. */
  readonly planes: readonly Float64Array[];
}

/**
 * Predicted bytes of `elements` elements of `width` bytes that are distributed as the groups say:
 * by the same code lengths that measuring uses, of the histograms that are to be expected.
 * `isKnown`: the distributions are the elements' own frequencies.
 */
export function predictedLength(
  elements: number,
  width: number,
  groups: readonly PlaneGroup[],
  isKnown = false,
): number {
  const perUnit = UNIT_BYTES / width;
  const units = Math.floor(elements / perUnit);
  const rest = elements - units * perUnit;
  const whole = units > 0 ? units * unitLength(perUnit, width, groups, isKnown) : 0;
  return whole + (rest > 0 ? unitLength(rest, width, groups, isKnown) : 0);
}

function unitLength(
  elements: number,
  width: number,
  groups: readonly PlaneGroup[],
  isKnown: boolean,
): number {
  const histograms = new Uint32Array(groups.length * width * 256);
  const sizes = new Uint32Array(groups.length);
  let share = 0;
  let before = 0;
  for (const [at, group] of groups.entries()) {
    share += group.share;
    const end = at === groups.length - 1 ? elements : Math.round(share * elements);
    const size = Math.max(0, end - before);
    before = Math.max(before, end);
    sizes[at] = size;
    for (const [plane, probabilities] of group.planes.entries()) {
      const counts = histograms.subarray(
        (at * width + plane) * 256,
        (at * width + plane + 1) * 256,
      );
      if (isKnown || elements >= MANY) fillExpected(counts, probabilities, size);
      else fillDrawn(counts, probabilities, size, mix(elements, at, plane));
    }
  }
  const coded = UNIT_HEADER + Math.ceil(sortedCodeLength(histograms, sizes, width));
  return Math.min(elements * width, coded);
}

/** Whole counts that add up to `size`. */
function fillExpected(counts: Uint32Array, probabilities: Float64Array, size: number): void {
  let share = 0;
  let before = 0;
  for (let value = 0; value < 256; value++) {
    share += probabilities[value] as number;
    const end = Math.min(size, Math.round(share * size));
    counts[value] = end - before;
    before = end;
  }
}

/** Few elements are drawn, seeded: the entropy of what is drawn is below the distribution's. */
function fillDrawn(
  counts: Uint32Array,
  probabilities: Float64Array,
  size: number,
  seed: number,
): void {
  const cumulative = new Float64Array(256);
  let sum = 0;
  for (let value = 0; value < 256; value++) {
    sum += probabilities[value] as number;
    cumulative[value] = sum;
  }
  const random = randomStream(seed);
  for (let drawn = 0; drawn < size; drawn++) {
    const value = firstAbove(cumulative, random() * sum);
    counts[value] = (counts[value] as number) + 1;
  }
}

function firstAbove(cumulative: Float64Array, target: number): number {
  let low = 0;
  let high = 255;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((cumulative[middle] as number) > target) high = middle;
    else low = middle + 1;
  }
  return low;
}
