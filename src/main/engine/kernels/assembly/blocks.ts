import { halfAt } from './values';

/*
 * ggml's block types: `dequantize_row_*` of ggml-quants.c and the block layouts of ggml-common.h
 * (github.com/ggml-org/ggml, MIT), with its order of operations, so that floats come out as ggml's
 * own. Only where a scale is not finite may its NaNs differ: here they are 0x7fc00000.
 */

const Q4_0: u32 = 32;
const Q4_1: u32 = 33;
const Q5_0: u32 = 34;
const Q5_1: u32 = 35;
const Q8_0: u32 = 36;
const Q2_K: u32 = 37;
const Q3_K: u32 = 38;
const Q4_K: u32 = 39;
const Q5_K: u32 = 40;
const Q6_K: u32 = 41;
const IQ4_NL: u32 = 42;
const IQ4_XS: u32 = 43;
const MXFP4: u32 = 44;

/** `kvalues_iq4nl` of ggml-common.h. */
const NON_LINEAR = memory.data<i8>([
  -127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113,
]);
/** `kvalues_mxfp4`: twice the values of E2M1. */
const E2M1_DOUBLED = memory.data<i8>([0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12]);

/** Unknown kinds decode nothing. */
export function decodeBlocks(kind: u32, from: usize, elements: u32, to: usize): void {
  const perBlock: u32 = kind >= Q2_K && kind <= Q6_K ? 256 : kind == IQ4_XS ? 256 : 32;
  const bytes = bytesOf(kind);
  if (bytes == 0) return;
  for (let block: u32 = 0; block < elements / perBlock; block++) {
    decodeBlock(kind, from, to);
    if (mayHaveNan(kind, from)) settleNans(to, perBlock);
    from += bytes;
    to += <usize>perBlock << 2;
  }
}

function bytesOf(kind: u32): usize {
  if (kind == Q4_0) return 18;
  if (kind == Q4_1) return 20;
  if (kind == Q5_0) return 22;
  if (kind == Q5_1) return 24;
  if (kind == Q8_0) return 34;
  if (kind == Q2_K) return 84;
  if (kind == Q3_K) return 110;
  if (kind == Q4_K) return 144;
  if (kind == Q5_K) return 176;
  if (kind == Q6_K) return 210;
  if (kind == IQ4_NL) return 18;
  if (kind == IQ4_XS) return 136;
  return kind == MXFP4 ? 17 : 0;
}

function decodeBlock(kind: u32, from: usize, to: usize): void {
  if (kind == Q4_0) q4Zero(from, to);
  else if (kind == Q4_1) q4One(from, to);
  else if (kind == Q5_0) q5Zero(from, to);
  else if (kind == Q5_1) q5One(from, to);
  else if (kind == Q8_0) q8Zero(from, to);
  else if (kind == Q2_K) q2K(from, to);
  else if (kind == Q3_K) q3K(from, to);
  else if (kind == Q4_K) q4K(from, to);
  else if (kind == Q5_K) q5K(from, to);
  else if (kind == Q6_K) q6K(from, to);
  else if (kind == IQ4_NL) tabled(halfAt(from), NON_LINEAR, from + 2, to);
  else if (kind == IQ4_XS) iq4Xs(from, to);
  else tabled(powerOfTwo(load<u8>(from)), E2M1_DOUBLED, from + 1, to);
}

/** Whether one of the block's half floats is infinite or NaN. */
function mayHaveNan(kind: u32, from: usize): bool {
  if (kind == MXFP4) return false;
  if (kind == Q2_K) return isEndless(from + 80) || isEndless(from + 82);
  if (kind == Q3_K) return isEndless(from + 108);
  if (kind == Q6_K) return isEndless(from + 208);
  if (kind == Q4_1 || kind == Q5_1 || kind == Q4_K || kind == Q5_K) {
    return isEndless(from) || isEndless(from + 2);
  }
  return isEndless(from);
}

function isEndless(at: usize): bool {
  return (load<u16>(at) & 0x7c00) == 0x7c00;
}

/** NaNs that arithmetic makes differ between processors. */
function settleNans(to: usize, elements: u32): void {
  for (let i: usize = 0; i < <usize>elements; i++) {
    const value = load<f32>(to + (i << 2));
    if (value != value) store<u32>(to + (i << 2), 0x7fc0_0000);
  }
}

