import type { FileDigest, FragmentId, ModelId, TensorHash } from '../base';
import type { Dtype, FormatName } from './format';
import type { FragmentType } from './fragment-type';

/** Version of the manifest's JSON; `docs/manifest.schema.json` is its schema. */
export const MANIFEST_VERSION = 1;

/**
 * One model's mapping: file → segments → tensors → fragments; enough to rebuild every byte.
 * Keys are written in the order declared here, so two exports of one model are byte-equal.
 */
export interface Manifest {
  readonly tessera: 'manifest';
  readonly version: typeof MANIFEST_VERSION;
  readonly model: {
    /** Of the content: see `ManifestModelId` in docs/design.md; the same wherever the model lies. */
    readonly id: ModelId;
    readonly name: string;
    readonly format: FormatName;
    readonly source: { readonly kind: 'folder' | 'file'; readonly name: string };
    readonly family: { readonly declared: string | null; readonly inferred: string | null };
  };
  /** Sorted by path. */
  readonly files: readonly ManifestFile[];
  /** Sorted by file, then offset, then name. */
  readonly tensors: readonly ManifestTensor[];
  /** In load order (priority). */
  readonly layers: readonly ManifestLayer[];
  readonly totals: {
    readonly logicalBytes: number;
    readonly uniqueBytes: number;
    readonly files: number;
    readonly tensors: number;
    readonly fragments: number;
  };
}

export interface ManifestFile {
  readonly path: string;
  readonly size: number;
  readonly sha256: FileDigest;
  readonly format: FormatName;
  readonly role: 'weights' | 'sidecar';
  /** Tile the file exactly, in order of offset. */
  readonly segments: readonly ManifestSegment[];
}

/** A tensor's bytes live in `tensors[tensor]`; bytes between tensors are listed here. */
export type ManifestSegment =
  | {
      readonly kind: 'tensor';
      readonly offset: number;
      readonly length: number;
      /** Index into `tensors`: the first tensor that covers exactly this range. */
      readonly tensor: number;
    }
  | {
      readonly kind: 'bytes';
      readonly offset: number;
      readonly length: number;
      readonly fragments: readonly ManifestFragment[];
    };

export interface ManifestFragment {
  /** From the start of the file. */
  readonly offset: number;
  readonly length: number;
  readonly id: FragmentId;
}

export interface ManifestTensor {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly type: FragmentType;
  /** Index into `files`. */
  readonly file: number;
  readonly offset: number;
  readonly length: number;
  readonly hash: TensorHash;
  readonly fragments: readonly ManifestFragment[];
}

export interface ManifestLayer {
  readonly name: string;
  /** Load order, 0 first. */
  readonly priority: number;
  readonly totalBytes: number;
  /** Indexes into the manifest's `tensors`. */
  readonly tensors: readonly number[];
}
