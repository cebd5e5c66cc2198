import type { ValueKind } from './values';

/** One tensor for the value kernels: where its bytes lie in a file and what they mean. */
export interface TensorTarget {
  /** Bytes in the file; of a deflated tensor, the compressed ones. */
  readonly offset: number;
  readonly length: number;
  readonly kind: ValueKind;
  readonly elements: number;
  /** The first dimension longer than 1; 1 if there is none. Divides `elements`. */
  readonly rows: number;
  /** Exactly two dimensions are longer than 1: the tensor can be transposed. */
  readonly matrix: boolean;
  /** Set where the bytes are a raw deflate stream: the elements are `length` bytes behind `skip`. */
  readonly inflate?: { readonly skip: number; readonly length: number };
}

export interface ByteRange {
  readonly offset: number;
  readonly length: number;
}
