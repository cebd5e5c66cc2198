import type { FileDigest, ModelId, SourceId, TensorHash } from '../base';
import type { Dtype, FormatName, MetadataValue } from './format';

/** How far a model's fingerprints are. Numbers about sharing are exact only when `done`. */
export type AnalysisState = 'pending' | 'running' | 'done' | 'failed';

/**
 * The four byte counts, with the same meaning everywhere:
 * logical = sizes of the files; unique = distinct fragments, each once;
 * exclusive = fragments that no other opened model uses; shared = fragments that others use too.
 * unique = exclusive + shared; logical >= unique.
 */
export interface ByteCounts {
  readonly logicalBytes: number;
  readonly uniqueBytes: number;
  readonly exclusiveBytes: number;
  readonly sharedBytes: number;
}

export interface ModelSummary {
  readonly id: ModelId;
  /** From file or folder names: show as text, never as markup. */
  readonly name: string;
  readonly sourceId: SourceId;
  /** Display only: the folder the model lies in. */
  readonly folder: string;
  readonly format: FormatName;
  /** Why nobody reads it, for `opaque`. */
  readonly opaqueReason?: string;
  readonly files: number;
  readonly logicalBytes: number;
  readonly tensors: number;
  readonly parameters: number;
  /** dtype → number of tensors, most frequent first. */
  readonly dtypes: Readonly<Record<Dtype, number>>;
  readonly analysis: AnalysisState;
  /** Present when `analysis` is `done`; against the models that are done so far. */
  readonly bytes?: ByteCounts;
}

export interface ModelFileInfo {
  /** Relative to the model's folder, with `/`. */
  readonly path: string;
  readonly size: number;
  readonly format: FormatName;
  readonly role: 'weights' | 'sidecar';
  readonly sha256?: FileDigest;
}

export interface ModelDetail extends ModelSummary {
  readonly fileList: readonly ModelFileInfo[];
  readonly metadata: Readonly<Record<string, MetadataValue>>;
  /** Other models that hold some of this model's fragments, most shared bytes first. */
  readonly sharesWith: readonly SharingPartner[];
}

export interface SharingPartner {
  readonly modelId: ModelId;
  readonly name: string;
  /** Distinct bytes that both models use. */
  readonly sharedBytes: number;
}

export interface TensorRow {
  /** Position in the model's tensor list: the tensor's handle in requests. */
  readonly index: number;
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly byteLength: number;
  /** Present once fingerprinted. */
  readonly hash?: TensorHash;
  /** Number of other models with the same tensor bytes; undefined until fingerprinted. */
  readonly sharedBy?: number;
}

export interface TensorDetail extends TensorRow {
  readonly file: string;
  readonly offset: number;
  readonly elements: number;
  readonly fragments?: number;
  /** Every other tensor with the same bytes, this model's own included; at most 200 listed. */
  readonly sharers: readonly TensorSharer[];
  readonly sharerCount: number;
}

export interface TensorSharer {
  readonly modelId: ModelId;
  readonly modelName: string;
  readonly tensorIndex: number;
  /** Clipped in the middle when very long. */
  readonly tensorName: string;
  /** Whether the full names are equal. */
  readonly sameName: boolean;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
}

/** A node of the tensor tree: a name prefix (`model.layers.12`) or a tensor itself. */
export interface TensorTreeNode {
  /** Last part of the name. */
  readonly label: string;
  /** Full prefix, or the full tensor name for a leaf. */
  readonly path: string;
  readonly tensors: number;
  readonly byteLength: number;
  /** Set on leaves. */
  readonly tensorIndex?: number;
}
