import { isInteger } from '../kernels/cast';
import type { ValueKind } from '../kernels/values';
import { baseElements, elementsOf, holds } from './base';
import { byteReader, byteWriter, damaged, joined, readByte, writeByte } from './bytes';
import { type CodecMemory, codecMemory, placed } from './memory';
import { checkedElements, planesOf, roomFor, widthOf } from './planes';
import { readStreams, writeStreams } from './streams';
import { type Difference, mergeDelta, splitDelta } from './transforms';
import { type Base, type Codec, CodecError, codecIds, type Effort, type Tools } from './types';

/** How differences follow one another: as elements do, or by the exponent of their base. */
const orders = { inPlace: 0, sorted: 1 } as const;

/**
 * Numbers as their difference from a base, which is converted to the content's kind first: bits as
 * ordered integers (v ^ ((v >> n - 1) & 0x7f…), a bijection of all bit patterns), subtracted modulo
 * 2^n, zigzag, byte planes.
 *
 *   order    u8: 0 in place; 1 stably sorted by the base's exponent, which both sides know
 *   streams  one per plane, lowest first (see streams.ts)
 *
 * An update of weights is about as large at every element, so the difference in units of the last
 * place has as many bits as the base's exponent leaves it: equal exponents together are alike.
 */
export const delta: Codec = {
  id: codecIds.delta,
  name: 'delta',
  bases: 1,
  encode: ({ bytes, kind }, [base], limit, effort, tools) => {
    const width = widthOf(kind, bytes.length);
    if (kind === undefined || width === undefined || base === undefined) return undefined;
    const memory = codecMemory(tools.kernels);
    const predicted = predictedBy(tools, memory, base, kind, bytes.length);
    if (predicted === undefined) return undefined;
    const content = placed(memory.content, bytes);
    const area = memory.planes.subarray(0, bytes.length);
    const sides = { kind, width, content, base: predicted, area, workspace: memory.scratch };
    const sorted = isInteger(kind) ? undefined : coded(sides, true, limit, effort, tools);
    if (sorted !== undefined && effort !== 'max') return sorted;
    return coded(sides, false, sorted?.length ?? limit, effort, tools) ?? sorted;
  },
  decode: (data, length, kind, [base], tools) => {
    const { kind: plain, width } = checkedElements('delta', kind, length);
    const memory = codecMemory(tools.kernels);
    const area = roomFor('delta', memory.planes, length);
    const reader = byteReader('delta', data);
    const order = readByte(reader);
    if (order !== orders.inPlace && order !== orders.sorted) {
      throw damaged(reader, 'an order, 0 or 1', `${order}`);
    }
    readStreams(reader, planesOf(area, width), tools);
    const predicted = base && predictedBy(tools, memory, base, plain, length);
    if (predicted === undefined) {
      throw new CodecError('delta', 0, 'the base that it was encoded with', 'another');
    }
    const content = memory.content.subarray(0, length);
    const sorted = order === orders.sorted;
    const difference = { kind: plain, base: predicted, sorted, workspace: memory.scratch };
    mergeDelta(tools.kernels, difference, area, content);
    return content;
  },
};

interface Sides extends Omit<Difference, 'sorted'> {
  readonly width: number;
  readonly content: Uint8Array;
  /** Room for the planes. */
  readonly area: Uint8Array;
}

function coded(
  sides: Sides,
  sorted: boolean,
  limit: number,
  effort: Effort,
  tools: Tools,
): Uint8Array | undefined {
  const { width, content, area } = sides;
  splitDelta(tools.kernels, { ...sides, sorted }, content, area);
  const writer = byteWriter();
  writeByte(writer, sorted ? orders.sorted : orders.inPlace);
  const shape = sorted ? 'sorted' : 'plane';
  const isSmaller = writeStreams(writer, planesOf(area, width), limit, effort, tools, shape);
  return isSmaller ? joined(writer) : undefined;
}

/** The base as elements of the content's kind; undefined where it is none of this content. */
function predictedBy(
  { kernels }: Tools,
  memory: CodecMemory,
  base: Base,
  kind: ValueKind,
  length: number,
): Uint8Array | undefined {
  const elements = elementsOf(length, kind);
  if (elements === undefined || !holds(base, elements)) return undefined;
  return baseElements(kernels, memory, base, kind);
}