function q4Zero(from: usize, to: usize): void {
  const d = halfAt(from);
  for (let j: usize = 0; j < 16; j++) {
    const q = <i32>load<u8>(from + j, 2);
    store<f32>(to + (j << 2), <f32>((q & 15) - 8) * d);
    store<f32>(to + (j << 2), <f32>((q >> 4) - 8) * d, 64);
  }
}

function q4One(from: usize, to: usize): void {
  const d = halfAt(from);
  const m = halfAt(from + 2);
  for (let j: usize = 0; j < 16; j++) {
    const q = <i32>load<u8>(from + j, 4);
    store<f32>(to + (j << 2), <f32>(q & 15) * d + m);
    store<f32>(to + (j << 2), <f32>(q >> 4) * d + m, 64);
  }
}

function q5Zero(from: usize, to: usize): void {
  const d = halfAt(from);
  const high = load<u32>(from, 2);
  for (let j: u32 = 0; j < 16; j++) {
    const q = <u32>load<u8>(from + <usize>j, 6);
    const low = (q & 15) | (((high >> j) & 1) << 4);
    const top = (q >> 4) | (((high >> (j + 16)) & 1) << 4);
    store<f32>(to + (<usize>j << 2), <f32>(<i32>low - 16) * d);
    store<f32>(to + (<usize>j << 2), <f32>(<i32>top - 16) * d, 64);
  }
}

function q5One(from: usize, to: usize): void {
  const d = halfAt(from);
  const m = halfAt(from + 2);
  const high = load<u32>(from, 4);
  for (let j: u32 = 0; j < 16; j++) {
    const q = <u32>load<u8>(from + <usize>j, 8);
    const low = (q & 15) | (((high >> j) & 1) << 4);
    const top = (q >> 4) | (((high >> (j + 16)) & 1) << 4);
    store<f32>(to + (<usize>j << 2), <f32>low * d + m);
    store<f32>(to + (<usize>j << 2), <f32>top * d + m, 64);
  }
}

function q8Zero(from: usize, to: usize): void {
  const d = halfAt(from);
  for (let j: usize = 0; j < 32; j++) {
    store<f32>(to + (j << 2), <f32>load<i8>(from + j, 2) * d);
  }
}

/** scales u8[16], quants u8[64], d, dmin. */
function q2K(from: usize, to: usize): void {
  const d = halfAt(from + 80);
  const min = halfAt(from + 82);
  for (let group: u32 = 0; group < 16; group++) {
    const scale = <u32>load<u8>(from + <usize>group);
    const dl = d * <f32>(scale & 15);
    const ml = min * <f32>(scale >> 4);
    const quants = from + 16 + <usize>((group >> 3) * 32 + (group & 1) * 16);
    const shift = ((group >> 1) & 3) << 1;
    for (let l: usize = 0; l < 16; l++) {
      const q = (<u32>load<u8>(quants + l) >> shift) & 3;
      store<f32>(to, dl * <f32>q - ml);
      to += 4;
    }
  }
}

/** high bits u8[32], quants u8[64], scales of 6 bits u8[12], d. */
function q3K(from: usize, to: usize): void {
  const d = halfAt(from + 108);
  for (let group: u32 = 0; group < 16; group++) {
    const low = <u32>load<u8>(from + <usize>(group & 7), 96) >> ((group >> 3) << 2);
    const top = <u32>load<u8>(from + <usize>(group & 3), 104) >> ((group >> 2) << 1);
    const dl = d * <f32>(<i32>((low & 15) | ((top & 3) << 4)) - 32);
    const half = <usize>((group & 1) << 4);
    const quants = from + 32 + <usize>((group >> 3) << 5) + half;
    const shift = ((group >> 1) & 3) << 1;
    for (let l: usize = 0; l < 16; l++) {
      const q = <i32>((<u32>load<u8>(quants + l) >> shift) & 3);
      const has = (<u32>load<u8>(from + half + l) >> (group >> 1)) & 1;
      store<f32>(to, dl * <f32>(has ? q : q - 4));
      to += 4;
    }
  }
}

