import type { Kernels } from '../kernels/kernels';
import type { ValueKind } from '../kernels/values';

/**
 * How a fragment is stored, as records name it. Part of the format on disk: never renumber; a
 * change of a codec's bytes is a new number.
 */
export const codecIds = {
  raw: 0,
  constant: 1,
  zstd: 2,
  planes: 3,
  delta: 4,
  cast: 5,
  /** Planes and delta whose streams are coded by rANS instead of zstd. */
  planesRans: 6,
  deltaRans: 7,
  /** A difference from what two bases predict together. */
  delta2: 8,
  /** Blocks of ggml's quantised types, as a difference from a base of the same type. */
  qdelta: 9,
  /** ggml blocks made again from the tensor that they were quantised from. */
  requantised: 10,
  /** A difference from multiples of a base, one factor per row or for all. */
  scaled: 11,
  /** Rows as their difference from what the rows before them continue to. */
  rows: 12,
  /** A difference from the rows of a base of another length or order. */
  rowsDelta: 13,
  /** Bytes that are matched against those of a base. */
  bytesDelta: 14,
} as const;
export type CodecName = keyof typeof codecIds;
export type CodecId = (typeof codecIds)[CodecName];

/** How much time encoding may take; decoding is fast at any. */
export type Effort = 'fast' | 'balanced' | 'max';

/** A fragment's bytes and what they are; whole elements or blocks, at most 1 MiB. */
export interface Content {
  readonly bytes: Uint8Array;
  /** Undefined: plain bytes. */
  readonly kind: ValueKind | undefined;
  /** Bytes of a row, where the tensor's shape tells (fragments/cut.ts); a hint to encoders only. */
  readonly rowBytes?: number;
}

/** What a fragment is predicted from: the same elements of another tensor, in order. */
export interface Base {
  readonly bytes: Uint8Array;
  readonly kind: ValueKind;
}

/** What codecs work with: one set per worker, never shared. */
export interface Tools {
  readonly kernels: Kernels;
  readonly zstd: Zstd;
}

/** zstd with a context that is kept; see codecs/zstd.ts. */
export interface Zstd {
  /**
   * One frame without checksum or content size. `plane`: bytes of numbers, which hardly repeat;
   * `sorted`: such bytes whose distribution changes along them, coded in short blocks.
   */
  compress(bytes: Uint8Array, level: number, shape?: 'plane' | 'sorted'): Uint8Array;
  /**
   * Throws CodecError unless the frame holds exactly `length` bytes. `into`: room of that length that
   * is filled and returned instead of new memory; undefined content after an error.
   */
  decompress(frame: Uint8Array, length: number, into?: Uint8Array): Uint8Array;
}

/**
 * A pure function with a byte-exact inverse. `encode`: undefined where the codec does not apply, or
 * would not be smaller than `limit` bytes. `decode` throws CodecError for anything that `encode`
 * cannot have made, never reads or writes outside of its buffers, and never runs longer than the
 * lengths it was given allow; damage that it cannot see gives other bytes, which the fragment's hash
 * refuses. What it returns may lie in the kernels' memory or be the data itself: it is valid until
 * the next call of a codec with these tools.
 */
export interface Codec {
  readonly id: CodecId;
  readonly name: CodecName;
  /** How many bases it takes: 0, 1 or 2. */
  readonly bases: 0 | 1 | 2;
  encode(
    content: Content,
    bases: readonly Base[],
    limit: number,
    effort: Effort,
    tools: Tools,
  ): Uint8Array | undefined;
  decode(
    data: Uint8Array,
    length: number,
    kind: ValueKind | undefined,
    bases: readonly Base[],
    tools: Tools,
  ): Uint8Array;
}

/** An encoded fragment. */
export interface Encoded {
  readonly codec: CodecId;
  readonly data: Uint8Array;
  /** Of a codec with one base: which of the bases that were offered; absent: the first. */
  readonly base?: number;
}

/** Damaged or foreign data. */
export class CodecError extends Error {
  override readonly name = 'CodecError';
  constructor(
    readonly codec: CodecName,
    /** Byte of the encoded data. */
    readonly offset: number,
    readonly expected: string,
    readonly found: string,
  ) {
    super(`${codec}, byte ${offset}: expected ${expected}, found ${found}`);
  }
}
