import { compress } from 'zstd-napi';
import { bitLayoutOf } from '../code-length-planes';
import type { ValueKind } from '../values';

/*
 * What tensors weigh when they are really coded as the code-length model supposes: the oracle of
 * its predictions.
 */

const UNIT_BYTES = 1_048_576;

/** Bytes of a tensor coded as its difference from `base`, elements of the same kind. */
export function storedAsDelta(kind: ValueKind, element: Uint8Array, base: Uint8Array): number {
  const { width, order, shift, mask } = bitLayoutOf(kind);
  return eachUnit(element.length, (from, to) => {
    const [x, y] = [wordsOf(element.slice(from, to), width), wordsOf(base.slice(from, to), width)];
    const bits = BigInt(width * 8);
    const ordered = (value: bigint): bigint => {
      const signed = BigInt.asIntN(width * 8, value);
      return signed < 0n ? signed ^ order : signed;
    };
    const coded = x.map((value, at) => {
      const difference = BigInt.asIntN(width * 8, ordered(value) - ordered(y[at] ?? 0n));
      return BigInt.asUintN(width * 8, (difference << 1n) ^ (difference >> (bits - 1n)));
    });
    const groups = y.map((value) => groupOf(value, width, shift, mask));
    const places = groups
      .map((_, at) => at)
      .sort((i, j) => (groups[i] ?? 0) - (groups[j] ?? 0) || i - j);
    return planesStored(
      places.map((at) => coded[at] ?? 0n),
      width,
    );
  });
}

/** Bytes of a tensor coded alone. */
export function storedAlone(kind: ValueKind, element: Uint8Array): number {
  const { width, groups } = bitLayoutOf(kind);
  const bits = BigInt(width * 8);
  return eachUnit(element.length, (from, to) => {
    const words = wordsOf(element.slice(from, to), width);
    if (groups === 1) return planesStored(words, width);
    return planesStored(
      words.map((value) => BigInt.asUintN(width * 8, (value << 1n) | (value >> (bits - 1n)))),
      width,
    );
  });
}

export function groupOf(value: bigint, width: number, shift: number, mask: number): number {
  const exponent = Number(value >> BigInt(shift)) & mask;
  return width === 8 && mask > 0 ? Math.max(0, Math.min(255, exponent - 895)) : exponent;
}

/** Little-endian unsigned words. */
export function wordsOf(bytes: Uint8Array, width: number): bigint[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Array.from({ length: bytes.length / width }, (_, at) => {
    if (width === 8) return view.getBigUint64(at * 8, true);
    if (width === 4) return BigInt(view.getUint32(at * 4, true));
    return BigInt(width === 2 ? view.getUint16(at * 2, true) : view.getUint8(at));
  });
}

function eachUnit(length: number, weigh: (from: number, to: number) => number): number {
  let bytes = 0;
  for (let from = 0; from < length; from += UNIT_BYTES) {
    const to = Math.min(length, from + UNIT_BYTES);
    bytes += Math.min(to - from, 8 + weigh(from, to));
  }
  return Math.min(length, bytes);
}

function planesStored(words: readonly bigint[], width: number): number {
  let bytes = 0;
  for (let plane = 0; plane < width; plane++) {
    const place = BigInt(plane * 8);
    const raw = Uint8Array.from(words, (word) => Number((word >> place) & 0xffn));
    const coded = compress(raw, { compressionLevel: 1 }).length;
    bytes += Math.min(coded, raw.length);
  }
  return bytes;
}
