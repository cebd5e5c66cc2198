import type { MetadataValue } from '../../../shared/domain';
import { MAX_TENSORS } from './dtypes';
import { FormatError } from './errors';
import { GgufCursor, type GgufLayout } from './gguf-cursor';
import { layOut, pad } from './gguf-layout';
import { readTensors } from './gguf-tensors';
import { newPreview, readGgufValue, readValueType } from './gguf-values';
import type { ByteSource, FileHeader, Reader } from './reader';
import { extension, quote, recordOf } from './text';

const MAX_KEY_BYTES = 65_535;
const MAX_KEY_VALUES = 100_000;
const DEFAULT_ALIGNMENT = 32;
/** Writers use 32, at most a page. */
const MAX_ALIGNMENT = 1024 * 1024;
const ALIGNMENT_KEY = 'general.alignment';
/** Not a key of the file (gguf-py's name for such facts); present for big-endian files alone. */
export const GGUF_BYTE_ORDER_KEY = 'GGUF.byte_order';

/** Marks of what came before GGUF: its own prototype, and GGML's formats. */
const predecessors: ReadonlySet<string> = new Set(['FUGG', 'lmgg', 'fmgg', 'tjgg', 'algg']);

/**
 * Reader of GGUF 1, 2 and 3. Shapes are turned round to row-major order. Tensors must follow each
 * other without gaps but for alignment, in any order; types it does not know keep the bytes up to
 * the next tensor. Big-endian files are read, their tensors marked `encoded`.
 * Source: github.com/ggml-org/ggml, docs/gguf.md; strictness as in llama.cpp's gguf.cpp.
 */
export const ggufReader: Reader = { format: 'gguf', read: readGguf };

function readGguf(source: ByteSource): FileHeader | undefined {
  const mark = readMark(source);
  if (mark !== 'GGUF') {
    if (predecessors.has(mark) || extension(source.path) !== '.gguf') return undefined;
    const found = source.size < 4 ? `a file of ${source.size} bytes` : quote(mark);
    throw new FormatError(source.path, 0, 'the mark "GGUF"', found);
  }
  const { version, layout } = readVersion(source);
  const cursor = new GgufCursor(source, layout, 8);
  const { sizeBytes } = cursor;
  const tensorCount = readCount(cursor, 'tensors', MAX_TENSORS, 2 * sizeBytes + 17);
  const pairCount = readCount(cursor, 'metadata entries', MAX_KEY_VALUES, sizeBytes + 6);
  const { metadata, alignment } = readMetadata(cursor, pairCount);
  const declared = readTensors(cursor, tensorCount);
  const dataStart = pad(cursor.position, alignment);
  const tensors = layOut(source, declared, dataStart, alignment, layout.bigEndian);
  if (layout.bigEndian) metadata.set(GGUF_BYTE_ORDER_KEY, 'big');
  return {
    format: 'gguf',
    version: String(version),
    tensors,
    metadata: recordOf(metadata),
    externals: [],
  };
}

function readMark(source: ByteSource): string {
  return Buffer.from(source.read(0, Math.min(4, source.size))).toString('latin1');
}

function readVersion(source: ByteSource): { version: number; layout: GgufLayout } {
  if (source.size < 8) {
    throw new FormatError(source.path, 4, 'a version of 4 bytes', `${source.size - 4} bytes`);
  }
  const bytes = Buffer.from(source.read(4, 4));
  const little = bytes.readUInt32LE();
  const big = bytes.readUInt32BE();
  if (little >= 1 && little <= 3) {
    return { version: little, layout: { bigEndian: false, wide: little > 1 } };
  }
  if (big === 3) return { version: big, layout: { bigEndian: true, wide: true } };
  if (big >= 1 && big <= 0xffff) {
    const expected = 'version 3, the only one in big-endian order';
    throw new FormatError(source.path, 4, expected, `version ${big}, big-endian`);
  }
  throw new FormatError(source.path, 4, 'version 1, 2 or 3', String(little));
}

/** A count whose items, of at least `leastBytes` each, the rest of the file can hold. */
function readCount(cursor: GgufCursor, what: string, limit: number, leastBytes: number): number {
  const at = cursor.position;
  const count = cursor.size(`the number of ${what}`);
  const most = Math.min(limit, Math.floor(cursor.left / leastBytes));
  if (count > most) cursor.fail(`at most ${most} ${what}`, cursor.sizeText(at), at);
  return count;
}

function readMetadata(cursor: GgufCursor, count: number) {
  const metadata = new Map<string, MetadataValue>();
  const preview = newPreview();
  let alignment = DEFAULT_ALIGNMENT;
  for (let index = 0; index < count; index += 1) {
    const at = cursor.position;
    const key = cursor.name('a key', MAX_KEY_BYTES);
    if (metadata.has(key)) cursor.fail('every key once', `${quote(key)} again`, at);
    const typeAt = cursor.position;
    const type = readValueType(cursor, 'a value type');
    if (key === ALIGNMENT_KEY && type !== 'u32') {
      cursor.fail(`${ALIGNMENT_KEY} of type u32`, type, typeAt);
    }
    const valueAt = cursor.position;
    const value = readGgufValue(cursor, type, preview);
    if (key === ALIGNMENT_KEY) alignment = checkAlignment(cursor, Number(value), valueAt);
    metadata.set(key, value);
  }
  return { metadata, alignment };
}

function checkAlignment(cursor: GgufCursor, value: number, at: number): number {
  const power = value >= 1 && value <= MAX_ALIGNMENT && (value & (value - 1)) === 0;
  if (power) return value;
  return cursor.fail(`an alignment that is a power of 2 up to ${MAX_ALIGNMENT}`, `${value}`, at);
}
