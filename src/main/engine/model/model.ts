import type { ModelId } from '../../../shared/base';
import type { Dtype, FormatName, MetadataValue } from '../../../shared/domain';

/** What identifies a file's content without reading it. Equal stamps mean: not changed since. */
export interface FileStamp {
  readonly size: number;
  readonly mtimeNs: bigint;
  readonly inode: bigint;
  readonly device: bigint;
}

export interface ModelFile {
  /** Absolute, links resolved. */
  readonly realPath: string;
  /** Relative to the model's folder, with `/`; what a manifest names. */
  readonly path: string;
  readonly role: 'weights' | 'sidecar';
  readonly format: FormatName;
  readonly stamp: FileStamp;
}

/** One tensor of a model; its file is `files[file]` of the model. */
export interface ModelTensor {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly file: number;
  readonly offset: number;
  readonly byteLength: number;
  readonly encoding: 'raw' | 'encoded';
  /** See TensorEntry.inflate. */
  readonly inflate?: { readonly skip: number; readonly length: number };
}

/** One logical model as headers tell it: files that load together and the tensors in them. */
export interface Model {
  readonly id: ModelId;
  readonly name: string;
  /** Absolute folder that `files[].path` is relative to. */
  readonly folder: string;
  readonly kind: 'folder' | 'file';
  readonly format: FormatName;
  readonly opaqueReason?: string;
  /** Sorted by path. */
  readonly files: readonly ModelFile[];
  /** By file, then header order. */
  readonly tensors: readonly ModelTensor[];
  readonly metadata: Readonly<Record<string, MetadataValue>>;
}
