import { layoutOf, valueKinds } from '../values';
import { blockValue } from './blocks';
import { floatBits, halfBits, QUIET_NAN } from './floats';

export { halfBits } from './floats';

/**
 * `elements` values of `kind` as the bits of 32-bit floats, one value at a time. NaNs: F32, F16 and
 * BF16 keep their bits as far as they go; the others become 0x7fc00000, F64 and the OCP 8-bit
 * floats with their sign. Throws RangeError where the bytes are too few or no whole blocks.
 */
export function referenceValues(kind: number, bytes: Uint8Array, elements: number): Uint32Array {
  const layout = layoutOf(kind);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (elements % layout.elements !== 0) throw new RangeError('expected whole blocks');
  return Uint32Array.from({ length: elements }, (_, i) => {
    const at = Math.floor(i / layout.elements) * layout.bytes;
    return layout.elements === 1
      ? plainBits(kind, view, at)
      : floatBits(blockValue(kind, view, at, i % layout.elements));
  });
}

function plainBits(kind: number, view: DataView, at: number): number {
  switch (kind) {
    case valueKinds.F64: {
      const value = view.getFloat64(at, true);
      const sign = (view.getUint32(at + 4, true) & 0x8000_0000) >>> 0;
      return Number.isNaN(value) ? (sign | QUIET_NAN) >>> 0 : floatBits(value);
    }
    case valueKinds.F32:
      return view.getUint32(at, true);
    case valueKinds.F16:
      return halfBits(view.getUint16(at, true));
    case valueKinds.BF16:
      return (view.getUint16(at, true) << 16) >>> 0;
    case valueKinds.F8_E4M3:
    case valueKinds.F8_E5M2:
    case valueKinds.F8_E4M3FNUZ:
    case valueKinds.F8_E5M2FNUZ:
    case valueKinds.F8_E8M0:
      return float8Bits(kind, view.getUint8(at));
    default:
      return floatBits(integerAt(kind, view, at));
  }
}

function integerAt(kind: number, view: DataView, at: number): number {
  switch (kind) {
    case valueKinds.I8:
      return view.getInt8(at);
    case valueKinds.U8:
      return view.getUint8(at);
    case valueKinds.I16:
      return view.getInt16(at, true);
    case valueKinds.U16:
      return view.getUint16(at, true);
    case valueKinds.I32:
      return view.getInt32(at, true);
    case valueKinds.U32:
      return view.getUint32(at, true);
    case valueKinds.I64:
      return rounded(view.getBigInt64(at, true));
    case valueKinds.U64:
      return rounded(view.getBigUint64(at, true));
    case valueKinds.BOOL:
      return view.getUint8(at) === 0 ? 0 : 1;
    default:
      throw new RangeError(`expected a kind of plain values, found ${kind}`);
  }
}

/** To 24 significant bits at once, ties to even: by way of a double it would be rounded twice. */
function rounded(value: bigint): number {
  const magnitude = value < 0n ? -value : value;
  const excess = BigInt(Math.max(0, magnitude.toString(2).length - 24));
  const kept = magnitude >> excess;
  const rest = magnitude - (kept << excess);
  const half = excess === 0n ? 1n : 1n << (excess - 1n);
  const up = rest > half || (rest === half && (kept & 1n) === 1n) ? 1n : 0n;
  const result = Number((kept + up) << excess);
  return value < 0n ? -result : result;
}

/** OCP 8-bit floats and microscaling exponents; FNUZ: arXiv 2206.02915. */
function float8Bits(kind: number, code: number): number {
  const sign = code & 0x80 ? 0x8000_0000 : 0;
  const rest = code & 0x7f;
  switch (kind) {
    case valueKinds.F8_E4M3:
      return (sign | (rest === 0x7f ? QUIET_NAN : small(rest, 3, 7))) >>> 0;
    case valueKinds.F8_E5M2:
      if (rest > 0x7c) return (sign | QUIET_NAN) >>> 0;
      return (sign | (rest === 0x7c ? 0x7f80_0000 : small(rest, 2, 15))) >>> 0;
    case valueKinds.F8_E4M3FNUZ:
      return code === 0x80 ? QUIET_NAN : (sign | small(rest, 3, 8)) >>> 0;
    case valueKinds.F8_E5M2FNUZ:
      return code === 0x80 ? QUIET_NAN : (sign | small(rest, 2, 16)) >>> 0;
    default:
      return code === 255 ? QUIET_NAN : floatBits(2 ** (code - 127));
  }
}

function small(rest: number, mantissa: number, bias: number): number {
  const scale = 2 ** mantissa;
  const exponent = Math.floor(rest / scale);
  const fraction = (rest % scale) / scale;
  return floatBits(
    exponent === 0 ? fraction * 2 ** (1 - bias) : (1 + fraction) * 2 ** (exponent - bias),
  );
}
