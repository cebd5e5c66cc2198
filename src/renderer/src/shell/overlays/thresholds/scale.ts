import { LOWEST_THRESHOLD, type SimilarityThresholds } from '../../../../../shared/domain';

export type ThresholdKey = keyof SimilarityThresholds;

/** Strictest first. */
export const thresholdKeys = [
  'exact',
  'nearDuplicate',
  'similar',
] as const satisfies readonly ThresholdKey[];

/** Sliders move in closeness, -log10(1 - score): every step of 1 is one more nine. */
export const LEAST_CLOSENESS = 0.3;
export const MOST_CLOSENESS = 6;
export const CLOSENESS_STEP = 0.05;

/** 0.9 → 1, 0.999 → 3; from 0.999999 on, the slider's end. */
export function closenessOf(score: number): number {
  const closeness = score < 1 ? -Math.log10(1 - score) : MOST_CLOSENESS;
  return Math.min(MOST_CLOSENESS, Math.max(LEAST_CLOSENESS, closeness));
}

/** The score at a place of the slider, with two digits after the nines; 1 at its end. */
export function scoreAt(closeness: number): number {
  if (closeness >= MOST_CLOSENESS - CLOSENESS_STEP / 2) return 1;
  const digits = Math.floor(closeness + 1e-9) + 2;
  const score = Number((1 - 10 ** -closeness).toFixed(digits));
  return Math.max(LOWEST_THRESHOLD, score);
}

/** `0.90`, `0.995`, `0.99987`, `1`: as many digits as it takes, at least two. */
export function scoreText(score: number): string {
  if (score >= 1) return '1';
  const digits = Math.min(12, Math.floor(-Math.log10(1 - score) + 1e-9) + 4);
  const text = score.toFixed(digits).replace(/0+$/, '');
  return text.padEnd(4, '0');
}

/** What was typed, if it is a threshold at all; a decimal comma is taken for a point. */
export function parseScore(text: string): number | undefined {
  const plain = text.trim().replace(',', '.');
  if (!/^[01]?(\.\d{0,15})?$/.test(plain) || !/\d/.test(plain)) return undefined;
  const score = Number(plain);
  return score >= LOWEST_THRESHOLD && score <= 1 ? score : undefined;
}

/** Moves one threshold; the others give way, so that exact >= near-duplicate >= similar holds. */
export function withThreshold(
  thresholds: SimilarityThresholds,
  key: ThresholdKey,
  score: number,
): SimilarityThresholds {
  const moved = thresholdKeys.indexOf(key);
  const entries = thresholdKeys.map((other, at) => {
    const value = thresholds[other];
    if (at === moved) return [other, score];
    return [other, at < moved ? Math.max(value, score) : Math.min(value, score)];
  });
  return Object.fromEntries(entries) as Record<ThresholdKey, number>;
}
