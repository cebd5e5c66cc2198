/** Bounds of a content-defined chunk in bytes; lengths gather around the average. */
export const MIN_CHUNK_BYTES = 8 * 1024;
export const AVERAGE_CHUNK_BYTES = 64 * 1024;
export const MAX_CHUNK_BYTES = 128 * 1024;

/**
 * Finds where content-defined chunks end, in bytes that come in pieces of any size: the cuts
 * depend on the bytes since `reset` alone, not on how they were divided.
 */
export interface Chunker {
  /** Begins a new stretch of bytes. */
  reset(): void;
  /**
   * How many of these bytes belong to the open chunk, the byte that ends it included; the next
   * call continues behind them. 0: the chunk goes on beyond them. Whatever is open when the
   * stretch ends is its last chunk, of any length up to the maximum.
   */
  next(bytes: Uint8Array): number;
}
