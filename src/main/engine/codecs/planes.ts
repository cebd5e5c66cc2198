import { isBlock } from '../kernels/cast';
import { layoutOf, type ValueKind } from '../kernels/values';
import { blockPlanes, mergeBlocks, splitBlocks } from './blocks';
import { byteReader, byteWriter, joined } from './bytes';
import { type CodecMemory, codecMemory, placed } from './memory';
import { readStreams, writeStreams } from './streams';
import { mergePlanes, splitPlanes } from './transforms';
import { type Codec, CodecError, type CodecName, codecIds } from './types';

const alone = { base: undefined, isRescaled: false } as const;

/**
 * Numbers alone: the sign of floats rotated to the lowest bit, so that the highest byte is the
 * exponent alone; then byte planes, plane p being byte p of every element. Quantised blocks: a plane
 * per field, two of a scale (see blocks.ts).
 *
 *   streams  one per plane, lowest first (see streams.ts)
 *
 * Values of few bits in a wide type (BF16 kept as F32) cost nothing for it: their empty planes are
 * constant streams of two bytes, and the sign's plane one bit an element.
 */
export const planes: Codec = {
  id: codecIds.planes,
  name: 'planes',
  bases: 0,
  encode: ({ bytes, kind }, _bases, limit, effort, tools) => {
    if (kind === undefined) return undefined;
    const memory = codecMemory(tools.kernels);
    const area = memory.planes.subarray(0, bytes.length);
    const width = widthOf(kind, bytes.length);
    const blocks = blockPlanes(kind, area);
    if (blocks === undefined && width === undefined) return undefined;
    const content = placed(memory.content, bytes);
    if (blocks === undefined) splitPlanes(tools.kernels, kind, content, area);
    else splitBlocks(tools.kernels, memory, blocks, { content, ...alone });
    const writer = byteWriter();
    const all = blocks?.planes ?? planesOf(area, width ?? 1);
    return writeStreams(writer, all, limit, effort, tools) ? joined(writer) : undefined;
  },
  decode: (data, length, kind, _bases, tools) => {
    const memory = codecMemory(tools.kernels);
    const area = roomFor('planes', memory.planes, length);
    const content = memory.content.subarray(0, length);
    const reader = byteReader('planes', data);
    const blocks = kind === undefined ? undefined : blockPlanes(kind, area);
    if (blocks !== undefined) {
      readStreams(reader, blocks.planes, tools);
      mergeBlocks(tools.kernels, memory, blocks, { content, ...alone });
      return content;
    }
    const { kind: plain, width } = checkedElements('planes', kind, length);
    readStreams(reader, planesOf(area, width), tools);
    mergePlanes(tools.kernels, plain, area, content);
    return content;
  },
};

/** Bytes of an element that planes are made of; undefined for blocks, bytes, and odd lengths. */
export function widthOf(kind: ValueKind | undefined, length: number): number | undefined {
  if (kind === undefined || isBlock(kind)) return undefined;
  const { bytes } = layoutOf(kind);
  return length % bytes === 0 ? bytes : undefined;
}

/** The same of content to be decoded: throws CodecError where it has no whole elements. */
export function checkedElements(
  codec: CodecName,
  kind: ValueKind | undefined,
  length: number,
): { readonly kind: ValueKind; readonly width: number } {
  const width = widthOf(kind, length);
  if (kind !== undefined && width !== undefined) return { kind, width };
  throw new CodecError(codec, 0, 'whole elements of a plain kind', `${length} bytes`);
}

/** Every plane of an area that they fill. */
export function planesOf(area: Uint8Array, width: number): Uint8Array[] {
  const count = area.length / width;
  return Array.from({ length: width }, (_, at) => area.subarray(at * count, (at + 1) * count));
}

/** Room for content to be decoded. Throws CodecError where it is longer than any fragment. */
export function roomFor(codec: CodecName, area: CodecMemory['planes'], length: number): Uint8Array {
  if (length <= area.length) return area.subarray(0, length);
  throw new CodecError(codec, 0, `at most ${area.length} bytes`, `${length}`);
}
