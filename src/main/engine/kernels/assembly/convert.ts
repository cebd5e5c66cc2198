/**
 * Conversions of element types, rounding to nearest, ties to even, as PyTorch and NumPy do. Kinds
 * are the numbers of ../values.ts; `../reference/measure.ts` is the slow twin.
 */
const F64: u32 = 1;
const F32: u32 = 2;
const F16: u32 = 3;
const BF16: u32 = 4;
const E4M3: u32 = 5;
const E5M2: u32 = 6;
const E4M3FNUZ: u32 = 7;
const E5M2FNUZ: u32 = 8;
const I8: u32 = 10;
const U8: u32 = 11;
const I16: u32 = 12;
const U16: u32 = 13;
const I32: u32 = 14;
const U32: u32 = 15;
const I64: u32 = 16;
const U64: u32 = 17;
const BOOL: u32 = 18;

/** Converts 32-bit floats to a float kind, F64 … E5M2FNUZ; whether there is such a conversion. */
export function encodeSingles(kind: u32, from: usize, count: u32, to: usize): bool {
  if (kind == F64) {
    for (let i: usize = 0, end = <usize>count; i < end; i++) {
      store<f64>(to + (i << 3), <f64>load<f32>(from + (i << 2)));
    }
  } else if (kind == F32) memory.copy(to, from, <usize>count << 2);
  else if (kind == F16) encodeHalves(from, count, to);
  else if (kind == BF16) encodeBrainHalves(from, count, to);
  else if (kind == E4M3) encodeQuarters(from, count, to, 3, 7, 0x7e, 0x7f, 0x7f, 0x80);
  else if (kind == E5M2) encodeQuarters(from, count, to, 2, 15, 0x7b, 0x7c, 0x7f, 0x80);
  else if (kind == E4M3FNUZ) encodeQuarters(from, count, to, 3, 8, 0x7f, 0x80, 0x80, 0);
  else if (kind == E5M2FNUZ) encodeQuarters(from, count, to, 2, 16, 0x7f, 0x80, 0x80, 0);
  else return false;
  return true;
}

/**
 * Code of four magnitudes (32-bit floats without sign) in a format of `mantissa` bits and exponent
 * bias `bias`, as if it went on upwards without end. The addition of 2^(smallest exponent + 23 -
 * mantissa) makes the processor round subnormals (F. Giesen, "float->half variants").
 */
// @ts-ignore: AssemblyScript's own decorator, which TypeScript does not know.
@inline
function codeOf(magnitude: v128, mantissa: i32, bias: i32): v128 {
  const shift = 23 - mantissa;
  const magic = i32x4.splat((128 - bias + shift) << 23);
  const small = i32x4.sub(f32x4.add(magnitude, magic), magic);
  const odd = v128.and(i32x4.shr_u(magnitude, shift), i32x4.splat(1));
  const rebias = i32x4.splat(((bias - 127) << 23) + (1 << (shift - 1)) - 1);
  const normal = i32x4.shr_u(i32x4.add(i32x4.add(magnitude, rebias), odd), shift);
  const isSmall = i32x4.lt_s(magnitude, i32x4.splat((128 - bias) << 23));
  return v128.bitselect(small, normal, isSmall);
}

// @ts-ignore: AssemblyScript's own decorator, which TypeScript does not know.
@inline
function halvesOf(four: v128): v128 {
  const magnitude = v128.and(four, i32x4.splat(0x7fff_ffff));
  let code = codeOf(magnitude, 10, 15);
  // Behind the largest finite code, 0x7bff, comes infinity's.
  code = i32x4.min_u(code, i32x4.splat(0x7c00));
  const payload = v128.and(i32x4.shr_u(four, 13), i32x4.splat(0x3ff));
  const nan = v128.or(payload, i32x4.splat(0x7e00));
  code = v128.bitselect(nan, code, i32x4.gt_s(magnitude, i32x4.splat(0x7f80_0000)));
  return v128.or(code, v128.and(i32x4.shr_u(four, 16), i32x4.splat(0x8000)));
}

function encodeHalves(from: usize, count: u32, to: usize): void {
  const whole = <usize>(count & ~3);
  for (let i: usize = 0; i < whole; i += 4) {
    const codes = halvesOf(v128.load(from + (i << 2)));
    v128.store64_lane(to + (i << 1), i16x8.narrow_i32x4_u(codes, codes), 0);
  }
  for (let i = whole; i < <usize>count; i++) {
    const code = halvesOf(i32x4.splat(load<i32>(from + (i << 2))));
    store<u16>(to + (i << 1), <u16>i32x4.extract_lane(code, 0));
  }
}

