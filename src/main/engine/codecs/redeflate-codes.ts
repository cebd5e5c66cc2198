/*
 * The fixed tables of RFC 1951 as zlib lays them out (trees.c, tr_static_init), and the order in
 * which zlib assigns codes.
 */

export const LITERALS = 256;
export const LENGTH_CODES = 286;
export const DISTANCE_CODES = 30;
export const LEVEL_CODES = 19;
export const END_OF_BLOCK = 256;
/** 2 * LENGTH_CODES + 1: leaves and inner nodes of the largest tree. */
export const MAX_NODES = 573;

export const lengthExtra = Uint8Array.of(
  ...[0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0],
);
export const distanceExtra = Uint8Array.from({ length: DISTANCE_CODES }, (_, code) =>
  Math.max(0, (code >> 1) - 1),
);
export const levelExtra = Uint8Array.of(
  ...[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 3, 7],
);
/** The order in which a dynamic block gives the lengths of its level codes. */
export const levelOrder = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/** By match length minus 3: its code, and by code: the first length minus 3. */
export const lengthCode = new Uint8Array(256);
export const lengthBase = new Uint8Array(29);
/** By code: the first distance minus 1. */
export const distanceBase = new Uint16Array(DISTANCE_CODES);
/** By distance minus 1 below 256, and behind it by distance minus 1 in steps of 128. */
const distanceCodes = new Uint8Array(512);

let next = 0;
for (let code = 0; code < 28; code++) {
  lengthBase[code] = next;
  for (let n = 0; n < 1 << (lengthExtra[code] ?? 0); n++) lengthCode[next++] = code;
}
lengthCode[255] = 28;
next = 0;
for (let code = 0; code < DISTANCE_CODES; code++) {
  distanceBase[code] = next;
  const end = next + (1 << (distanceExtra[code] ?? 0));
  for (; next < end; next += next < 256 ? 1 : 128) {
    distanceCodes[next < 256 ? next : 256 + (next >> 7)] = code;
  }
}

/** Code of a distance, given as distance minus 1. */
export function distanceCodeOf(distance: number): number {
  return distanceCodes[distance < 256 ? distance : 256 + (distance >> 7)] ?? 0;
}

/** Canonical codes of the given lengths, bits reversed, into `codes`; zlib's gen_codes. */
export function assignCodes(lengths: Uint16Array, count: number, codes: Uint16Array): void {
  const counts = new Uint16Array(16);
  for (let n = 0; n < count; n++) {
    const length = lengths[n] ?? 0;
    if (length > 0) counts[length] = (counts[length] ?? 0) + 1;
  }
  const following = new Uint16Array(16);
  for (let bits = 1; bits < 16; bits++) {
    following[bits] = ((following[bits - 1] ?? 0) + (counts[bits - 1] ?? 0)) << 1;
  }
  for (let n = 0; n < count; n++) {
    const length = lengths[n] ?? 0;
    if (length === 0) continue;
    const code = following[length] ?? 0;
    following[length] = code + 1;
    codes[n] = reversed(code, length);
  }
}

function reversed(code: number, length: number): number {
  let result = 0;
  for (let bit = 0; bit < length; bit++) result |= ((code >> bit) & 1) << (length - 1 - bit);
  return result;
}

/** The tree of static blocks. */
export const staticLengths = Uint16Array.from({ length: 288 }, (_, n) =>
  n < 144 ? 8 : n < 256 ? 9 : n < 280 ? 7 : 8,
);
export const staticCodes = new Uint16Array(288);
assignCodes(staticLengths, 288, staticCodes);
export const staticDistanceLengths = new Uint16Array(DISTANCE_CODES).fill(5);
export const staticDistanceCodes = new Uint16Array(DISTANCE_CODES);
assignCodes(staticDistanceLengths, DISTANCE_CODES, staticDistanceCodes);
