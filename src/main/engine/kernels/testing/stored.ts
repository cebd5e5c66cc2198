import { compress } from 'zstd-napi';
import {
  bitsOf,
  byteOf,
  referenceAlone,
  referenceDelta,
  referenceGroup,
} from '../reference/measure';
import { layoutOf, type ValueKind } from '../values';

/*
 * What tensors of plain kinds weigh when they are really coded as the code-length model supposes:
 * the oracle of its predictions.
 */

const UNIT_BYTES = 1_048_576;
const UNIT_HEADER = 8;

/** Bytes of a tensor coded as its difference from `base`, elements of the same kind. */
export function storedAsDelta(kind: ValueKind, element: Uint8Array, base: Uint8Array): number {
  return eachUnit(element.length, (from, to) => {
    const { bytes: width } = layoutOf(kind);
    const bases = bitsOf(base.subarray(from, to), width);
    const coded = bitsOf(element.subarray(from, to), width).map((bits, at) => ({
      group: referenceGroup(kind, bases[at] ?? 0n),
      bits: referenceDelta(kind, bits, bases[at] ?? 0n),
    }));
    // Array.prototype.sort is stable.
    const sorted = coded.sort((x, y) => x.group - y.group);
    return planesStored(
      sorted.map(({ bits }) => bits),
      width,
    );
  });
}

/** Bytes of a tensor coded alone. */
export function storedAlone(kind: ValueKind, element: Uint8Array): number {
  return eachUnit(element.length, (from, to) => {
    const { bytes: width } = layoutOf(kind);
    const words = bitsOf(element.subarray(from, to), width);
    return planesStored(
      words.map((bits) => referenceAlone(kind, bits)),
      width,
    );
  });
}

function eachUnit(length: number, weigh: (from: number, to: number) => number): number {
  let bytes = 0;
  for (let from = 0; from < length; from += UNIT_BYTES) {
    const to = Math.min(length, from + UNIT_BYTES);
    bytes += Math.min(to - from, UNIT_HEADER + weigh(from, to));
  }
  return bytes;
}

function planesStored(words: readonly bigint[], width: number): number {
  let bytes = 0;
  for (let plane = 0; plane < width; plane++) {
    const raw = Uint8Array.from(words, (word) => byteOf(word, plane));
    bytes += Math.min(raw.length, compress(raw, { compressionLevel: 1 }).length);
  }
  return bytes;
}