function encodeBrainHalves(from: usize, count: u32, to: usize): void {
  for (let i: usize = 0, end = <usize>count; i < end; i++) {
    const bits = load<u32>(from + (i << 2));
    const isNaN = (bits & 0x7fff_ffff) > 0x7f80_0000;
    const rounded = (bits + 0x7fff + ((bits >> 16) & 1)) >> 16;
    store<u16>(to + (i << 1), <u16>(isNaN ? (bits >> 16) | 0x40 : rounded));
  }
}

/** `sign`: 0x80, or 0 where the format's code 0x80 is not a negative zero but its one NaN. */
function encodeQuarters(
  from: usize,
  count: u32,
  to: usize,
  mantissa: i32,
  bias: i32,
  largest: i32,
  overflow: i32,
  nan: i32,
  sign: i32,
): void {
  for (let i: usize = 0, end = <usize>count; i < end; i++) {
    const bits = load<u32>(from + (i << 2));
    const magnitude = bits & 0x7fff_ffff;
    let code = i32x4.extract_lane(codeOf(i32x4.splat(magnitude), mantissa, bias), 0);
    if (magnitude > 0x7f80_0000) code = nan;
    else if (code > largest) code = overflow;
    // The formats without a negative zero keep the sign of everything else; 0x80 has it already.
    const signed = sign != 0 || code != 0 ? (bits >> 24) & 0x80 : 0;
    store<u8>(to + i, <u8>(code | signed));
  }
}

/**
 * Widens integers, booleans, or floats (F32, F64) to 64-bit integers. Returns how many values are
 * none: fractions, or out of range, which are cut off towards zero, or become 0.
 */
export function toIntegers(kind: u32, from: usize, count: u32, to: usize): u32 {
  let misfits: u32 = 0;
  for (let i: usize = 0, end = <usize>count; i < end; i++) {
    let value: i64 = 0;
    if (kind == I8) value = <i64>load<i8>(from + i);
    else if (kind == U8 || kind == BOOL) value = <i64>load<u8>(from + i);
    else if (kind == I16) value = <i64>load<i16>(from + (i << 1));
    else if (kind == U16) value = <i64>load<u16>(from + (i << 1));
    else if (kind == I32) value = <i64>load<i32>(from + (i << 2));
    else if (kind == U32) value = <i64>load<u32>(from + (i << 2));
    else if (kind == I64 || kind == U64) value = load<i64>(from + (i << 3));
    else {
      const real = kind == F64 ? load<f64>(from + (i << 3)) : <f64>load<f32>(from + (i << 2));
      // 2^63 is the first that is out of range; not a number fails both comparisons.
      if (real >= -9223372036854775808.0 && real < 9223372036854775808.0) value = <i64>real;
      if (<f64>value != real) misfits++;
    }
    if (kind == U64 && value < 0) misfits++;
    store<i64>(to + (i << 3), value);
  }
  return misfits;
}

/**
 * Narrows 64-bit integers to an integer kind, BOOL or F64. Returns how many values do not fit; their
 * highest bits are cut off. To F64 rounds, and all fit; `unsigned` 1 takes them as U64 there.
 */
export function fromIntegers(
  kind: u32,
  from: usize,
  count: u32,
  to: usize,
  unsigned: u32,
): u32 {
  let misfits: u32 = 0;
  for (let i: usize = 0, end = <usize>count; i < end; i++) {
    const value = load<i64>(from + (i << 3));
    let kept = value;
    if (kind == F64) store<f64>(to + (i << 3), unsigned ? <f64>(<u64>value) : <f64>value);
    else if (kind == I64 || kind == U64) {
      store<i64>(to + (i << 3), value);
      if (kind == U64 && value < 0) misfits++;
    } else if (kind == I32 || kind == U32) {
      store<u32>(to + (i << 2), <u32>value);
      kept = kind == I32 ? <i64>(<i32>value) : <i64>(<u32>value);
    } else if (kind == I16 || kind == U16) {
      store<u16>(to + (i << 1), <u16>value);
      kept = kind == I16 ? <i64>(<i16>value) : <i64>(<u16>value);
    } else {
      store<u8>(to + i, <u8>value);
      if (kind == BOOL) kept = value & 1;
      else kept = kind == I8 ? <i64>(<i8>value) : <i64>(<u8>value);
    }
    if (kept != value) misfits++;
  }
  return misfits;
}
