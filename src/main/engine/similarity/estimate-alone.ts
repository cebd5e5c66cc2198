import { BLOCK_BYTES, blockCodeLength, PLANE_HEADER } from '../kernels/code-length';
import type { Signature } from '../kernels/signature';
import { layoutOf, valueKinds } from '../kernels/values';
import { floatFormat } from './number-formats';
import { bfloat } from './pair-sample';

const UNIT_HEADER = 8;
const UNIT_BYTES = 1_048_576;

/** Quantised blocks alone: what their planes were found to save is little. */
const BLOCK_SHARE = 0.96;

/** Sampled values that are all whole multiples of powers of two this near have no noise behind. */
const ROUND_BITS = 4;

/**
 * Predicted bytes of a tensor that is compressed alone, never more than it has: signs rotated to
 * the lowest place, byte planes, each coded by the frequencies of its bytes. The planes are made of
 * the samples, with noise in the bits that samples do not have, unless the values are round.
 */
export function estimateAlone(signature: Signature, byteLength: number): number {
  const { elements, kind, sample } = signature;
  const layout = layoutOf(kind);
  if (byteLength === 0 || elements === 0 || sample.length === 0) return byteLength;
  if (layout.elements > 1) {
    const isConstant = sample.every((code) => code === sample[0]);
    return Math.ceil(byteLength * (isConstant ? 1 / 64 : BLOCK_SHARE));
  }
  const width = layout.bytes;
  const planes = planesOf(signature, width);
  let bits = 0;
  for (let plane = 0; plane < width; plane++) {
    bits += planeSize(planes, plane * 256, sample.length, Math.min(elements, BLOCK_BYTES));
  }
  const blocks = Math.max(1, elements / BLOCK_BYTES);
  const units = Math.max(1, byteLength / UNIT_BYTES);
  const size = blocks * bits + units * (UNIT_HEADER + width * PLANE_HEADER);
  return Math.min(byteLength, Math.ceil(size));
}

/** A block of `total` bytes whose frequencies are known from `size` samples. */
function planeSize(planes: Float64Array, from: number, size: number, total: number): number {
  const counts = planes.slice(from, from + 256);
  const kinds = counts.reduce((sum, count) => sum + (count > 0 ? 1 : 0), 0);
  for (let value = 0; value < 256; value++) {
    counts[value] = ((counts[value] as number) * total) / size;
  }
  const bytes = blockCodeLength({ counts, from: 0, total });
  // Miller and Madow: few samples show too little entropy; with all values sampled there is none.
  const unseen = total > size ? ((kinds - 1) / (2 * Math.LN2 * size)) * (total / 8) : 0;
  return Math.min(total + 3, bytes + unseen);
}

const scratch = new DataView(new ArrayBuffer(8));

/** Frequencies of bytes, 256 per plane, lowest plane first. */
function planesOf(signature: Signature, width: number): Float64Array {
  const planes = new Float64Array(width * 256);
  const noise = isRound(signature) ? undefined : noiseFrom(signature.elements);
  for (const code of signature.sample) {
    writeBits(signature.kind, code, noise);
    for (let plane = 0; plane < width; plane++) {
      const at = plane * 256 + scratch.getUint8(plane);
      planes[at] = (planes[at] as number) + 1;
    }
  }
  return planes;
}

/** Sampled values that have no low digits at all: then there are none below the samples' either. */
const isRound = ({ sample }: Signature): boolean =>
  sample.every((code) => (code & ((1 << ROUND_BITS) - 1)) === 0);

/** Seeded bits: xorshift32. */
function noiseFrom(seed: number): () => number {
  let state = (seed ^ 0x9e3779b9) | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

/** Puts a value as its kind has it, sign rotated to the lowest bit, into the scratch bytes. */
function writeBits(kind: number, code: number, noise: (() => number) | undefined): void {
  const value = bfloat(code);
  const format = floatFormat(kind as Signature['kind']);
  if (format === undefined) {
    writeInteger(value, noise);
    return;
  }
  const sign = code >>> 15;
  const exponent = (code >>> 7) & 0xff;
  const finer = value === 0 || noise === undefined ? 0 : noise();
  if (kind === valueKinds.F32 || kind === valueKinds.BF16) {
    const word = ((code & 0x7fff) << 16) | (finer & 0xffff);
    const rotated = ((word << 1) | sign) >>> 0;
    if (kind === valueKinds.F32) scratch.setUint32(0, rotated, true);
    else scratch.setUint16(0, ((code << 1) | sign) & 0xffff, true);
    return;
  }
  writeOther(kind, { code, sign, exponent, finer }, format);
}

interface Digits {
  readonly code: number;
  readonly sign: number;
  readonly exponent: number;
  readonly finer: number;
}

function writeOther(
  kind: number,
  { code, sign, exponent, finer }: Digits,
  { mantissa, minExponent }: { readonly mantissa: number; readonly minExponent: number },
): void {
  const biased = Math.max(0, exponent - 127 - minExponent + 1);
  // Normal numbers only: what lies below them has few digits, and they are rare.
  const digits = biased === 0 ? 0 : code & 0x7f;
  if (kind === valueKinds.F64) {
    const high = exponent === 0 ? 0 : (biased << 20) | (digits << 13) | (finer & 0x1fff);
    scratch.setUint32(4, ((high << 1) | (finer >>> 31)) >>> 0, true);
    scratch.setUint32(0, ((finer << 1) | sign) >>> 0, true);
    return;
  }
  const lower = Math.max(0, mantissa - 7);
  const kept = mantissa >= 7 ? digits << lower : digits >>> (7 - mantissa);
  const word = (biased << mantissa) | kept | (finer & ((1 << lower) - 1));
  scratch.setUint16(0, (word << 1) | sign, true);
}

function writeInteger(value: number, noise: (() => number) | undefined): void {
  const magnitude = Math.abs(value);
  const step = 2 ** Math.max(0, Math.floor(Math.log2(Math.max(1, magnitude))) - 7);
  const finer = noise === undefined ? 0 : Math.floor((noise() / 2 ** 32) * step);
  const whole = Math.min(2 ** 62, magnitude) + finer;
  const signed = BigInt(Math.floor(value < 0 ? -whole : whole));
  scratch.setBigInt64(0, signed, true);
}
