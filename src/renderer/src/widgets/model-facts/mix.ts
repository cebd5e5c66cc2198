import { formatShare } from '../../../../shared/base';
import type { DtypeShare } from '../../../../shared/domain';

/** Signs of the parts of a bar, largest first; the last one stands for all that are left. */
export const mixGlyphs = ['■', '●', '▲', '◆', '○', '·'] as const;

export interface MixPart extends DtypeShare {
  /** Its place among the signs and patterns, from 0. */
  readonly slot: number;
  /** Percent of the bar. */
  readonly width: number;
  readonly share: string;
}

/** The bar's parts: as many as there are signs, what is beyond them together in the last. */
export function mixParts(mix: readonly DtypeShare[]): readonly MixPart[] {
  const whole = mix.reduce((sum, { bytes }) => sum + bytes, 0);
  const slots = mixGlyphs.length;
  const shown =
    mix.length <= slots ? mix : [...mix.slice(0, slots - 1), together(mix.slice(slots - 1))];
  return shown.map((part, slot) => ({
    ...part,
    slot,
    width: whole > 0 ? (part.bytes / whole) * 100 : 0,
    share: formatShare(part.bytes, whole),
  }));
}

function together(rest: readonly DtypeShare[]): DtypeShare {
  return {
    dtype: `${rest.length} others`,
    tensors: rest.reduce((sum, { tensors }) => sum + tensors, 0),
    bytes: rest.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}
