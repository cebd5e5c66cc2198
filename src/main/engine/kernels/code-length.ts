/**
 * What bytes weigh once zstd has coded them at level 1, from their histogram alone. Planes of weights
 * have no repeats worth finding: nearly all is zstd's Huffman coding of literals (RFC 8878, 3.1.1.3.1),
 * whose rules for leaving literals as they are, and blocks of at most 128 KiB, are zstd 1.5.7's own
 * (huf_compress.c, zstd_compress_literals.c).
 */

/** zstd codes blocks of at most this length, each by a table of its own. */
export const BLOCK_BYTES = 131_072;
const BLOCK_HEADER = 3;
/** Frame header of a plane. */
export const PLANE_HEADER = 6;
/** Fewer literals than this are never coded. */
const FEWEST_LITERALS = 64;
/** Literal and sequence headers, and the Huffman table: for each symbol, and at all. */
const TABLE_BYTES = 16;
const TABLE_BYTES_PER_SYMBOL = 0.45;

/**
 * Bits per byte that zstd takes beyond the entropy, by the entropy: below some four bits it takes
 * chance repeats for matches, and below one a Huffman code has no short enough words. Measured on
 * seeded random bytes of geometric and normal distributions, 4 KiB to 128 KiB.
 */
const excess: readonly (readonly [entropy: number, bits: number])[] = [
  [0, 0],
  [0.1, 0.11],
  [0.3, 0.38],
  [0.5, 0.57],
  [0.9, 0.74],
  [1.3, 0.75],
  [2, 0.64],
  [3, 0.3],
  [3.5, 0.12],
  [4, 0.07],
  [5, 0.05],
  [8, 0.05],
];

/** Counts of byte values in a block, or shares of counts. */
export interface BlockCounts {
  /** 256 of them, from `from` on. */
  readonly counts: Float64Array;
  readonly from: number;
  readonly total: number;
}

/** Predicted bytes of one block of bytes that are alike from its beginning to its end. */
export function blockCodeLength(block: BlockCounts): number {
  const entropy = entropyOf(block);
  return blockCodeLengthOf(block, entropy, entropy + excessOf(entropy));
}

/** The same where one block is of several stretches; `bits` per byte is what its literals and matches take. */
export function blockCodeLengthOf(block: BlockCounts, entropy: number, bits: number): number {
  const { counts, from, total } = block;
  let largest = 0;
  let symbols = 0;
  for (let value = from; value < from + 256; value++) {
    const count = counts[value] ?? 0;
    if (count > 0) symbols += 1;
    if (count > largest) largest = count;
  }
  if (symbols <= 1) return BLOCK_HEADER + 1;
  const raw = BLOCK_HEADER + total;
  if (total < FEWEST_LITERALS || largest <= total / 128 + 4) return raw;
  const table = TABLE_BYTES + TABLE_BYTES_PER_SYMBOL * symbols;
  // zstd keeps literals that would save less than 1 part in 64.
  if ((entropy * total) / 8 + table + total / 64 + 2 >= total) return raw;
  return Math.min(raw, BLOCK_HEADER + table + (bits * total) / 8);
}

/** Bits per byte of an order-0 code that knows the counts. */
export function entropyOf({ counts, from, total }: BlockCounts): number {
  let sum = 0;
  for (let value = from; value < from + 256; value++) {
    const count = counts[value] as number;
    if (count > 0) sum += count * Math.log2(count);
  }
  return total > 0 ? Math.max(0, Math.log2(total) - sum / total) : 0;
}

/** Counts below this have their c·log2(c) in a table. */
const TABLED = 8192;
const tabled = Float64Array.from({ length: TABLED }, (_, count) =>
  count === 0 ? 0 : count * Math.log2(count),
);

/** As `entropyOf`, and faster, for whole counts. */
export function entropyOfWhole({ counts, from, total }: BlockCounts): number {
  let sum = 0;
  for (let value = from; value < from + 256; value++) {
    const count = counts[value] as number;
    sum += count < TABLED ? (tabled[count] as number) : count * Math.log2(count);
  }
  return total > 0 ? Math.max(0, Math.log2(total) - sum / total) : 0;
}

/** Bits per byte beyond the entropy; between two entries linear. */
export function excessOf(entropy: number): number {
  const above = excess.findIndex(([each]) => each >= entropy);
  const [toEntropy, toBits] = excess[above < 0 ? excess.length - 1 : above] ?? [8, 0];
  const [fromEntropy, fromBits] = excess[above - 1] ?? [toEntropy, toBits];
  if (toEntropy === fromEntropy) return toBits;
  const part = (entropy - fromEntropy) / (toEntropy - fromEntropy);
  return fromBits + part * (toBits - fromBits);
}
