import { decodeBlocks } from './blocks';

/*
 * Values of every kind of ../values.ts as 32-bit floats; the numbers of the kinds are the same.
 * NaNs of F64, the 8-bit floats and of block types become the quiet NaN 0x7fc00000, with the sign
 * where the kind has one; those of F32, F16 and BF16 keep their bits, as far as they go.
 */

const F64: u32 = 1;
const F32: u32 = 2;
const F16: u32 = 3;
const BF16: u32 = 4;
const F8_FIRST: u32 = 5;
const F8_LAST: u32 = 9;
const I8: u32 = 10;
const U8: u32 = 11;
const I16: u32 = 12;
const U16: u32 = 13;
const I32: u32 = 14;
const U32: u32 = 15;
const I64: u32 = 16;
const U64: u32 = 17;
const BOOL: u32 = 18;

const QUIET_NAN: u32 = 0x7fc0_0000;

/** The 256 values of each 8-bit float, in the order of the kinds: 1 KiB each. */
const F8_TABLES: usize = memory.data(5 * 1024, 16);

for (let code: u32 = 0; code < 256; code++) {
  const sign = code & 0x80 ? <u32>0x8000_0000 : 0;
  const bits = code & 0x7f;
  const at = F8_TABLES + (<usize>code << 2);
  // OCP 8-bit floats (revision 1.0): E4M3 has no infinities and two NaNs, E5M2 is half an F16.
  store<u32>(at, sign | (bits == 0x7f ? QUIET_NAN : smallFloat(bits, 3, 7)));
  const half = bits == 0x7c ? 0x7f80_0000 : smallFloat(bits, 2, 15);
  store<u32>(at + 1024, sign | (bits > 0x7c ? QUIET_NAN : half));
  // FNUZ (Noune et al., arXiv 2206.02915): the only NaN is what would be -0.
  store<u32>(at + 2048, code == 0x80 ? QUIET_NAN : sign | smallFloat(bits, 3, 8));
  store<u32>(at + 3072, code == 0x80 ? QUIET_NAN : sign | smallFloat(bits, 2, 16));
  // OCP microscaling: powers of two, no sign, one NaN.
  store<u32>(at + 4096, code == 255 ? QUIET_NAN : code == 0 ? 0x0040_0000 : code << 23);
}

/** Bits of the float of seven bits: a mantissa of `mantissa` bits, exponents biased by `bias`. */
function smallFloat(bits: u32, mantissa: u32, bias: i32): u32 {
  const exponent = <i32>(bits >> mantissa);
  const fraction = bits & ((1 << mantissa) - 1);
  if (exponent > 0) {
    return (<u32>(exponent - bias + 127) << 23) | (fraction << (23 - mantissa));
  }
  const unit = reinterpret<f32>(<u32>(1 - bias - <i32>mantissa + 127) << 23);
  return reinterpret<u32>(<f32>fraction * unit);
}

/**
 * Decodes `elements` values of `kind` (see ../values.ts) at `from` to 32-bit floats at `to`.
 * Whole blocks for block types. Wider types are rounded to nearest, ties to even. The two stretches
 * must not overlap, and need no alignment.
 */
export function decodeValues(kind: u32, from: usize, elements: u32, to: usize): void {
  if (kind == F32) memory.copy(to, from, <usize>elements << 2);
  else if (kind == BF16) decodeBf16(from, elements, to);
  else if (kind == F16) decodeF16(from, elements, to);
  else if (kind >= F8_FIRST && kind <= F8_LAST) {
    decodeF8(F8_TABLES + (<usize>(kind - F8_FIRST) << 10), from, elements, to);
  } else if (kind == F64) decodeF64(from, elements, to);
  else if (kind == I8) decodeIntegers<i8>(from, elements, to);
  else if (kind == U8) decodeIntegers<u8>(from, elements, to);
  else if (kind == I16) decodeIntegers<i16>(from, elements, to);
  else if (kind == U16) decodeIntegers<u16>(from, elements, to);
  else if (kind == I32) decodeIntegers<i32>(from, elements, to);
  else if (kind == U32) decodeIntegers<u32>(from, elements, to);
  else if (kind == I64) decodeIntegers<i64>(from, elements, to);
  else if (kind == U64) decodeIntegers<u64>(from, elements, to);
  else if (kind == BOOL) decodeBool(from, elements, to);
  else decodeBlocks(kind, from, elements, to);
}

