import type { Kernels } from '../kernels/kernels';
import { layoutOf, type ValueKind, valueKinds } from '../kernels/values';
import { type CodecMemory, MAX_CONTENT_BYTES, placed } from './memory';

/*
 * ggml's quantised blocks taken apart by field (the block structs of ggml-common.h): scales of all
 * blocks together, quants of all blocks together, alone or as differences from a base's.
 */

/** Bits of each lane of a byte that are subtracted by themselves: the highest bit of every lane. */
const lanes = { bytes: 0x80, nibbles: 0x88, pairs: 0xaa, bits: 0xff } as const;

interface Field {
  /** `half`: a 16-bit float; else what each byte consists of. */
  readonly what: 'half' | keyof typeof lanes;
  /** Bytes from the block's begin. */
  readonly offset: number;
  readonly bytes: number;
  /** Value of a quant that means zero: it follows the block's one scale, which is its first field. */
  readonly zero?: number;
}

const half = (offset: number): Field => ({ what: 'half', offset, bytes: 2 });
const some = (what: Field['what'], offset: number, bytes: number): Field => ({
  what,
  offset,
  bytes,
});

const fields: ReadonlyMap<ValueKind, readonly Field[]> = new Map([
  [valueKinds.Q4_0, [half(0), { ...some('nibbles', 2, 16), zero: 8 }]],
  [valueKinds.Q4_1, [half(0), half(2), some('nibbles', 4, 16)]],
  [valueKinds.Q5_0, [half(0), some('bits', 2, 4), some('nibbles', 6, 16)]],
  [valueKinds.Q5_1, [half(0), half(2), some('bits', 4, 4), some('nibbles', 8, 16)]],
  [valueKinds.Q8_0, [half(0), { ...some('bytes', 2, 32), zero: 0 }]],
  [valueKinds.Q2_K, [some('nibbles', 0, 16), some('pairs', 16, 64), half(80), half(82)]],
  [valueKinds.Q3_K, [some('bits', 0, 32), some('pairs', 32, 64), some('bytes', 96, 12), half(108)]],
  [valueKinds.Q4_K, [half(0), half(2), some('bytes', 4, 12), some('nibbles', 16, 128)]],
  [
    valueKinds.Q5_K,
    [half(0), half(2), some('bytes', 4, 12), some('bits', 16, 32), some('nibbles', 48, 128)],
  ],
  [
    valueKinds.Q6_K,
    [some('nibbles', 0, 128), some('pairs', 128, 64), some('bytes', 192, 16), half(208)],
  ],
  [valueKinds.IQ4_NL, [half(0), some('nibbles', 2, 16)]],
  [
    valueKinds.IQ4_XS,
    [half(0), some('pairs', 2, 2), some('nibbles', 4, 4), some('nibbles', 8, 128)],
  ],
  [valueKinds.MXFP4, [some('bytes', 0, 1), some('nibbles', 1, 16)]],
]);

/** How the bytes of blocks lie in an area of equal length: one plane after another. */
export interface BlockPlanes {
  readonly kind: ValueKind;
  readonly blocks: number;
  /** All planes: of a half two, low and high byte; of others one. */
  readonly planes: readonly Uint8Array[];
}

/** Undefined for other kinds than blocks, and lengths that are not whole ones. */
export function blockPlanes(kind: ValueKind, area: Uint8Array): BlockPlanes | undefined {
  const { bytes } = layoutOf(kind);
  const known = fields.get(kind);
  if (known === undefined || area.length % bytes !== 0) return undefined;
  const blocks = area.length / bytes;
  let end = 0;
  const take = (length: number): Uint8Array => {
    end += length;
    return area.subarray(end - length, end);
  };
  const planes = known.flatMap((field) =>
    field.what === 'half' ? [take(blocks), take(blocks)] : [take(blocks * field.bytes)],
  );
  return { kind, blocks, planes };
}

/** Blocks and those that they are subtracted from, in the kernels' memory. */
export interface BlockSides {
  readonly content: Uint8Array;
  /** Undefined: fields alone. */
  readonly base: Uint8Array | undefined;
  /** From the base's quants as they would be under the content's own scale. */
  readonly isRescaled: boolean;
}

/**
 * Fills the planes from the content's blocks. Halves alone have their sign rotated to the lowest bit,
 * else they are zigzag differences of ordered integers; other fields are subtracted lane by lane,
 * modulo the lane.
 */
export function splitBlocks(
  { exports }: Kernels,
  memory: CodecMemory,
  to: BlockPlanes,
  sides: BlockSides,
): void {
  const { content, base } = sides;
  const stride = layoutOf(to.kind).bytes;
  const { blocks } = to;
  const [field, other] = [memory.window.byteOffset, memory.scratch.byteOffset];
  const expected = expectedBlocks(memory, to.kind, sides);
  eachField(to, ({ what, offset, bytes }, plane) => {
    const from = content.byteOffset + offset;
    if (what === 'half') {
      exports.gatherField(from, stride, bytes, blocks, field);
      if (base === undefined) exports.splitPlanes(2, 1, field, blocks, plane.byteOffset);
      else {
        exports.gatherField(base.byteOffset + offset, stride, bytes, blocks, other);
        exports.deltaPlanes(2, 1, field, other, blocks, plane.byteOffset);
      }
      return;
    }
    exports.gatherField(from, stride, bytes, blocks, plane.byteOffset);
    if (expected === undefined) return;
    exports.gatherField(expected.byteOffset + offset, stride, bytes, blocks, other);
    const length = blocks * bytes;
    exports.subtractLanes(plane.byteOffset, other, length, lanes[what], plane.byteOffset);
  });
}