/** The scale of six bits of a group of Q4_K and Q5_K, from u8[12] (`get_scale_min_k4`). */
function scaleOf(scales: usize, group: u32): f32 {
  const at = scales + <usize>group;
  if (group < 4) return <f32>(<u32>load<u8>(at) & 63);
  return <f32>((<u32>load<u8>(at, 4) & 15) | ((<u32>load<u8>(at - 4) >> 6) << 4));
}

function minOf(scales: usize, group: u32): f32 {
  const at = scales + <usize>group;
  if (group < 4) return <f32>(<u32>load<u8>(at, 4) & 63);
  return <f32>((<u32>load<u8>(at, 4) >> 4) | ((<u32>load<u8>(at) >> 6) << 4));
}

/** d, dmin, scales and mins u8[12], quants u8[128]. */
function q4K(from: usize, to: usize): void {
  const d = halfAt(from);
  const min = halfAt(from + 2);
  for (let group: u32 = 0; group < 8; group++) {
    const dl = d * scaleOf(from + 4, group);
    const ml = min * minOf(from + 4, group);
    const quants = from + 16 + <usize>((group >> 1) << 5);
    const shift = (group & 1) << 2;
    for (let l: usize = 0; l < 32; l++) {
      const q = (<u32>load<u8>(quants + l) >> shift) & 15;
      store<f32>(to, dl * <f32>q - ml);
      to += 4;
    }
  }
}

/** d, dmin, scales and mins u8[12], high bits u8[32], quants u8[128]. */
function q5K(from: usize, to: usize): void {
  const d = halfAt(from);
  const min = halfAt(from + 2);
  for (let group: u32 = 0; group < 8; group++) {
    const dl = d * scaleOf(from + 4, group);
    const ml = min * minOf(from + 4, group);
    const quants = from + 48 + <usize>((group >> 1) << 5);
    const shift = (group & 1) << 2;
    for (let l: usize = 0; l < 32; l++) {
      const low = (<u32>load<u8>(quants + l) >> shift) & 15;
      const high = (<u32>load<u8>(from + l, 16) >> group) & 1;
      store<f32>(to, dl * <f32>(low + (high << 4)) - ml);
      to += 4;
    }
  }
}

/** low bits u8[128], high bits u8[64], scales i8[16], d. */
function q6K(from: usize, to: usize): void {
  const d = halfAt(from + 208);
  for (let half: usize = 0; half < 2; half++) {
    for (let quarter: usize = 0; quarter < 4; quarter++) {
      const lows = from + (half << 6) + ((quarter & 1) << 5);
      const highs = from + 128 + (half << 5);
      const scales = from + 192 + (half << 3) + (quarter << 1);
      for (let l: usize = 0; l < 32; l++) {
        const low = (<u32>load<u8>(lows + l) >> (<u32>(quarter >> 1) << 2)) & 15;
        const high = (<u32>load<u8>(highs + l) >> (<u32>quarter << 1)) & 3;
        const dl = d * <f32>load<i8>(scales + (l >> 4));
        store<f32>(to, dl * <f32>(<i32>(low | (high << 4)) - 32));
        to += 4;
      }
    }
  }
}

/** 32 elements of four bits, low halves first, that name one of 16 values each. */
function tabled(d: f32, table: usize, quants: usize, to: usize): void {
  for (let j: usize = 0; j < 16; j++) {
    const q = <usize>load<u8>(quants + j);
    store<f32>(to + (j << 2), <f32>load<i8>(table + (q & 15)) * d);
    store<f32>(to + (j << 2), <f32>load<i8>(table + (q >> 4)) * d, 64);
  }
}

/** d, high bits of the scales u16, low bits of the scales u8[4], quants u8[128]. */
function iq4Xs(from: usize, to: usize): void {
  const d = halfAt(from);
  const highs = <u32>load<u16>(from, 2);
  for (let group: u32 = 0; group < 8; group++) {
    const low = (<u32>load<u8>(from + <usize>(group >> 1), 4) >> ((group & 1) << 2)) & 15;
    const scale = <i32>(low | (((highs >> (group << 1)) & 3) << 4)) - 32;
    tabled(d * <f32>scale, NON_LINEAR, from + 8 + (<usize>group << 4), to + (<usize>group << 7));
  }
}

/** 2^(code - 128), `ggml_e8m0_to_fp32_half`. */
function powerOfTwo(code: u32): f32 {
  return reinterpret<f32>(code < 2 ? 0x0020_0000 << code : (code - 1) << 23);
}
