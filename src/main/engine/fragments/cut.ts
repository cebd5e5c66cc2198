/** Bytes that no fragment exceeds: 1 MiB. */
export const MAX_FRAGMENT_BYTES = 1_048_576;

/**
 * Changes whenever any rule of cutting changes (this file's, or the chunker's): cached fingerprints
 * of another version are not comparable and are made again.
 */
export const CUT_VERSION = 1;

/**
 * Bytes of one row of a tensor: the stretch that one index of the first dimension longer than 1
 * spans, so that `[n, m]` and `[1, n, m]` are cut alike; of a 1-D tensor that is one element.
 * 1 where the bytes do not divide into rows (scalars of no bytes, elements below a byte, variable-size
 * encodings): the tensor is then cut as plain bytes. Always a positive integer.
 */
export function rowBytesOf(shape: readonly number[], byteLength: number): number {
  const rows = shape.find((dimension) => dimension > 1) ?? 1;
  const bytes = byteLength / rows;
  return Number.isSafeInteger(bytes) && bytes > 0 ? bytes : 1;
}

/**
 * Length in bytes of the tensor fragment that begins at `position` (a fragment's start) of a
 * segment of `segmentLength` bytes; 1 … MAX_FRAGMENT_BYTES.
 *
 * - A segment of at most 1 MiB is one fragment: equal small tensors need one look-up.
 * - A longer one is cut into whole rows, as many as fit in 1 MiB: a row that differs (an added
 *   token, a changed channel) spoils one fragment, and matrices that differ only in their number
 *   of rows have all the common rows' fragments in common.
 * - A row over 1 MiB (fused experts: `[experts, n, m]`) is cut at multiples of 1 MiB counted from
 *   the row's own start: equal rows give equal fragments wherever they stand, and a row has the
 *   same fragments as the tensor of its own that it may be elsewhere, if that one's rows divide 1 MiB.
 */
export function tensorFragmentLength(
  position: number,
  segmentLength: number,
  rowBytes: number,
): number {
  if (segmentLength <= MAX_FRAGMENT_BYTES) return segmentLength;
  const left = segmentLength - position;
  if (rowBytes > MAX_FRAGMENT_BYTES) {
    return Math.min(MAX_FRAGMENT_BYTES, rowBytes - (position % rowBytes), left);
  }
  return Math.min(MAX_FRAGMENT_BYTES - (MAX_FRAGMENT_BYTES % rowBytes), left);
}

/** Every fragment length of one tensor segment, in order; they add up to `segmentLength`. */
export function fragmentLengths(segmentLength: number, rowBytes: number): number[] {
  const lengths: number[] = [];
  for (let position = 0; position < segmentLength; ) {
    const length = tensorFragmentLength(position, segmentLength, rowBytes);
    lengths.push(length);
    position += length;
  }
  return lengths;
}
