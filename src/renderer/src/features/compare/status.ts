import type { CompareGroups, CompareStatus, CountAndBytes } from '../../../../shared/domain';

/** What a stretch of the bar stands for: the two sides of `only` are one. */
export const tones = ['identical', 'cast', 'near', 'different', 'only'] as const;
export type StatusTone = (typeof tones)[number];

export const toneOf = (status: CompareStatus): StatusTone =>
  status === 'onlyA' || status === 'onlyB' ? 'only' : status;

export const glyphOfTone: Readonly<Record<StatusTone, string>> = {
  identical: '●',
  cast: '◐',
  near: '≈',
  different: '≠',
  only: '∅',
};

export const labelOfTone: Readonly<Record<StatusTone, string>> = {
  identical: 'identical',
  cast: 'cast',
  near: 'near',
  different: 'different',
  only: 'only in one',
};

export const glyphOf = (status: CompareStatus): string => glyphOfTone[toneOf(status)];

/** A status in words, by itself: `near-duplicate`, `only in the base`. */
export function statusText(status: CompareStatus, nearDuplicate = false): string {
  switch (status) {
    case 'near':
      return nearDuplicate ? 'near-duplicate' : 'similar';
    case 'onlyA':
      return 'only in the base';
    case 'onlyB':
      return 'missing in the base';
    default:
      return status;
  }
}

export type ToneTotals = Readonly<Record<StatusTone, CountAndBytes>>;

const none: CountAndBytes = { tensors: 0, bytes: 0 };
const plus = (a: CountAndBytes, b: CountAndBytes): CountAndBytes => ({
  tensors: a.tensors + b.tensors,
  bytes: a.bytes + b.bytes,
});

/** The groups of several comparisons together. */
export function totalsOf(all: readonly CompareGroups[]): ToneTotals {
  const sum = (pick: (groups: CompareGroups) => CountAndBytes) =>
    all.reduce((total, groups) => plus(total, pick(groups)), none);
  return {
    identical: sum((groups) => groups.identical),
    cast: sum((groups) => groups.cast),
    near: sum((groups) => groups.near),
    different: sum((groups) => groups.different),
    only: sum((groups) => plus(groups.onlyA, groups.onlyB)),
  };
}

export const wholeOf = (totals: ToneTotals): CountAndBytes =>
  tones.reduce((sum, tone) => plus(sum, totals[tone]), none);
