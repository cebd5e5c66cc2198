import type { ValueKind } from './values';

/** Changes whenever any rule of signing changes; stored signatures of another version are made again. */
export const SIGNATURE_VERSION = 1;

/** Most positions that a signature samples. */
export const SAMPLE_POSITIONS = 4096;

/** 32-bit words of a SimHash: 256 bits. */
export const SIMHASH_WORDS = 8;

/** Over the sampled values; exact where the tensor has at most SAMPLE_POSITIONS elements. */
export interface SampleStatistics {
  readonly zeros: number;
  readonly nans: number;
  readonly infinities: number;
  /** Of the finite values; 0 without any. */
  readonly mean: number;
  readonly deviation: number;
  readonly minimum: number;
  readonly maximum: number;
}

/**
 * A sketch of a tensor's values. A function of values and shape, whatever the dtype, but for `kind`
 * and the row hashes, which are of bytes.
 */
export interface Signature {
  readonly kind: ValueKind;
  readonly elements: number;
  readonly rows: number;
  /** Signs of 256 random projections of `sample`, its mean taken off; see assembly/sketch.ts. */
  readonly simhash: Uint32Array;
  /** Of the transposed tensor; undefined unless the tensor is a matrix of plain numbers. */
  readonly transposed: Uint32Array | undefined;
  /**
   * Hash of the first row, then at most 16 smallest distinct ones of the first 1024 rows (from each
   * row's first 64 bytes), ascending; empty for tensors of few or short rows. See row-hashes.ts.
   */
  readonly rowHashes: Uint32Array;
  readonly statistics: SampleStatistics;
  /** Sampled values by their exponent as a 32-bit float has it, 256 counts. */
  readonly exponents: Uint16Array;
  /** The sampled values, rounded to bfloat16, in order of position. */
  readonly sample: Uint16Array;
}
