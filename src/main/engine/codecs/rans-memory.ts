import type { Kernels } from '../kernels/kernels';
import { type CodecMemory, codecMemory, MAX_CONTENT_BYTES } from './memory';

/** Most rows and columns, together, that have scales. */
export const MAX_SCALES = 65_536;

const COUNTS_BYTES = 256 * 256 * 4;
const TABLES_BYTES = 32 * 4096 * 4;
/** What the decoder may read behind a stream. */
const SLACK_BYTES = 32_768;

/** The codecs' memory as rANS divides it. */
export interface RansMemory {
  /** Elements, which become values while encoding. */
  readonly elements: Uint8Array;
  /** Elements of the base; once contexts are known, room for packed bits. */
  readonly base: Uint8Array;
  /** One byte an element each. */
  readonly tokens: Uint8Array;
  readonly contexts: Uint8Array;
  /** TOKENS for each of 256 levels. */
  readonly counts: Uint32Array;
  /** Tables of either direction. */
  readonly tables: Uint8Array;
  /** Streams: of tokens while encoding; all data, and what is read behind it, while decoding. */
  readonly stream: Uint8Array;
  /** Sums of sizes: of rows, then of columns. */
  readonly sums: Float64Array;
  /** Offsets of rows, then of columns. */
  readonly offsets: Int16Array;
  /** 256 bytes each. */
  readonly map: Uint8Array;
  readonly widths: Uint8Array;
  readonly frequencies: Uint16Array;
  readonly pairs: Uint32Array;
  readonly plan: Uint32Array;
}

/** Counts lie where the tables come later. */
export function ransMemory(kernels: Kernels): RansMemory {
  const memory: CodecMemory = codecMemory(kernels);
  const { content: elements, base, planes, scratch, window, between } = memory;
  let end = 0;
  const take = (bytes: number): readonly [ArrayBufferLike, number, number] => {
    end += bytes;
    return [between.buffer, between.byteOffset + end - bytes, bytes];
  };
  const half = MAX_CONTENT_BYTES / 2;
  const [buffer, offsetsAt] = take(MAX_SCALES * 2);
  return {
    elements,
    base,
    tokens: planes.subarray(0, half),
    contexts: planes.subarray(half),
    counts: new Uint32Array(scratch.buffer, scratch.byteOffset, COUNTS_BYTES / 4),
    tables: scratch.subarray(0, TABLES_BYTES),
    stream: scratch.subarray(TABLES_BYTES, TABLES_BYTES + MAX_CONTENT_BYTES + SLACK_BYTES),
    sums: new Float64Array(window.buffer, window.byteOffset, MAX_SCALES),
    offsets: new Int16Array(buffer, offsetsAt, MAX_SCALES),
    map: new Uint8Array(...take(256)),
    widths: new Uint8Array(...take(256)),
    frequencies: new Uint16Array(buffer, take(512)[1], 256),
    pairs: new Uint32Array(buffer, take(2048)[1], 512),
    plan: new Uint32Array(buffer, take(128)[1], 32),
  };
}
