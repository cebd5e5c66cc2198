import type { ModelId } from '../base';
import type { CountAndBytes } from './similarity';

export type EdgeKind = 'declared' | 'inferred';

/** How a model came from another, as far as bytes and files tell. */
export type Relation =
  /** Every tensor's bytes are equal. */
  | 'copy'
  /** Equal values in another dtype or layout. */
  | 'cast'
  | 'fine-tune'
  /** A LoRA or the like whose layers fit the base's. */
  | 'adapter'
  /** A weighted mean of several models. */
  | 'blend'
  /** Another state of the same training run. */
  | 'checkpoint'
  /** Shares a part: a text encoder, a tokenizer, a decoder. */
  | 'part';

/** An edge of the lineage tree: `child` is best predicted from `parent`. */
export interface LineageEdge {
  readonly parent: ModelId;
  readonly child: ModelId;
  readonly kind: EdgeKind;
  readonly relation: Relation;
  /** Predicted bytes of the child, stored as what differs from the parent. */
  readonly deltaBytes: number;
  readonly evidence: EdgeEvidence;
}

export interface EdgeEvidence {
  readonly identical: CountAndBytes;
  readonly cast: CountAndBytes;
  readonly near: CountAndBytes;
  readonly different: CountAndBytes;
  /** Names of layers with a near or different tensor, most changed bytes first; at most 50. */
  readonly changedLayers: readonly string[];
  /** What the files themselves say: `base_model: org/name`. */
  readonly declared?: string;
  /** Adapters: layers that fit, of all the adapter's layers. */
  readonly fitting?: { readonly fit: number; readonly of: number };
  /** Blends: the other parents and every parent's weight, the edge's own parent first. */
  readonly blend?: readonly { readonly modelId: ModelId; readonly weight: number }[];
  /** One sentence, complete in itself. */
  readonly sentence: string;
}

export interface Family {
  /** Of the members' ids; the same for the same members. */
  readonly id: string;
  /** The root's name, or what its members' names have in common. */
  readonly name: string;
  /** Root first, then parents before children. */
  readonly models: readonly ModelId[];
  readonly root: ModelId;
  /** What the root's files say it was made from, where that is not open: `base_model: org/name`. */
  readonly declaredBase?: string;
  readonly edges: readonly LineageEdge[];
  readonly matrix: FamilyMatrix;
}

/** Pairwise bytes, `[i * n + j]` in the order of `models`; the diagonal holds each model's own. */
export interface FamilyMatrix {
  /** Bytes of tensors and other fragments of i that j has too, byte for byte (casts included). */
  readonly shared: readonly number[];
  /** Bytes of tensors of i that are near to one of j. */
  readonly near: readonly number[];
}

export interface FamiliesReport {
  readonly families: readonly Family[];
  /** Models without a relative. */
  readonly alone: readonly ModelId[];
  /** Models whose fingerprints are not there yet. */
  readonly pending: readonly ModelId[];
}
