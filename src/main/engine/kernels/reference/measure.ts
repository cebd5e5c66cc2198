import { isFloat, isInteger } from '../cast';
import { bitLayoutOf } from '../code-length-planes';
import { layoutOf, type ValueKind, valueKinds } from '../values';
import { referenceValues } from './values';

/** The sums' state of assembly/measure.ts, of pairs of values. */
export function referenceSums(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  shiftA: number,
  shiftB: number,
): number[] {
  const sums = [0, 0, 0, 0, 0, 0, 0, 0, shiftA, shiftB];
  const add = (at: number, value: number): void => {
    sums[at] = (sums[at] ?? 0) + value;
  };
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i] ?? 0, b[i] ?? 0];
    if (!Number.isFinite(x) || !Number.isFinite(y)) {
      add(7, 1);
      continue;
    }
    add(0, 1);
    add(1, x - shiftA);
    add(2, y - shiftB);
    add(3, (x - shiftA) ** 2);
    add(4, (y - shiftB) ** 2);
    add(5, (x - y) ** 2);
    sums[6] = Math.max(sums[6] ?? 0, Math.abs(x - y));
  }
  return sums;
}

/** Little-endian elements as unsigned integers. */
export function bitsOf(bytes: Uint8Array, width: number): bigint[] {
  return Array.from({ length: bytes.length / width }, (_, element) => {
    let bits = 0n;
    for (let at = width - 1; at >= 0; at--) {
      bits = (bits << 8n) | BigInt(bytes[element * width + at] ?? 0);
    }
    return bits;
  });
}

/** The group that an element's base is in. */
export function referenceGroup(kind: ValueKind, base: bigint): number {
  const { width, shift, mask } = bitLayoutOf(kind);
  const exponent = Number(base >> BigInt(shift)) & mask;
  return width === 8 && mask > 0 ? Math.max(0, Math.min(255, exponent - 895)) : exponent;
}

/** Bits of an element as its difference from the base: ordered integers, zigzag. */
export function referenceDelta(kind: ValueKind, element: bigint, base: bigint): bigint {
  const width = bitLayoutOf(kind).width * 8;
  const ordered = (bits: bigint): bigint => {
    const signed = BigInt.asIntN(width, bits);
    // Negative floats: the larger the magnitude, the smaller the number; -0 is -1.
    return isFloat(kind) && signed < 0n ? -(bits & ~(1n << BigInt(width - 1))) - 1n : signed;
  };
  const difference = BigInt.asIntN(width, ordered(element) - ordered(base));
  return difference < 0n ? -difference * 2n - 1n : difference * 2n;
}

/** Bits of an element alone: of floats, the sign at the lowest place. */
export function referenceAlone(kind: ValueKind, element: bigint): bigint {
  const width = BigInt(bitLayoutOf(kind).width * 8);
  if (!isFloat(kind)) return element;
  return ((element << 1n) & ((1n << width) - 1n)) | (element >> (width - 1n));
}

/** Byte `plane` of an element. */
export function byteOf(bits: bigint, plane: number): number {
  return Number((bits >> BigInt(plane * 8)) & 0xffn);
}

/** Elements of one kind as another's; `misfits`: those that an integer kind cannot hold. */
export function referenceConversion(
  from: ValueKind,
  to: ValueKind,
  bytes: Uint8Array,
): { readonly bytes: Uint8Array; readonly misfits: number } {
  const layout = layoutOf(from);
  const elements = (bytes.length / layout.bytes) * layout.elements;
  const width = layoutOf(to).bytes;
  const result = new Uint8Array(elements * width);
  let misfits = 0;
  const put = (at: number, bits: bigint): void => {
    for (let plane = 0; plane < width; plane++) result[at * width + plane] = byteOf(bits, plane);
  };
  const values = referenceValues(from, bytes, elements);
  for (let at = 0; at < elements; at++) {
    const raw = bytes.subarray(at * layout.bytes, (at + 1) * layout.bytes);
    const single = values[at] ?? 0;
    if (isInteger(to)) {
      const { bits, fits } = integerOf(from, to, raw, single);
      if (!fits) misfits += 1;
      put(at, bits);
    } else if (to === valueKinds.F64) {
      const exact = isInteger(from) ? Number(wholeOf(from, raw)) : numberOf(single);
      put(at, doubleBits(exact, single));
    } else {
      put(at, BigInt(roundedBits(to, single)));
    }
  }
  return { bytes: result, misfits };
}

const scratch = new DataView(new ArrayBuffer(8));

function numberOf(bits: number): number {
  scratch.setUint32(0, bits, true);
  return scratch.getFloat32(0, true);
}

function doubleBits(value: number, single: number): bigint {
  scratch.setFloat64(0, value, true);
  const bits = scratch.getBigUint64(0, true);
  if (!Number.isNaN(value)) return bits;
  // The processor keeps sign and payload, and makes the NaN quiet.
  const payload = (BigInt(single) & 0x7f_ffffn) << 29n;
  return ((BigInt(single) >> 31n) << 63n) | 0x7ff8_0000_0000_0000n | payload;
}

