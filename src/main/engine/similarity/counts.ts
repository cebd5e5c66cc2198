import {
  type CountAndBytes,
  LOWEST_THRESHOLD,
  type SimilarityThresholds,
  type ThresholdCounts,
} from '../../../shared/domain';

const STEPS = 100;

/** The best scores of distinct tensors in columns, by signature number. */
export interface ScoredTensors {
  /** NaN or missing: no partner. */
  readonly scores: Float64Array;
  /** Bytes of a tensor that has the signature; negative: none is open. */
  readonly bytes: Float64Array;
}

/**
 * What thresholds would match. Each tensor counts once, in the highest class that its best score
 * reaches. One pass over both columns.
 */
export function thresholdCounts(
  { scores, bytes }: ScoredTensors,
  { exact, nearDuplicate, similar }: SimilarityThresholds,
): ThresholdCounts {
  const tensors = new Uint32Array(5);
  const sums = new Float64Array(5);
  const histogram = new Uint32Array(STEPS);
  const perStep = STEPS / (1 - LOWEST_THRESHOLD);
  for (let at = 0; at < bytes.length; at++) {
    const size = bytes[at] as number;
    if (size < 0) continue;
    const score = scores[at] ?? NaN;
    const kind = score >= exact ? 0 : score >= nearDuplicate ? 1 : score >= similar ? 2 : 3;
    tensors[kind] = (tensors[kind] as number) + 1;
    sums[kind] = (sums[kind] as number) + size;
    if (!(score >= LOWEST_THRESHOLD)) continue;
    const step = Math.min(STEPS - 1, Math.floor((score - LOWEST_THRESHOLD) * perStep));
    histogram[step] = (histogram[step] as number) + 1;
  }
  const of = (...kinds: number[]): CountAndBytes => ({
    tensors: kinds.reduce((sum, kind) => sum + (tensors[kind] as number), 0),
    bytes: kinds.reduce((sum, kind) => sum + (sums[kind] as number), 0),
  });
  return {
    exact: of(0),
    nearDuplicate: of(1),
    similar: of(2),
    signed: of(0, 1, 2, 3),
    histogram: [...histogram],
  };
}
