import type { ModelId } from '../base';
import type { Dtype } from './format';
import type { FragmentType } from './fragment-type';

/**
 * From which score on two tensors count as alike. `exact` is a matter of values, to four digits:
 * only equal bytes are ever called identical.
 */
export interface SimilarityThresholds {
  readonly exact: number;
  readonly nearDuplicate: number;
  readonly similar: number;
}

/** The reference's defaults. 1 >= exact >= nearDuplicate >= similar >= LOWEST_THRESHOLD. */
export const defaultThresholds: SimilarityThresholds = {
  exact: 0.9999,
  nearDuplicate: 0.995,
  similar: 0.9,
};

/** No threshold may be lower: below, the index is not asked, and chance begins. */
export const LOWEST_THRESHOLD = 0.5;

/**
 * A relation between two tensors. `identical`: equal bytes; `cast`: one's bytes follow bit for bit
 * from the other's by converting the dtype, transposing, or both; the others: by score.
 */
export const matchKinds = ['identical', 'cast', 'near-duplicate', 'similar'] as const;
export type MatchKind = (typeof matchKinds)[number];

/** How two tensors relate in numbers. Either estimated from signatures or measured on all data. */
export interface PairMetrics {
  /**
   * Agreement of the values, -1 … 1: Lin's concordance correlation coefficient (Biometrics 45,
   * 1989): 1 only for equal values; a doubled, shifted or negated tensor is far from 1. Of tensors
   * that are all but constant: 1 - relativeL2² / 2.
   */
  readonly score: number;
  /** -1 … 1; 0 where a tensor is all zeros and the other is not. */
  readonly cosine: number;
  /** ‖a - b‖ / ‖b‖, b being the base; Infinity where b is zero and a is not. */
  readonly relativeL2: number;
  /** Mean number of bits per element that differ, after converting the base to a's dtype. */
  readonly differingBits: number;
  /** Bits of one element of a. */
  readonly elementBits: number;
  readonly maxDifference: number;
  /** Predicted bytes of `a` stored as a delta to the base; never more than a's own bytes. */
  readonly deltaBytes: number;
  /** Whether every number here was measured on all of the data. */
  readonly verified: boolean;
}

/** One tensor, named for people and for requests. */
export interface TensorRef {
  readonly modelId: ModelId;
  readonly modelName: string;
  /** Position in the model's tensor list. */
  readonly index: number;
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly byteLength: number;
}

/** A match of two tensors; the base is what the other would be predicted from. */
export interface Match {
  readonly kind: MatchKind;
  readonly tensor: TensorRef;
  readonly base: TensorRef;
  /** The base's values, with rows and columns exchanged. */
  readonly transposed: boolean;
  readonly metrics: PairMetrics;
  /** Set where the tensors differ in their number of rows: what they have in common. */
  readonly rows?: RowMatch;
}

/** Rows, byte for byte, that two tensors of equal row length have in common. */
export interface RowMatch {
  /** Equal rows from the beginning. */
  readonly prefix: number;
  /** Rows of the tensor that the base has anywhere, the prefix included. */
  readonly common: number;
  readonly rows: number;
  readonly baseRows: number;
}

/** What a set of thresholds would match; each distinct tensor once, by its best partner. */
export interface ThresholdCounts {
  readonly exact: CountAndBytes;
  readonly nearDuplicate: CountAndBytes;
  readonly similar: CountAndBytes;
  /** Distinct tensors that have a signature. */
  readonly signed: CountAndBytes;
  /** How many tensors have their best score in each of 100 equal steps from LOWEST_THRESHOLD to 1. */
  readonly histogram: readonly number[];
}

export interface CountAndBytes {
  readonly tensors: number;
  readonly bytes: number;
}

/** A model's tensors by type. */
export interface TypeShare {
  readonly type: FragmentType;
  readonly tensors: number;
  readonly bytes: number;
}
