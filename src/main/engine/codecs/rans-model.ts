import { sortLayoutOf } from '../kernels/codec-exports';
import { type ValueKind, valueKinds } from '../kernels/values';
import { TOKENS } from './rans-tables';

/** How elements lie: bytes, bits of the mantissa, the exponent's mask. */
export interface FloatLayout {
  readonly width: 2 | 4;
  readonly shift: number;
  readonly mask: number;
}

/** What tokens stand for. */
export type Model =
  /** An element's magnitude: exponent and the mantissa's bits above `drop`; see assembly/rans-model.ts. */
  | { readonly kind: 'alone'; readonly drop: number; readonly origin: number }
  /** The difference from the base, or from the element `above` elements before. */
  | { readonly kind: 'difference'; readonly signs: 0 | 1; readonly above: number };

/** Value and number of bits of each token; see assembly/rans.ts. */
export interface TokenValues {
  readonly bases: Uint32Array;
  readonly widths: Uint8Array;
  /** Tokens from this one on stand for nothing that an element can be. */
  readonly end: number;
}

/** Undefined for kinds that are not coded so. */
export function floatLayoutOf(kind: ValueKind | undefined): FloatLayout | undefined {
  if (kind !== valueKinds.F32 && kind !== valueKinds.F16 && kind !== valueKinds.BF16) {
    return undefined;
  }
  const layout = sortLayoutOf(kind);
  if (layout === undefined || (layout.width !== 2 && layout.width !== 4)) return undefined;
  return { width: layout.width, shift: layout.shift, mask: layout.mask };
}

/** Tokens whose frequencies are alike, next to one another. */
export function stepOf(model: Model): number {
  return model.kind === 'difference' && model.signs === 1 ? 2 : 1;
}

export function tokenValues(model: Model, layout: FloatLayout): TokenValues {
  const bases = new Uint32Array(TOKENS);
  const widths = new Uint8Array(TOKENS);
  if (model.kind === 'alone') return magnitudes(model, layout, bases, widths);
  const { signs } = model;
  const perLength = 4 << signs;
  for (let token = 0; token < TOKENS; token++) {
    if (token < 16) {
      bases[token] = token;
      continue;
    }
    const length = 5 + Math.floor((token - 16) / perLength);
    const within = (token - 16) % perLength;
    bases[token] = (4 + (within >> signs)) * 2 ** (length - 3) + (signs === 1 ? within & 1 : 0);
    widths[token] = length - 3 - signs;
  }
  return { bases, widths, end: 16 + perLength * (8 * layout.width - 4) };
}

function magnitudes(
  { drop, origin }: Extract<Model, { kind: 'alone' }>,
  { width, shift, mask }: FloatLayout,
  bases: Uint32Array,
  widths: Uint8Array,
): TokenValues {
  const tops = (mask + 1) * 2 ** (shift - drop);
  widths[0] = 8 * width;
  widths[1] = 1;
  let end = 2;
  for (let token = 2; token < TOKENS; token++) {
    const top = origin + token - 1;
    if (top >= tops) break;
    bases[token] = Math.max(0, top) * 2 ** (drop + 1);
    widths[token] = drop + 1;
    end = token + 1;
  }
  return { bases, widths, end };
}

/** Bits that stand behind tokens; `counts` of each token. */
export function bitsBehind(counts: ArrayLike<number>, { widths }: TokenValues): number {
  return widths.reduce((sum, width, token) => sum + width * (counts[token] ?? 0), 0);
}