/** The integer that an element is. */
function wholeOf(kind: ValueKind, raw: Uint8Array): bigint {
  const bits = bitsOf(raw, raw.length)[0] ?? 0n;
  const isSigned = [valueKinds.I8, valueKinds.I16, valueKinds.I32, valueKinds.I64].some(
    (each) => each === kind,
  );
  return isSigned ? BigInt.asIntN(raw.length * 8, bits) : bits;
}

const ranges: ReadonlyMap<ValueKind, readonly [bigint, bigint]> = new Map([
  [valueKinds.I8, [-(2n ** 7n), 2n ** 7n]],
  [valueKinds.U8, [0n, 2n ** 8n]],
  [valueKinds.I16, [-(2n ** 15n), 2n ** 15n]],
  [valueKinds.U16, [0n, 2n ** 16n]],
  [valueKinds.I32, [-(2n ** 31n), 2n ** 31n]],
  [valueKinds.U32, [0n, 2n ** 32n]],
  [valueKinds.I64, [-(2n ** 63n), 2n ** 63n]],
  // Conversions go by way of I64.
  [valueKinds.U64, [0n, 2n ** 63n]],
  [valueKinds.BOOL, [0n, 2n]],
]);

function integerOf(
  from: ValueKind,
  to: ValueKind,
  raw: Uint8Array,
  single: number,
): { readonly bits: bigint; readonly fits: boolean } {
  const [low, high] = ranges.get(to) ?? [0n, 0n];
  const mask = (1n << BigInt(layoutOf(to).bytes * 8)) - 1n;
  if (isInteger(from)) {
    const whole = wholeOf(from, raw);
    return { bits: whole & mask, fits: whole >= low && whole < high && whole < 2n ** 63n };
  }
  const view = new DataView(raw.buffer, raw.byteOffset, raw.length);
  const value = from === valueKinds.F64 ? view.getFloat64(0, true) : numberOf(single);
  const isInside = value >= -(2 ** 63) && value < 2 ** 63;
  const whole = isInside ? BigInt(Math.trunc(value)) : 0n;
  return { bits: whole & mask, fits: Number(whole) === value && whole >= low && whole < high };
}

/** Mantissa bits, exponent bias, largest finite code, code of what is beyond, of NaN, sign kept. */
const formats: ReadonlyMap<ValueKind, readonly [number, number, number, number, number, boolean]> =
  new Map([
    [valueKinds.F16, [10, 15, 0x7bff, 0x7c00, 0x7e00, true]],
    [valueKinds.BF16, [7, 127, 0x7f7f, 0x7f80, 0x7fc0, true]],
    [valueKinds.F8_E4M3, [3, 7, 0x7e, 0x7f, 0x7f, true]],
    [valueKinds.F8_E5M2, [2, 15, 0x7b, 0x7c, 0x7f, true]],
    [valueKinds.F8_E4M3FNUZ, [3, 8, 0x7f, 0x80, 0x80, false]],
    [valueKinds.F8_E5M2FNUZ, [2, 16, 0x7f, 0x80, 0x80, false]],
  ]);

/** The code of a 32-bit float (by its bits) in a narrower format, by arithmetic. */
export function roundedBits(kind: ValueKind, single: number): number {
  if (kind === valueKinds.F32) return single;
  const [mantissa, bias, largest, beyond, nan, keepsZeroSign] = formats.get(kind) ?? [
    0,
    0,
    0,
    0,
    0,
    true,
  ];
  const width = layoutOf(kind).bytes * 8;
  const sign = single >= 0x8000_0000 ? 2 ** (width - 1) : 0;
  const value = Math.abs(numberOf(single));
  if (Number.isNaN(value)) {
    if (!keepsZeroSign) return nan;
    const payload = width === 16 ? (single & 0x7f_ffff) >>> (23 - mantissa) : 0;
    return (nan | payload) + sign;
  }
  const magnitude = codeOf(value, mantissa, bias);
  const code = magnitude > largest ? beyond : magnitude;
  if (!keepsZeroSign) return code === 0 ? 0 : code | sign;
  return code + sign;
}

/** Code of a magnitude, as if the format went on without end: half to even. */
function codeOf(value: number, mantissa: number, bias: number): number {
  if (value === 0) return 0;
  if (value === Infinity) return Infinity;
  const exponent = Math.max(Math.floor(Math.log2(value)), 1 - bias);
  // log2 may round up across a power of two.
  const exact = value < 2 ** exponent && exponent > 1 - bias ? exponent - 1 : exponent;
  const units = value / 2 ** (exact - mantissa);
  const below = Math.floor(units);
  const rest = units - below;
  const rounded = rest > 0.5 || (rest === 0.5 && below % 2 === 1) ? below + 1 : below;
  // Normal numbers carry an implicit leading one; a carry moves into the exponent by itself.
  return (exact + bias - 1) * 2 ** mantissa + rounded;
}
