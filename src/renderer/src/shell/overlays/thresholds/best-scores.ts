import {
  LOWEST_THRESHOLD,
  type SimilarityThresholds,
  type ThresholdCounts,
} from '../../../../../shared/domain';
import { formatCount } from '../../../lib/format';
import { scoreText, type ThresholdKey, thresholdKeys } from './scale';

export interface ScoreBar {
  /** Percent of the width, from the left. */
  readonly x: number;
  readonly width: number;
  /** 0 … 1: the square root of its part of the highest, so that a few tensors are seen beside many. */
  readonly height: number;
  readonly tensors: number;
  /** `0.990 to 0.995`. */
  readonly range: string;
  /** Whether it holds scores that match. */
  readonly matches: boolean;
}

/** Percent of the width at which a score stands. */
export const scorePlace = (score: number): number =>
  ((score - LOWEST_THRESHOLD) / (1 - LOWEST_THRESHOLD)) * 100;

/** Bars of the best scores, those without a tensor left out. */
export function scoreBars(
  histogram: ThresholdCounts['histogram'],
  { similar }: SimilarityThresholds,
): readonly ScoreBar[] {
  const most = Math.max(1, ...histogram);
  const step = (1 - LOWEST_THRESHOLD) / histogram.length;
  return histogram.flatMap((tensors, at) => {
    if (tensors <= 0) return [];
    const from = LOWEST_THRESHOLD + at * step;
    return [
      {
        x: (at / histogram.length) * 100,
        width: 100 / histogram.length,
        height: Math.sqrt(tensors / most),
        tensors,
        range: `${from.toFixed(3)} to ${(from + step).toFixed(3)}`,
        matches: from + step > similar,
      },
    ];
  });
}

/** The picture in words. */
export function scoresText(counts: ThresholdCounts, thresholds: SimilarityThresholds): string {
  const found = thresholdKeys.map(
    (key) =>
      `${names[key]} from ${scoreText(thresholds[key])}: ${formatCount(counts[key].tensors)}`,
  );
  return `Best scores of tensors, from ${scoreText(LOWEST_THRESHOLD)} to 1. ${found.join('; ')}.`;
}

export const names: Readonly<Record<ThresholdKey, string>> = {
  exact: 'Exact',
  nearDuplicate: 'Near-duplicate',
  similar: 'Similar',
};

/** Told by glyph as well as by place. */
export const glyphs: Readonly<Record<ThresholdKey, string>> = {
  exact: '●',
  nearDuplicate: '◆',
  similar: '◇',
};
