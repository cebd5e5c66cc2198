import type { ModelId } from '../../../shared/base';
import type { Dtype, PairMetrics } from '../../../shared/domain';
import type { Signature } from '../kernels/signature';

/**
 * A tensor as matching sees it. Tensors of equal bytes have equal `digest`; distinct tensors (bytes,
 * kind of values and shape) have distinct `signed`.
 */
export interface SimilarTensor {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly byteLength: number;
  readonly elements: number;
  /** Number of its bytes' digest; negative: NO_BYTES or NOT_HASHED (jobs/work.ts). */
  readonly digest: number;
  /** Number of its signature; -1: its values are not known. */
  readonly signed: number;
}

/** A fingerprinted model; tensors in the model's own order. */
export interface SimilarModel {
  readonly id: ModelId;
  readonly name: string;
  readonly tensors: readonly SimilarTensor[];
}

/** Signatures by number. Reading one may cost a look-up on disk: do not loop over all pairs. */
export interface Signatures {
  readonly size: number;
  get(number: number): Signature | undefined;
}

/** How a tensor relates to a base of equal element count. */
export interface PairRelation {
  readonly metrics: PairMetrics;
  /** The bytes follow bit for bit; only likely while `metrics.verified` is false. */
  readonly cast: boolean;
  /** The base's rows and columns are exchanged. */
  readonly transposed: boolean;
}

/** What is known of two signatures: measured where that was done, else estimated. */
export interface Pairs {
  /** Undefined where either has no signature or the element counts differ. Both orders are kept. */
  relate(tensor: number, base: number): PairRelation | undefined;
}
