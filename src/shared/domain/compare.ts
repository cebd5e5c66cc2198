import type { ModelId } from '../base';
import type { CountAndBytes, PairMetrics, RowMatch, TensorRef } from './similarity';

/** How a tensor of one model relates to its partner in another. `near`: near-duplicate or similar. */
export const compareStatuses = [
  'identical',
  'cast',
  'near',
  'different',
  'onlyA',
  'onlyB',
] as const;
export type CompareStatus = (typeof compareStatuses)[number];

/** What made two tensors partners, surest first. */
export const alignmentReasons = ['name', 'normalised-name', 'hash', 'signature'] as const;
export type AlignmentReason = (typeof alignmentReasons)[number];

/**
 * Every tensor of A and B is in exactly one group. Bytes are A's, of `onlyB` B's. `near` counts
 * what reaches the `similar` threshold.
 */
export type CompareGroups = Readonly<Record<CompareStatus, CountAndBytes>>;

/** Model A, the base of the comparison, against model B. */
export interface CompareReport {
  readonly a: ModelId;
  readonly b: ModelId;
  readonly groups: CompareGroups;
  /** Of `near`: what reaches the near-duplicate threshold. */
  readonly nearDuplicate: CountAndBytes;
  /** Partners with another name. */
  readonly renamed: number;
  /** One sentence, complete in itself: "97% of the bytes are identical; 12 tensors differ …". */
  readonly verdict: string;
  /** Near pairs whose numbers are still estimates from signatures. */
  readonly unverified: number;
}

/** One line of a comparison: a tensor of A, its partner in B, or one of them alone. */
export interface CompareRow {
  /** Handle in requests: position in the report's rows. */
  readonly row: number;
  readonly b: ModelId;
  readonly status: CompareStatus;
  readonly nearDuplicate: boolean;
  readonly tensor: TensorRef | null;
  readonly other: TensorRef | null;
  readonly reason: AlignmentReason | null;
  readonly transposed: boolean;
  /** Absent where a tensor is alone or its values are not known. */
  readonly metrics: PairMetrics | null;
  /** What tensors of different row counts have in common, once counted. */
  readonly rows: RowMatch | null;
}

export const compareSortKeys = ['file', 'name', 'change', 'size', 'delta', 'status'] as const;
export type CompareSortKey = (typeof compareSortKeys)[number];

export interface ComparePage {
  readonly total: number;
  readonly totalBytes: number;
  readonly rows: readonly CompareRow[];
}

/** The layer × model map: one column per layer of A in load order, one row of cells per B and part. */
export interface CompareMap {
  /** Shown name, and the prefix that all of its tensors' names begin with. */
  readonly layers: readonly { readonly label: string; readonly prefix: string }[];
  /** Parts of a layer, top to bottom: attention, feed-forward, other. */
  readonly parts: readonly string[];
  readonly models: readonly {
    readonly b: ModelId;
    /** `cells[part * layers.length + layer]`; null where A and B have nothing there. */
    readonly cells: readonly (CompareCell | null)[];
  }[];
}

export interface CompareCell {
  /** The status that most needs attention: different, onlyA, onlyB, near, cast, identical. */
  readonly status: CompareStatus;
  readonly groups: CompareGroups;
  /** Byte-weighted means over the cell's partners; null without any. */
  readonly cosine: number | null;
  readonly relativeL2: number | null;
  /** Share of bits that differ, 0 … 1. */
  readonly bits: number | null;
  /** Predicted stored bytes over raw bytes, 0 … 1. */
  readonly stored: number | null;
}
