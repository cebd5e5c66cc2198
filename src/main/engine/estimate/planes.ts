import { isFloat } from '../kernels/cast';
import { halfBits } from '../kernels/reference/values';
import { layoutOf, type ValueKind, valueKinds } from '../kernels/values';

/**
 * How sampled elements look to the codecs: as byte planes when stored alone, as lengths of
 * differences when stored against a base (DESIGN, codecs `planes` and `delta`).
 */

/** Bytes of one element; 1 for kinds of blocks, whose bytes are taken one by one. */
export function widthOf(kind: ValueKind): number {
  const { elements, bytes } = layoutOf(kind);
  return elements === 1 ? bytes : 1;
}

/** The elements' bytes, place by place, of floats with the sign moved to the lowest bit. */
export function alonePlanes(kind: ValueKind, bytes: Uint8Array): Uint8Array[] {
  const width = widthOf(kind);
  const count = Math.floor(bytes.length / width);
  const planes = Array.from({ length: width }, () => new Uint8Array(count));
  const rotates = isFloat(kind);
  for (let i = 0; i < count; i++) {
    let carry = (bytes[i * width + width - 1] as number) >> 7;
    for (let place = 0; place < width; place++) {
      const byte = bytes[i * width + place] as number;
      const plane = planes[place] as Uint8Array;
      plane[i] = rotates ? (byte << 1) | carry : byte;
      carry = byte >> 7;
    }
  }
  return planes;
}

export interface Differences {
  /** Bits of each zigzag difference: 0 for equal elements, up to 64. */
  readonly lengths: Uint8Array;
  /** By what the codec sorts: the base's exponent; 0 of kinds without one. */
  readonly groups: Uint16Array;
}

/** Of elements of one kind from those of a base, both `bytes` long. */
export function differencesOf(kind: ValueKind, bytes: Uint8Array, base: Uint8Array): Differences {
  const width = widthOf(kind);
  const count = Math.floor(Math.min(bytes.length, base.length) / width);
  const lengths = new Uint8Array(count);
  const groups = new Uint16Array(count);
  const order = isFloat(kind);
  const shift = mantissaBits[kind];
  for (let i = 0; i < count; i++) {
    if (width === 8) {
      lengths[i] = longLength(wordAt8(bytes, i), wordAt8(base, i), order);
      groups[i] = shift === undefined ? 0 : Number((wordAt8(base, i) >> 52n) & 0x7ffn);
      continue;
    }
    const x = wordAt(bytes, i, width);
    const y = wordAt(base, i, width);
    const spare = 32 - 8 * width;
    const difference = ((ordered(x, order, spare) - ordered(y, order, spare)) << spare) >> spare;
    const zigzag = ((difference << 1) ^ (difference >> 31)) & (-1 >>> spare);
    lengths[i] = 32 - Math.clz32(zigzag);
    if (shift !== undefined) groups[i] = (y & ((-1 >>> spare) >>> 1)) >>> shift;
  }
  return { lengths, groups };
}

/** Bits below the exponent, of floats that have one. */
const mantissaBits: Readonly<Partial<Record<ValueKind, number>>> = {
  [valueKinds.F64]: 52,
  [valueKinds.F32]: 23,
  [valueKinds.F16]: 10,
  [valueKinds.BF16]: 7,
  [valueKinds.F8_E4M3]: 3,
  [valueKinds.F8_E4M3FNUZ]: 3,
  [valueKinds.F8_E5M2]: 2,
  [valueKinds.F8_E5M2FNUZ]: 2,
};

/** Floats' bits as numbers in the order of their values: v ^ ((v >> n - 1) & 0x7f…). */
function ordered(word: number, isFloating: boolean, spare: number): number {
  const signed = (word << spare) >> spare;
  return isFloating ? signed ^ ((signed >> 31) & (0x7fffffff >>> spare)) : signed;
}

function wordAt(bytes: Uint8Array, index: number, width: number): number {
  let word = 0;
  for (let place = width - 1; place >= 0; place--) {
    word = (word << 8) | (bytes[index * width + place] as number);
  }
  return word;
}

function wordAt8(bytes: Uint8Array, index: number): bigint {
  const low = BigInt(wordAt(bytes, 2 * index, 4) >>> 0);
  return BigInt.asIntN(64, (BigInt(wordAt(bytes, 2 * index + 1, 4) >>> 0) << 32n) | low);
}

function longLength(x: bigint, y: bigint, isFloating: boolean): number {
  const place = (v: bigint): bigint => (isFloating ? v ^ ((v >> 63n) & 0x7fff_ffff_ffff_ffffn) : v);
  const difference = BigInt.asIntN(64, place(x) - place(y));
  const zigzag = BigInt.asUintN(64, (difference << 1n) ^ (difference >> 63n));
  return zigzag === 0n ? 0 : zigzag.toString(2).length;
}

/** Kinds between which samples are converted here: the usual widths of weights. */
const convertible: ReadonlySet<ValueKind> = new Set([
  valueKinds.F32,
  valueKinds.F16,
  valueKinds.BF16,
]);

/** The elements as another kind, to nearest, ties to even; undefined where this is not done here. */
export function converted(
  from: ValueKind,
  bytes: Uint8Array,
  to: ValueKind,
): Uint8Array | undefined {
  if (from === to) return bytes;
  if (!convertible.has(from) || !convertible.has(to)) return undefined;
  const width = widthOf(from);
  const count = Math.floor(bytes.length / width);
  const out = new Uint8Array(count * widthOf(to));
  const view = new DataView(out.buffer);
  for (let i = 0; i < count; i++) {
    const word = wordAt(bytes, i, width);
    const single = singleBits(from, word);
    if (to === valueKinds.F32) view.setUint32(4 * i, single, true);
    else
      view.setUint16(2 * i, to === valueKinds.BF16 ? brainBits(single) : narrowBits(single), true);
  }
  return out;
}

function singleBits(kind: ValueKind, word: number): number {
  if (kind === valueKinds.F32) return word >>> 0;
  return kind === valueKinds.BF16 ? (word << 16) >>> 0 : halfBits(word);
}

const isNan = (single: number): boolean => (single & 0x7fffffff) > 0x7f800000;

function brainBits(single: number): number {
  if (isNan(single)) return (single >>> 16) | 0x40;
  return (single + 0x7fff + ((single >>> 16) & 1)) >>> 16;
}

const one = new Float32Array(1);
const oneBits = new Uint32Array(one.buffer);

/** IEEE binary16 of a binary32; beyond 65504 it becomes infinity. */
function narrowBits(single: number): number {
  const sign = (single >>> 16) & 0x8000;
  const magnitude = single & 0x7fffffff;
  if (isNan(single)) return sign | 0x7e00 | ((magnitude >>> 13) & 0x3ff);
  if (magnitude >= 0x477ff000) return sign | 0x7c00;
  if (magnitude >= 0x38800000) {
    return sign | ((magnitude - 0x38000000 + 0xfff + ((magnitude >>> 13) & 1)) >>> 13);
  }
  // Below 2^-14: adding 0.5 lets the float adder round to a multiple of 2^-24.
  oneBits[0] = magnitude;
  one[0] = (one[0] as number) + 0.5;
  return sign | ((oneBits[0] as number) - 0x3f000000);
}
