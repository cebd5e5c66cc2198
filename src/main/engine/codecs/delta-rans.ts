import type { ValueKind } from '../kernels/values';
import { baseElements, elementsOf, holds } from './base';
import { codecMemory, placed } from './memory';
import { decodeRans, encodeWay } from './rans';
import { ransMemory } from './rans-memory';
import { floatLayoutOf } from './rans-model';
import { bestWay } from './rans-weigh';
import { type Base, type Codec, CodecError, codecIds, type Tools } from './types';

/**
 * Floats of 16 and 32 bits as their difference from a base, in tokens that rANS codes in the context
 * of the base's exponent, or of how large the differences in the same row and column are: see rans.ts.
 * An update is about as large whatever it is added to, so the base's exponent, which both sides know,
 * says how many bits the difference has.
 */
export const deltaRans: Codec = {
  id: codecIds.deltaRans,
  name: 'deltaRans',
  bases: 1,
  encode: ({ bytes, kind }, [base], limit, _effort, tools) => {
    const layout = floatLayoutOf(kind);
    if (layout === undefined || kind === undefined || base === undefined) return undefined;
    const count = bytes.length / layout.width;
    if (count < 8 || !placeBase(tools, base, kind, bytes.length)) return undefined;
    const { kernels } = tools;
    const memory = ransMemory(kernels);
    placed(memory.elements, bytes);
    kernels.exports.differenceTokens(
      layout.width,
      memory.elements.byteOffset,
      memory.base.byteOffset,
      count,
      memory.tokens.byteOffset,
    );
    const subject = { kernels, memory, layout, count };
    const way = bestWay(subject, { kind: 'difference', signs: 1, above: 0 });
    return encodeWay(subject, way, Math.min(limit, bytes.length), tools);
  },
  decode: (data, length, kind, [base], tools) => {
    if (base === undefined || kind === undefined || !placeBase(tools, base, kind, length)) {
      throw new CodecError('deltaRans', 0, 'the base that it was encoded with', 'another');
    }
    return decodeRans('deltaRans', data, length, kind, true, tools);
  },
};

/** Puts the base's elements into the memory; false where it is none of such content. */
function placeBase({ kernels }: Tools, base: Base, kind: ValueKind, length: number): boolean {
  const elements = elementsOf(length, kind);
  if (elements === undefined || !holds(base, elements)) return false;
  return baseElements(kernels, codecMemory(kernels), base, kind) !== undefined;
}
