import type { FragmentType, TypeShare } from '../../../../../shared/domain';
import { formatShare } from '../../../lib/format';

export interface TypeBar extends TypeShare {
  /** Percent of the longest bar. */
  readonly width: number;
  /** Of all bytes. */
  readonly share: string;
  /** Whether the table shows its tensors. */
  readonly shown: boolean;
}

/** One bar per type, most bytes first. `chosen`: what the table is limited to; empty: nothing. */
export function typeBars(
  types: readonly TypeShare[],
  chosen: readonly FragmentType[],
): readonly TypeBar[] {
  const whole = types.reduce((sum, { bytes }) => sum + bytes, 0);
  const longest = Math.max(0, ...types.map(({ bytes }) => bytes));
  return types.map((share) => ({
    ...share,
    width: longest > 0 ? (share.bytes / longest) * 100 : 0,
    share: formatShare(share.bytes, whole),
    shown: chosen.length === 0 || chosen.includes(share.type),
  }));
}
