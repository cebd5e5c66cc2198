import type { FileDigest, ModelId, SourceId, TensorHash } from '../base';
import type { Dtype, FormatName, MetadataValue } from './format';
import type { FragmentType } from './fragment-type';

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

/** The bytes of one dtype in a model. */
export interface DtypeShare {
  readonly dtype: Dtype;
  readonly tensors: number;
  readonly bytes: number;
}

/**
 * What a model's files state about it, in the field's terms. Each is present only where a file
 * states it; nothing is guessed from names. Texts are a stranger's: at most 200 characters.
 */
export interface ModelFacts {
  /** `llama`, `LlamaForCausalLM`, `stable-diffusion-xl-v1-base/lora`. */
  readonly architecture?: string;
  readonly name?: string;
  /** What it was made from. */
  readonly baseModel?: string;
  /** Elements of all tensors, those of an optimizer included. */
  readonly parameters?: number;
  /** Most bytes first; beyond 32 dtypes the rest is one share named `others`. */
  readonly mix?: readonly DtypeShare[];
  /** How it was quantised, in the writer's words: `Q4_K_M`, `GPTQ, 4 bits, groups of 128`. */
  readonly recipe?: string;
  /** Tokens. */
  readonly contextLength?: number;
  readonly layers?: number;
  readonly adapter?: { readonly rank?: number; readonly alpha?: number };
  readonly producer?: string;
  /** ONNX operator sets, in the file's order. */
  readonly opsets?: readonly { readonly domain: string; readonly version: string }[];
  /** The library, with its version where stated, that wrote the files. */
  readonly framework?: string;
  readonly licence?: string;
  readonly optimizer?: { readonly tensors: number; readonly bytes: number };
  /** Distinct globals that a file's pickles name; never looked up or called here. */
  readonly requestedGlobals?: number;
}

/** A page of a list in the metadata. */
export interface MetadataPage {
  /** Items of the whole list. */
  readonly total: number;
  /** Where the first of `items` stands in it. */
  readonly from: number;
  readonly items: readonly MetadataValue[];
}

/** Metadata as JSON text. */
export interface MetadataJson {
  readonly text: string;
  /** Sentences on what the text leaves out; empty when it is whole. */
  readonly leftOut: readonly string[];
}

export interface ModelDetail extends ModelSummary {
  readonly facts: ModelFacts;
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
  /** Told from the name, by tokens. */
  readonly type: FragmentType;
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
