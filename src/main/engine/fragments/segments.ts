/**
 * How one file is cut for hashing: segments that tile it exactly, in order of offset.
 * Plain numeric columns, so that a plan crosses threads without copies of objects.
 */
export interface SegmentPlan {
  readonly fileSize: number;
  /** Byte offsets, ascending; `offsets[i] + lengths[i] === offsets[i + 1]`. */
  readonly offsets: Float64Array;
  readonly lengths: Float64Array;
  /**
   * Bytes of one row for a tensor segment (its cuts fall on whole rows);
   * 0 for bytes between tensors and for opaque files (content-defined chunks).
   */
  readonly rowBytes: Float64Array;
}

/** What one pass over a file yields. Hashes are packed, 32 bytes each. */
export interface FileFingerprint {
  readonly sha256: Uint8Array;
  /** One BLAKE3 per segment, in plan order. */
  readonly segmentHashes: Uint8Array;
  /** Fragments per segment, in plan order. */
  readonly fragmentCounts: Uint32Array;
  /** One BLAKE3 per fragment, in file order. */
  readonly fragmentHashes: Uint8Array;
  /** Bytes per fragment, in file order; at most 1 MiB each. */
  readonly fragmentLengths: Uint32Array;
}
