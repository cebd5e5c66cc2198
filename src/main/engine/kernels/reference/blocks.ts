import { valueKinds } from '../values';
import { halfValue } from './floats';

const { fround } = Math;

/** `kvalues_iq4nl` and `kvalues_mxfp4` of ggml-common.h. */
const nonLinear = [-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113];
const doubledE2m1 = [0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12];

/** Reads of one block by the byte's place in it. */
interface Block {
  readonly u8: (at: number) => number;
  readonly half: (at: number) => number;
}

/**
 * Element `i` of the block at `at`, as ggml's `dequantize_row_*` (ggml-quants.c) computes it in
 * 32-bit floats. Throws RangeError for kinds without blocks.
 */
export function blockValue(kind: number, view: DataView, at: number, i: number): number {
  const block: Block = {
    u8: (place) => view.getUint8(at + place),
    half: (place) => halfValue(view.getUint16(at + place, true)),
  };
  switch (kind) {
    case valueKinds.Q4_0:
      return fround((nibble(block, 2, i) - 8) * block.half(0));
    case valueKinds.Q4_1:
      return fround(fround(nibble(block, 4, i) * block.half(0)) + block.half(2));
    case valueKinds.Q5_0:
      return fround((nibble(block, 6, i) + 16 * bit(block, 2, i) - 16) * block.half(0));
    case valueKinds.Q5_1: {
      const quant = nibble(block, 8, i) + 16 * bit(block, 4, i);
      return fround(fround(quant * block.half(0)) + block.half(2));
    }
    case valueKinds.Q8_0:
      return fround(signed(block.u8(2 + i)) * block.half(0));
    case valueKinds.Q2_K:
      return q2K(block, i);
    case valueKinds.Q3_K:
      return q3K(block, i);
    case valueKinds.Q4_K:
      return q45K(block, i, fourBits(block, 16, i));
    case valueKinds.Q5_K: {
      const high = (block.u8(16 + (i % 32)) >> Math.floor(i / 32)) & 1;
      return q45K(block, i, fourBits(block, 48, i) + 16 * high);
    }
    case valueKinds.Q6_K:
      return q6K(block, i);
    case valueKinds.IQ4_NL:
      return fround(listed(nonLinear, nibble(block, 2, i)) * block.half(0));
    case valueKinds.IQ4_XS:
      return iq4Xs(block, i);
    case valueKinds.MXFP4:
      return fround(listed(doubledE2m1, nibble(block, 1, i)) * 2 ** (block.u8(0) - 128));
    default:
      throw new RangeError(`expected a kind of blocks, found ${kind}`);
  }
}

const signed = (byte: number): number => (byte > 127 ? byte - 256 : byte);
const listed = (table: readonly number[], index: number): number => table[index] ?? Number.NaN;

/** Four bits of 32 elements in 16 bytes: the first 16 elements in the low halves. */
function nibble(block: Block, at: number, i: number): number {
  const byte = block.u8(at + (i % 16));
  return i < 16 ? byte & 15 : byte >> 4;
}

/** Bit i of the bytes at `at`, lowest first. */
function bit(block: Block, at: number, i: number): number {
  return (block.u8(at + Math.floor(i / 8)) >> (i % 8)) & 1;
}

/** Two bits of element i: 32 bytes hold 128 elements, 32 to each pair of bits. */
function twoBits(block: Block, at: number, i: number): number {
  const shift = 2 * (Math.floor(i / 32) % 4);
  return (block.u8(at + 32 * Math.floor(i / 128) + (i % 32)) >> shift) & 3;
}

/** Four bits of element i: 32 bytes hold 64 elements, 32 to each half of a byte. */
function fourBits(block: Block, at: number, i: number): number {
  const shift = 4 * (Math.floor(i / 32) % 2);
  return (block.u8(at + 32 * Math.floor(i / 64) + (i % 32)) >> shift) & 15;
}

function q2K(block: Block, i: number): number {
  const scale = block.u8(Math.floor(i / 16));
  const factor = fround(block.half(80) * (scale & 15));
  const offset = fround(block.half(82) * (scale >> 4));
  return fround(fround(factor * twoBits(block, 16, i)) - offset);
}

function q3K(block: Block, i: number): number {
  const group = Math.floor(i / 16);
  const low = group < 8 ? block.u8(96 + group) & 15 : block.u8(96 + group - 8) >> 4;
  const high = (block.u8(104 + (group % 4)) >> (2 * Math.floor(group / 4))) & 3;
  const factor = fround(block.half(108) * (low + 16 * high - 32));
  const has = (block.u8(i % 32) >> Math.floor(i / 32)) & 1;
  return fround(factor * (twoBits(block, 32, i) - (has === 1 ? 0 : 4)));
}

/** Q4_K and Q5_K share their scales and mins: six bits each of eight groups, `get_scale_min_k4`. */
function q45K(block: Block, i: number, quant: number): number {
  const j = Math.floor(i / 32);
  const q = (at: number): number => block.u8(4 + at);
  const scale = j < 4 ? q(j) & 63 : (q(j + 4) & 15) + 16 * (q(j - 4) >> 6);
  const min = j < 4 ? q(j + 4) & 63 : (q(j + 4) >> 4) + 16 * (q(j) >> 6);
  const factor = fround(block.half(0) * scale);
  return fround(fround(factor * quant) - fround(block.half(2) * min));
}

function q6K(block: Block, i: number): number {
  const half = Math.floor(i / 128);
  const quarter = Math.floor(i / 32) % 4;
  const byte = block.u8(64 * half + 32 * (quarter % 2) + (i % 32));
  const low = quarter < 2 ? byte & 15 : byte >> 4;
  const high = (block.u8(128 + 32 * half + (i % 32)) >> (2 * quarter)) & 3;
  const factor = fround(block.half(208) * signed(block.u8(192 + Math.floor(i / 16))));
  return fround(factor * (low + 16 * high - 32));
}

function iq4Xs(block: Block, i: number): number {
  const group = Math.floor(i / 32);
  const low = (block.u8(4 + (group >> 1)) >> (4 * (group % 2))) & 15;
  const highs = block.u8(2) + 256 * block.u8(3);
  const scale = low + 16 * ((highs >> (2 * group)) & 3) - 32;
  const quant = listed(nonLinear, nibble(block, 8 + 16 * group, i % 32));
  return fround(fround(block.half(0) * scale) * quant);
}