function decodeIntegers<T>(from: usize, elements: u32, to: usize): void {
  for (let i: usize = 0; i < <usize>elements; i++) {
    store<f32>(to + (i << 2), <f32>load<T>(from + i * sizeof<T>()));
  }
}

function decodeBool(from: usize, elements: u32, to: usize): void {
  for (let i: usize = 0; i < <usize>elements; i++) {
    store<f32>(to + (i << 2), load<u8>(from + i) ? 1 : 0);
  }
}

function decodeF8(table: usize, from: usize, elements: u32, to: usize): void {
  for (let i: usize = 0; i < <usize>elements; i++) {
    store<u32>(to + (i << 2), load<u32>(table + (<usize>load<u8>(from + i) << 2)));
  }
}

function decodeF64(from: usize, elements: u32, to: usize): void {
  for (let i: usize = 0; i < <usize>elements; i++) {
    const value = load<f64>(from + (i << 3));
    if (value == value) store<f32>(to + (i << 2), <f32>value);
    else {
      const sign = <u32>(load<u64>(from + (i << 3)) >> 32) & 0x8000_0000;
      store<u32>(to + (i << 2), sign | QUIET_NAN);
    }
  }
}

function decodeBf16(from: usize, elements: u32, to: usize): void {
  const whole = <usize>elements & ~7;
  const zero = i64x2.splat(0);
  for (let i: usize = 0; i < whole; i += 8) {
    const eight = v128.load(from + (i << 1));
    v128.store(to + (i << 2), v128.shuffle<i16>(zero, eight, 0, 8, 0, 9, 0, 10, 0, 11));
    v128.store(to + (i << 2), v128.shuffle<i16>(zero, eight, 0, 12, 0, 13, 0, 14, 0, 15), 16);
  }
  for (let i = whole; i < <usize>elements; i++) {
    store<u32>(to + (i << 2), <u32>load<u16>(from + (i << 1)) << 16);
  }
}

function decodeF16(from: usize, elements: u32, to: usize): void {
  const whole = <usize>elements & ~3;
  for (let i: usize = 0; i < whole; i += 4) {
    v128.store(to + (i << 2), fourHalves(v128.load_ext<u16>(from + (i << 1))));
  }
  for (let i = whole; i < <usize>elements; i++) {
    store<f32>(to + (i << 2), halfAt(from + (i << 1)));
  }
}

/** Halves in the low 16 bits of four lanes, as floats. Subnormal floats, being slow, never occur. */
// @ts-ignore: AssemblyScript's own decorator, which TypeScript does not know.
@inline
function fourHalves(bits: v128): v128 {
  const sign = i32x4.shl(v128.and(bits, i32x4.splat(0x8000)), 16);
  const rest = v128.and(bits, i32x4.splat(0x7fff));
  const exponent = v128.and(bits, i32x4.splat(0x7c00));
  const moved = i32x4.shl(rest, 13);
  const normal = i32x4.add(moved, i32x4.splat(112 << 23));
  const endless = v128.or(moved, i32x4.splat(0x7f80_0000));
  // 2^-24, the unit of subnormal halves.
  const subnormal = f32x4.mul(f32x4.convert_i32x4_s(rest), i32x4.splat(103 << 23));
  const finite = v128.bitselect(subnormal, normal, i32x4.eq(exponent, i32x4.splat(0)));
  const isEndless = i32x4.eq(exponent, i32x4.splat(0x7c00));
  return v128.or(sign, v128.bitselect(endless, finite, isEndless));
}

/** The IEEE binary16 at an address. */
// @ts-ignore: AssemblyScript's own decorator, which TypeScript does not know.
@inline
export function halfAt(at: usize): f32 {
  const bits = <u32>load<u16>(at);
  const sign = (bits & 0x8000) << 16;
  const rest = bits & 0x7fff;
  if (rest < 0x400) {
    // 2^-24, the unit of subnormal halves.
    return reinterpret<f32>(sign | reinterpret<u32>(<f32>rest * <f32>5.9604644775390625e-8));
  }
  const moved = rest << 13;
  return reinterpret<f32>(sign | (rest >= 0x7c00 ? moved | 0x7f80_0000 : moved + (112 << 23)));
}
