import { valueKinds } from '../kernels/values';
import { holds } from './base';
import { isSingle, singlesOf } from './beyond-values';
import { byteReader, damaged, readByte, readEnd } from './bytes';
import { type Codec, CodecError, codecIds } from './types';

/*
 * Q8_0 blocks made again from the floats that they were quantised from: ggml-quants.c,
 * quantize_row_q8_0_ref. One byte is stored: how quants were rounded.
 *
 *   0  half away from zero (roundf: the reference, gguf-py)
 *   1  half to even (ggml's SIMD paths)
 */

const BLOCK = 32;
const BLOCK_BYTES = 34;
const roundings = [halfAway, halfEven] as const;

export const requantised: Codec = {
  id: codecIds.requantised,
  name: 'requantised',
  bases: 1,
  encode: ({ bytes, kind }, [base], limit, _effort, tools) => {
    if (kind !== valueKinds.Q8_0 || base === undefined || !isSingle(base.kind)) return undefined;
    const elements = (bytes.length / BLOCK_BYTES) * BLOCK;
    if (limit <= 1 || elements === 0 || !holds(base, elements)) return undefined;
    const values = singlesOf(tools, base.kind, base.bytes);
    const rounding = roundings.findIndex((round) => isMade(bytes, values, round));
    return rounding < 0 ? undefined : Uint8Array.of(rounding);
  },
  decode: (data, length, kind, [base], tools) => {
    const reader = byteReader('requantised', data);
    const rounding = readByte(reader);
    readEnd(reader);
    const round = roundings[rounding];
    if (round === undefined) throw damaged(reader, 'a rounding, 0 or 1', `${rounding}`);
    const elements = (length / BLOCK_BYTES) * BLOCK;
    if (kind !== valueKinds.Q8_0 || !base || !isSingle(base.kind) || !holds(base, elements)) {
      throw new CodecError('requantised', 0, 'the floats that it was made from', 'others');
    }
    const values = singlesOf(tools, base.kind, base.bytes);
    const bytes = new Uint8Array(length);
    for (let block = 0; block < elements / BLOCK; block++) {
      quantise(values, block * BLOCK, round, bytes, block * BLOCK_BYTES);
    }
    return bytes;
  },
};

type Round = (value: number) => number;

/** Exact for singles: the sums are doubles. */
function halfAway(value: number): number {
  return value < 0 ? -Math.floor(0.5 - value) : Math.floor(value + 0.5);
}

/** 1.5 * 2^52: a double beside it has no places behind the point, and rounds to even. */
const NO_FRACTION = 6_755_399_441_055_744;

/** For magnitudes below 2^51. */
function halfEven(value: number): number {
  return value + NO_FRACTION - NO_FRACTION;
}

/** Whether all blocks are what quantising makes; given up at the first that is not. */
function isMade(bytes: Uint8Array, values: Float32Array, round: Round): boolean {
  const made = new Uint8Array(BLOCK_BYTES);
  for (let block = 0; block < values.length / BLOCK; block++) {
    quantise(values, block * BLOCK, round, made, 0);
    const at = block * BLOCK_BYTES;
    if (Buffer.compare(made, bytes.subarray(at, at + BLOCK_BYTES)) !== 0) return false;
  }
  return true;
}

/** One block, in singles as the reference computes it. */
function quantise(
  values: Float32Array,
  from: number,
  round: Round,
  to: Uint8Array,
  at: number,
): void {
  let most = 0;
  for (let n = 0; n < BLOCK; n++) {
    const size = Math.abs(values[from + n] ?? 0);
    if (size > most) most = size;
  }
  const step = Math.fround(most / 127);
  const inverse = step === 0 ? 0 : Math.fround(1 / step);
  const half = halfBits(step);
  to[at] = half;
  to[at + 1] = half >> 8;
  for (let n = 0; n < BLOCK; n++) {
    const quant = round(Math.fround((values[from + n] ?? 0) * inverse));
    to[at + 2 + n] = quant;
  }
}

/** A non-negative single as the bits of the nearest half, ties to even. */
function halfBits(value: number): number {
  if (Number.isNaN(value)) return 0x7e00;
  if (value >= 65_520) return 0x7c00;
  if (value < 2 ** -14) return halfEven(value * 2 ** 24);
  const exponent = Math.floor(Math.log2(value));
  const power =
    value < 2 ** exponent ? exponent - 1 : value >= 2 ** (exponent + 1) ? exponent + 1 : exponent;
  return (power + 15) * 1024 + halfEven((value / 2 ** power - 1) * 1024);
}
