import { elementCount, safetensorsBits } from './dtypes';
import { FormatError } from './errors';
import type { ByteSource, FileHeader, Reader, TensorEntry } from './reader';
import { type DeclaredTensor, parseSafetensorsJson } from './safetensors-json';
import { extension, quote, recordOf } from './text';

/** The length field before the header. */
const PREFIX_BYTES = 8;
/** Limit of the format's reference implementation. */
export const MAX_HEADER_BYTES = 100_000_000;

/**
 * Reader of safetensors files, as strict as the format's own crate and stricter where that is
 * silent (repeated names, unknown fields). Tensors must tile the data exactly, in any order.
 * Source: github.com/huggingface/safetensors, README "Format".
 */
export const safetensorsReader: Reader = { format: 'safetensors', read: readSafetensors };

function readSafetensors(source: ByteSource): FileHeader | undefined {
  const named = extension(source.path) === '.safetensors';
  if (!named && !looksLikeSafetensors(source)) return undefined;
  const length = readHeaderLength(source);
  const dataStart = PREFIX_BYTES + length;
  const tensors: TensorEntry[] = [];
  const places: number[] = [];
  const json = source.read(PREFIX_BYTES, length);
  const metadata = parseSafetensorsJson(json, source.path, PREFIX_BYTES, (tensor) => {
    checkSize(source.path, tensor);
    tensors.push(toEntry(tensor, dataStart));
    places.push(tensor.at);
  });
  checkTiling(source, tensors, places, dataStart);
  return { format: 'safetensors', tensors, metadata: recordOf(metadata), externals: [] };
}

/** For files without the extension: a fitting length, then an object whose first key begins. */
function looksLikeSafetensors(source: ByteSource): boolean {
  if (source.size < PREFIX_BYTES + 2) return false;
  const head = source.read(0, Math.min(source.size, 64));
  const length = lengthField(head);
  if (length < 2n || length > BigInt(MAX_HEADER_BYTES)) return false;
  if (length > BigInt(source.size - PREFIX_BYTES)) return false;
  if (head[PREFIX_BYTES] !== 0x7b) return false;
  const next = head.subarray(PREFIX_BYTES + 1).find((byte) => byte > 0x20);
  return next === 0x22 || next === 0x7d;
}

function lengthField(head: Uint8Array): bigint {
  return new DataView(head.buffer, head.byteOffset, head.byteLength).getBigUint64(0, true);
}

function readHeaderLength(source: ByteSource): number {
  const { path, size } = source;
  if (size < PREFIX_BYTES) {
    throw new FormatError(path, size, 'a header length of 8 bytes', `a file of ${size} bytes`);
  }
  const head = source.read(0, PREFIX_BYTES);
  const length = lengthField(head);
  if (head[0] === 0x3c && length > BigInt(MAX_HEADER_BYTES)) {
    throw new FormatError(path, 0, 'a header length', 'the beginning of a web page, “<”');
  }
  if (length > BigInt(MAX_HEADER_BYTES)) {
    throw new FormatError(path, 0, `a header of at most ${MAX_HEADER_BYTES} bytes`, `${length}`);
  }
  if (length < 2n) throw new FormatError(path, 0, 'a header of at least 2 bytes', `${length}`);
  const room = size - PREFIX_BYTES;
  if (length > BigInt(room)) {
    const found = `only ${room} bytes after the header's length`;
    throw new FormatError(path, 0, `a header of ${length} bytes`, found);
  }
  return Number(length);
}

/** The declared range must be exactly as long as shape and dtype make it. */
function checkSize(path: string, tensor: DeclaredTensor): void {
  const { name, dtype, shape, begin, end, at } = tensor;
  if (end > Number.MAX_SAFE_INTEGER - 2 * MAX_HEADER_BYTES) {
    throw new FormatError(path, at, 'an offset within the file', `${end} in ${quote(name)}`);
  }
  const bits = safetensorsBits.get(dtype);
  if (bits === undefined) throw new FormatError(path, at, 'a known dtype', quote(dtype));
  const elements = elementCount(shape);
  const total = elements === undefined ? undefined : elements * bits;
  if (total === undefined || total > Number.MAX_SAFE_INTEGER) {
    const found = `${dtype} [${shape.slice(0, 8).join(', ')}] in ${quote(name)}`;
    throw new FormatError(path, at, 'a tensor size below 2^53 bits', found);
  }
  if (total % 8 !== 0) {
    const found = `${total} bits in ${quote(name)}`;
    throw new FormatError(path, at, 'elements that fill whole bytes', found);
  }
  if (begin > end) {
    throw new FormatError(path, at, 'an end at or after the begin', `[${begin}, ${end}]`);
  }
  if (end - begin !== total / 8) {
    const expected = `${total / 8} bytes for ${dtype} [${shape.slice(0, 8).join(', ')}]`;
    throw new FormatError(path, at, expected, `${end - begin} bytes in ${quote(name)}`);
  }
}

/**
 * Sorted by place, every tensor must begin where the one before ends; the last ends the file.
 * `places[i]` is where the header names `tensors[i]`.
 */
function checkTiling(
  source: ByteSource,
  tensors: readonly TensorEntry[],
  places: readonly number[],
  dataStart: number,
): void {
  const order = Uint32Array.from(tensors.keys()).sort((a, b) => {
    const [one, other] = [tensors[a], tensors[b]];
    if (one === undefined || other === undefined) return 0;
    return one.offset - other.offset || one.byteLength - other.byteLength;
  });
  let next = dataStart;
  for (const index of order) {
    const tensor = tensors[index];
    if (tensor === undefined) continue;
    const at = places[index] ?? 0;
    const { name, offset, byteLength } = tensor;
    if (offset + byteLength > source.size) {
      const found = `${quote(name)} ending at ${offset + byteLength - dataStart}`;
      const expected = `data within its ${source.size - dataStart} bytes`;
      throw new FormatError(source.path, at, expected, found);
    }
    if (offset !== next) {
      const found = `${quote(name)} at ${offset - dataStart}: ${offset > next ? 'a hole' : 'an overlap'}`;
      throw new FormatError(source.path, at, `a tensor that begins at ${next - dataStart}`, found);
    }
    next = offset + byteLength;
  }
  if (next !== source.size) {
    const expected = 'the end of the file after the last tensor';
    throw new FormatError(source.path, next, expected, `${source.size - next} more bytes`);
  }
}

function toEntry(tensor: DeclaredTensor, dataStart: number): TensorEntry {
  return {
    name: tensor.name,
    dtype: tensor.dtype,
    shape: tensor.shape,
    fileIndex: 0,
    offset: dataStart + tensor.begin,
    byteLength: tensor.end - tensor.begin,
    encoding: 'raw',
  };
}
