import { crc32, inflateRawSync, constants as zlib } from 'node:zlib';
import { memoryByteSource } from '../io/byte-source';
import { FormatError } from './errors';
import type { ByteSource } from './reader';
import { quote } from './text';
import type { ZipEntry } from './zip';

/** Most bytes that `inflateHead` gives of a deflated member. */
export const MAX_HEAD_BYTES = 65_536;
/** Pieces in which a stored member is read for its checksum. */
const PIECE = 1 << 20;

/** A member's content as a range of a source: of the file itself when stored. */
export interface MemberBytes {
  readonly source: ByteSource;
  readonly offset: number;
  readonly length: number;
}

/**
 * The first `maxBytes` of a member's content (fewer when it is shorter), without its checksum.
 * `maxBytes` is at most MAX_HEAD_BYTES; memory is at most about 1,032 times that. Throws FormatError.
 */
export function inflateHead(source: ByteSource, entry: ZipEntry, maxBytes: number): Uint8Array {
  const wanted = Math.min(entry.size, maxBytes, MAX_HEAD_BYTES);
  if (entry.method === 'stored') return source.read(entry.dataOffset, wanted).slice();
  for (let take = 256; ; take *= 2) {
    const length = Math.min(take, entry.compressedSize);
    const piece = inflate(source, entry, length, Number.POSITIVE_INFINITY).content;
    if (piece.length >= wanted) return piece.subarray(0, wanted);
    if (length === entry.compressedSize || length > 2 * MAX_HEAD_BYTES) {
      throw broken(source, entry, `${wanted} bytes`, `${piece.length}`);
    }
  }
}

/**
 * The whole content of a member of at most `maxBytes`; size and checksum are as declared.
 * Throws FormatError.
 */
export function inflateEntry(source: ByteSource, entry: ZipEntry, maxBytes: number): Uint8Array {
  checkLimit(source, entry, maxBytes);
  if (entry.method === 'stored') {
    const content = source.read(entry.dataOffset, entry.size).slice();
    checkSum(source, entry, crc32(content));
    return content;
  }
  const { content, used } = inflate(source, entry, entry.compressedSize, entry.size);
  if (content.length !== entry.size || used !== entry.compressedSize) {
    const found = `${content.length} from ${used}`;
    throw broken(source, entry, `${entry.size} bytes from ${entry.compressedSize}`, found);
  }
  checkSum(source, entry, crc32(content));
  return content;
}

/**
 * As `inflateEntry`, but a stored member stays in the file: read once in pieces for its checksum,
 * then a range of `source`. Throws FormatError.
 */
export function openEntry(source: ByteSource, entry: ZipEntry, maxBytes: number): MemberBytes {
  checkLimit(source, entry, maxBytes);
  if (entry.method === 'deflate') {
    const content = inflateEntry(source, entry, maxBytes);
    return { source: memoryByteSource(source.path, content), offset: 0, length: content.length };
  }
  let sum = 0;
  for (let done = 0; done < entry.size; done += PIECE) {
    const length = Math.min(PIECE, entry.size - done);
    sum = crc32(source.read(entry.dataOffset + done, length), sum);
  }
  checkSum(source, entry, sum);
  return { source, offset: entry.dataOffset, length: entry.size };
}

function checkLimit(source: ByteSource, entry: ZipEntry, maxBytes: number): void {
  // Deflate never needs more than five bytes per 64 KiB beyond the content.
  if (entry.size <= maxBytes && entry.compressedSize <= maxBytes + maxBytes / 8 + 1024) return;
  const found = `${entry.size} bytes in ${quote(entry.name)}`;
  throw new FormatError(source.path, entry.at, `a member of at most ${maxBytes} bytes`, found);
}

function checkSum(source: ByteSource, entry: ZipEntry, sum: number): void {
  if (sum === entry.crc32) return;
  const hex = (value: number) => value.toString(16).padStart(8, '0');
  throw broken(source, entry, `checksum ${hex(entry.crc32)}`, hex(sum));
}

/** What the first `length` compressed bytes yield, and how many of them were used. */
function inflate(source: ByteSource, entry: ZipEntry, length: number, limit: number) {
  const input = source.read(entry.dataOffset, length);
  try {
    const result = inflateRawSync(input, {
      finishFlush: length < entry.compressedSize ? zlib.Z_SYNC_FLUSH : zlib.Z_FINISH,
      ...(Number.isFinite(limit) ? { maxOutputLength: Math.max(1, limit) } : {}),
      info: true,
    }) as unknown as {
      readonly buffer: Buffer;
      readonly engine: { readonly bytesWritten: number };
    };
    return { content: result.buffer, used: result.engine.bytesWritten };
  } catch (error) {
    const found = error instanceof Error ? error.message : String(error);
    throw broken(source, entry, `deflated data of ${entry.size} bytes`, found);
  }
}

function broken(source: ByteSource, entry: ZipEntry, expected: string, found: string): FormatError {
  const where = `${found} in ${quote(entry.name)}`;
  return new FormatError(source.path, entry.dataOffset, expected, where);
}