/** The inverse of `splitBlocks`: fills the content; the planes are worked in. */
export function mergeBlocks(
  { exports }: Kernels,
  memory: CodecMemory,
  from: BlockPlanes,
  sides: BlockSides,
): void {
  const { content, base } = sides;
  const stride = layoutOf(from.kind).bytes;
  const { blocks } = from;
  const [field, other] = [memory.window.byteOffset, memory.scratch.byteOffset];
  eachField(from, ({ what, offset, bytes }, plane) => {
    if (what !== 'half') return;
    if (base === undefined) exports.mergePlanes(2, 1, plane.byteOffset, blocks, field);
    else {
      exports.gatherField(base.byteOffset + offset, stride, bytes, blocks, other);
      exports.undoDelta(2, 1, plane.byteOffset, other, blocks, field);
    }
    exports.scatterField(field, bytes, blocks, content.byteOffset + offset, stride);
  });
  // The blocks' own scales are known from here on.
  const expected = expectedBlocks(memory, from.kind, sides);
  eachField(from, ({ what, offset, bytes }, plane) => {
    if (what === 'half') return;
    if (expected !== undefined) {
      exports.gatherField(expected.byteOffset + offset, stride, bytes, blocks, other);
      const length = blocks * bytes;
      exports.addLanes(plane.byteOffset, other, length, lanes[what], plane.byteOffset);
    }
    exports.scatterField(plane.byteOffset, bytes, blocks, content.byteOffset + offset, stride);
  });
}

/** Whether a kind's quants can be predicted under another scale. */
export function isRescalable(kind: ValueKind): boolean {
  return fields.get(kind)?.some(({ zero }) => zero !== undefined) ?? false;
}

function eachField(
  { kind, planes }: BlockPlanes,
  use: (field: Field, plane: Uint8Array) => void,
): void {
  let at = 0;
  for (const field of fields.get(kind) ?? []) {
    const plane = planes[at];
    at += field.what === 'half' ? 2 : 1;
    if (plane !== undefined) use(field, plane);
  }
}

/** What quants are subtracted from; undefined: from nothing. */
function expectedBlocks(
  memory: CodecMemory,
  kind: ValueKind,
  { content, base, isRescaled }: BlockSides,
): Uint8Array | undefined {
  const field = fields.get(kind)?.find(({ zero }) => zero !== undefined);
  if (base === undefined || !isRescaled || field?.zero === undefined) return base;
  const expected = placed(memory.scratch.subarray(MAX_CONTENT_BYTES), base);
  rescale(kind, field, field.zero, content, expected);
  return expected;
}

/**
 * Makes each of the quants what its value would be quantised to under the scale that `blocks` has
 * there: a scale follows its block's largest value, and with it every quant.
 */
function rescale(
  kind: ValueKind,
  { what, offset, bytes }: Field,
  zero: number,
  blocks: Uint8Array,
  quants: Uint8Array,
): void {
  const stride = layoutOf(kind).bytes;
  const halves = new Uint8Array(16);
  for (let from = 0; from < blocks.length; from += stride) {
    const [own, other] = [halfAt(blocks, from), halfAt(quants, from)];
    const ratio = own === other ? 1 : halfValue(other) / halfValue(own);
    if (ratio === 1 || !Number.isFinite(ratio)) continue;
    const start = from + offset;
    if (what === 'bytes') rescaleBytes(quants, start, bytes, ratio);
    else {
      fillHalves(halves, zero, ratio);
      for (let at = start; at < start + bytes; at++) {
        const byte = quants[at] as number;
        quants[at] = (halves[byte & 15] as number) | ((halves[byte >> 4] as number) << 4);
      }
    }
  }
}

/** Rounded half up; IEEE 754 doubles round products alike on every machine. */
function rescaleBytes(quants: Uint8Array, from: number, count: number, ratio: number): void {
  for (let at = from; at < from + count; at++) {
    const quant = Math.floor((((quants[at] as number) << 24) >> 24) * ratio + 0.5);
    quants[at] = Math.max(-127, Math.min(127, quant));
  }
}

/** What each quant of half a byte becomes. */
function fillHalves(halves: Uint8Array, zero: number, ratio: number): void {
  for (let quant = 0; quant < 16; quant++) {
    const scaled = Math.floor((quant - zero) * ratio + zero + 0.5);
    halves[quant] = Math.max(0, Math.min(15, scaled));
  }
}

function halfAt(bytes: Uint8Array, at: number): number {
  return (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8);
}

function halfValue(bits: number): number {
  const exponent = (bits >> 10) & 31;
  const mantissa = bits & 1023;
  const sign = bits >= 0x8000 ? -1 : 1;
  if (exponent === 31) return Number.NaN;
  return sign * (exponent === 0 ? mantissa * 2 ** -24 : (1024 + mantissa) * 2 ** (exponent - 25));
}
