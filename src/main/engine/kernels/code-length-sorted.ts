import {
  BLOCK_BYTES,
  blockCodeLengthOf,
  entropyOf,
  entropyOfWhole,
  excessOf,
  PLANE_HEADER,
} from './code-length';

/**
 * From this entropy on (bits per byte) a block costs what its one Huffman table makes of all its
 * groups together. Below, zstd's matches follow the groups, the more the lower it is; measured on
 * deltas of seeded normal weights (updates of 1e-4 to 1e-1, F32 and BF16, 4,096 and 65,536 elements).
 */
const TABLE_ENTROPY = 4.5;

/** The open block's planes. */
interface OpenBlock {
  readonly counts: Float64Array;
  /** What each plane's groups would take, each by itself, in bits. */
  readonly groupBits: Float64Array;
  elements: number;
}

/**
 * Predicted bytes of the planes of elements that are sorted by group. The histograms of group g,
 * one per plane, begin at `histograms[g * width * 256]`; `sizes[g]` elements are in it. Groups follow
 * one another through blocks of 128 KiB, and one that spans blocks counts in each by its share.
 */
export function sortedCodeLength(
  histograms: Uint32Array,
  sizes: Uint32Array,
  width: number,
): number {
  const block: OpenBlock = {
    counts: new Float64Array(width * 256),
    groupBits: new Float64Array(width),
    elements: 0,
  };
  /** Of one group. */
  const counts = new Float64Array(width * 256);
  let bytes = width * PLANE_HEADER;
  sizes.forEach((size, group) => {
    if (size === 0) return;
    const from = group * width * 256;
    counts.set(histograms.subarray(from, from + counts.length));
    const bits = Array.from({ length: width }, (_, plane) => {
      const entropy = entropyOfWhole({ counts, from: plane * 256, total: size });
      return entropy + excessOf(entropy);
    });
    for (let left = size; left > 0; ) {
      const part = Math.min(left, BLOCK_BYTES - block.elements);
      addPart(block.counts, counts, part / size);
      bits.forEach((each, plane) => {
        block.groupBits[plane] = (block.groupBits[plane] ?? 0) + each * part;
      });
      block.elements += part;
      left -= part;
      if (block.elements === BLOCK_BYTES) bytes += close(block, width);
    }
  });
  return bytes + close(block, width);
}

function addPart(to: Float64Array, counts: Float64Array, share: number): void {
  for (let at = 0; at < to.length; at++) {
    to[at] = (to[at] as number) + (counts[at] as number) * share;
  }
}

/** Bytes of the open block's planes; leaves it empty. */
function close(block: OpenBlock, width: number): number {
  const { counts, groupBits, elements: total } = block;
  let bytes = 0;
  for (let plane = 0; plane < width && total > 0; plane++) {
    const open = { counts, from: plane * 256, total };
    const entropy = entropyOf(open);
    const together = Math.min(1, entropy / TABLE_ENTROPY);
    const apart = (groupBits[plane] ?? 0) / total;
    const bits = together * (entropy + excessOf(entropy)) + (1 - together) * apart;
    bytes += blockCodeLengthOf(open, entropy, bits);
  }
  counts.fill(0);
  groupBits.fill(0);
  block.elements = 0;
  return bytes;
}
