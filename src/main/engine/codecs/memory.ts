import type { Kernels } from '../kernels/kernels';

/** Bytes that no content exceeds: a fragment's maximum. */
export const MAX_CONTENT_BYTES = 1_048_576;

/** Elements of a base that are converted at a time. */
export const WINDOW_ELEMENTS = 65_536;
const WINDOW_BYTES = WINDOW_ELEMENTS * 8;

/**
 * Bytes at the beginning of the kernels' memory that every call of a codec may overwrite. Content
 * and bases that lie in that memory must lie behind them.
 */
export const CODEC_BYTES = 5 * MAX_CONTENT_BYTES + 2 * WINDOW_BYTES;

/** The kernels' memory as codecs divide it. */
export interface CodecMemory {
  /** Elements of the content. */
  readonly content: Uint8Array;
  /** Elements of the base, of the content's kind. */
  readonly base: Uint8Array;
  /** Planes, one behind the other. */
  readonly planes: Uint8Array;
  /** What a transformation needs for itself. */
  readonly scratch: Uint8Array;
  /** Elements of a base of another kind, before and within their conversion. */
  readonly window: Uint8Array;
  readonly between: Uint8Array;
}

/** Throws RangeError if the kernels have too little memory. */
export function codecMemory({ buffer }: Kernels): CodecMemory {
  if (buffer.length < CODEC_BYTES) {
    throw new RangeError(`expected ${CODEC_BYTES} bytes of memory, found ${buffer.length}`);
  }
  let end = 0;
  const take = (bytes: number): Uint8Array => {
    end += bytes;
    return buffer.subarray(end - bytes, end);
  };
  return {
    content: take(MAX_CONTENT_BYTES),
    base: take(MAX_CONTENT_BYTES),
    planes: take(MAX_CONTENT_BYTES),
    scratch: take(2 * MAX_CONTENT_BYTES),
    window: take(WINDOW_BYTES),
    between: take(WINDOW_BYTES),
  };
}

/** `bytes` copied to the beginning of an area. Throws RangeError if they are longer. */
export function placed(area: Uint8Array, bytes: Uint8Array): Uint8Array {
  const room = area.subarray(0, bytes.length);
  if (room.length < bytes.length) {
    throw new RangeError(`expected at most ${area.length} bytes, found ${bytes.length}`);
  }
  room.set(bytes);
  return room;
}

/** A copy that lies in no shared memory. */
export function copied(bytes: Uint8Array): Uint8Array {
  const copy = new Uint8Array(bytes.length);
  copy.set(bytes);
  return copy;
}
