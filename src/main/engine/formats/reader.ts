import type { Dtype, FormatName, MetadataValue } from '../../../shared/domain';

/** Byte-range access to one file; counts what is read, so that tests can bound it. */
export interface ByteSource {
  /** As named in errors. */
  readonly path: string;
  readonly size: number;
  /** Total bytes handed out so far. */
  readonly bytesRead: number;
  /**
   * Exactly `length` bytes from `offset`; a fresh or reused view, valid until the next read.
   * Throws FormatError when the range passes the end, FileError when the system refuses.
   */
  read(offset: number, length: number): Uint8Array;
}

/** One tensor as a header declares it, in header order. */
export interface TensorEntry {
  readonly name: string;
  readonly dtype: Dtype;
  /** Elements per dimension; empty for a scalar. */
  readonly shape: readonly number[];
  /** 0: the file itself; n: `externals[n - 1]`. */
  readonly fileIndex: number;
  /** Bytes from the start of that file. */
  readonly offset: number;
  readonly byteLength: number;
  /**
   * `raw`: little-endian elements in row-major order, so equal bytes mean equal tensors across
   * formats; `encoded`: the format's own encoding (varints, for one), compared only as bytes.
   */
  readonly encoding: 'raw' | 'encoded';
  /**
   * Set where the range is one raw deflate stream whose inflated bytes hold the tensor as `raw`
   * means it: `length` bytes behind the first `skip`.
   */
  readonly inflate?: { readonly skip: number; readonly length: number };
}

export interface FileHeader {
  readonly format: FormatName;
  /** Of the format, where it has one. */
  readonly version?: string;
  readonly tensors: readonly TensorEntry[];
  readonly metadata: Readonly<Record<string, MetadataValue>>;
  /** Files that hold tensor data, relative to this file's folder, already checked not to leave it. */
  readonly externals: readonly string[];
}

/**
 * Recognises and parses one format's header. Reads only what the header needs; allocates nothing
 * from a declared length before it is checked against the file's size.
 * `undefined`: not this format. Throws FormatError: this format, and broken.
 */
export interface Reader {
  readonly format: FormatName;
  readonly read: (source: ByteSource) => FileHeader | undefined;
}
