import { elementCount } from './dtypes';
import type { GgufCursor } from './gguf-cursor';
import { type GgmlType, ggmlTypes, removedGgmlTypes } from './gguf-types';
import { quote } from './text';

/** GGML_MAX_NAME - 1: names of 64 bytes and more do not load. */
const MAX_NAME_BYTES = 63;
/** GGML_MAX_DIMS. */
const MAX_DIMS = 4;

/** One tensor as the header declares it; its offset counts from the data's start. */
export interface DeclaredTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly elements: number;
  /** Of a plain or known block type, or of no elements. */
  readonly bytes: number | undefined;
  readonly blockBytes: number | undefined;
  readonly offset: number;
  /** Byte of the file where its entry begins. */
  readonly at: number;
}

/** The tensors' entries, in the header's order, each checked by itself. Throws FormatError. */
export function readTensors(cursor: GgufCursor, count: number): DeclaredTensor[] {
  const names = new Set<string>();
  const tensors: DeclaredTensor[] = [];
  for (let index = 0; index < count; index += 1) {
    const at = cursor.position;
    const name = cursor.name('a tensor name', MAX_NAME_BYTES);
    if (names.has(name)) cursor.fail('every tensor name once', `${quote(name)} again`, at);
    names.add(name);
    tensors.push(readTensor(cursor, name, at));
  }
  return tensors;
}

function readTensor(cursor: GgufCursor, name: string, at: number): DeclaredTensor {
  const dims = readDims(cursor, name);
  const elements = elementCount(dims);
  const shape = dims.toReversed();
  if (elements === undefined) {
    const found = `[${shape.join(', ')}] in ${quote(name)}`;
    return cursor.fail('a tensor of fewer than 2^53 elements', found, at);
  }
  const type = readType(cursor, name);
  const offsetAt = cursor.position;
  const offset = cursor.offset('the offset of a tensor');
  if (!Number.isFinite(offset)) {
    const found = `${cursor.offsetText(offsetAt)} for ${quote(name)}`;
    cursor.fail('an offset within the file', found, offsetAt);
  }
  const { dtype, elements: perBlock, bytes: blockBytes } = type;
  if ((dims[0] ?? 0) % perBlock !== 0) {
    const found = `${dims[0]} in ${quote(name)}`;
    cursor.fail(`rows of a multiple of ${perBlock} elements for ${dtype}`, found, at);
  }
  const bytes =
    elements === 0 ? 0 : blockBytes === undefined ? undefined : (elements / perBlock) * blockBytes;
  if (bytes !== undefined && bytes > Number.MAX_SAFE_INTEGER) {
    const found = `${dtype} [${shape.join(', ')}] in ${quote(name)}`;
    cursor.fail('a tensor of fewer than 2^53 bytes', found, at);
  }
  return { name, shape, dtype, elements, bytes, blockBytes, offset, at };
}

function readDims(cursor: GgufCursor, name: string): number[] {
  const at = cursor.position;
  const count = cursor.u32('a number of dimensions');
  if (count < 1 || count > MAX_DIMS) {
    cursor.fail(`1 to ${MAX_DIMS} dimensions`, `${count} in ${quote(name)}`, at);
  }
  const dims: number[] = [];
  for (let index = 0; index < count; index += 1) {
    const dimensionAt = cursor.position;
    const dimension = cursor.size('a dimension');
    if (!Number.isFinite(dimension)) {
      const found = `${cursor.sizeText(dimensionAt)} in ${quote(name)}`;
      cursor.fail('a dimension from 0 to 2^53', found, dimensionAt);
    }
    dims.push(dimension);
  }
  return dims;
}

function readType(cursor: GgufCursor, name: string): GgmlType {
  const at = cursor.position;
  const number = cursor.i32('a tensor type');
  if (number < 0) cursor.fail('a tensor type', `${number} in ${quote(name)}`, at);
  const removed = removedGgmlTypes.get(number);
  if (removed !== undefined) {
    const found = `${removed}, which was taken out of the format, in ${quote(name)}`;
    cursor.fail('a tensor type in use', found, at);
  }
  return ggmlTypes.get(number) ?? { dtype: `ggml type ${number}`, elements: 1, bytes: undefined };
}
