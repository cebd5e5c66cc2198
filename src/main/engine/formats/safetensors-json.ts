import { MAX_DIMENSIONS, MAX_RANK, MAX_TENSORS, safetensorsBits } from './dtypes';
import { JsonCursor } from './json-cursor';
import { clipText, quote } from './text';

const MAX_METADATA_ENTRIES = 100_000;
/** Longest name, so that no table or message has to carry more. */
const MAX_NAME_BYTES = 4 * 1024 * 1024;
const METADATA_KEY = '__metadata__';

/** One tensor as the header's JSON states it; begin and end count from the data's start. */
export interface DeclaredTensor {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
  /** Byte of the file where the entry's name stands. */
  readonly at: number;
}

interface Budget {
  dimensions: number;
}

/**
 * Reads a safetensors header's JSON by its grammar alone: an object of tensors, each an object of
 * exactly `dtype`, `shape` and `data_offsets`, and one `__metadata__` of strings. Refuses every
 * repeated name, also one spelled with escapes, and anything but spaces after the object.
 * Hands each tensor to `onTensor` in the header's order; returns the metadata, long texts cut.
 * `base` is where `bytes` starts in the file. Throws FormatError.
 */
export function parseSafetensorsJson(
  bytes: Uint8Array,
  file: string,
  base: number,
  onTensor: (tensor: DeclaredTensor) => void,
): ReadonlyMap<string, string> {
  const cursor = new JsonCursor(bytes, file, base);
  if (bytes[0] !== 0x7b) cursor.fail('"{" as the first byte of the header');
  cursor.expect('{');
  const names = new Set<string>();
  const budget: Budget = { dimensions: 0 };
  let metadata: ReadonlyMap<string, string> | undefined;
  if (!cursor.accept('}')) {
    do {
      cursor.skipWhiteSpace();
      const at = cursor.position;
      const name = cursor.string('the name of a tensor', MAX_NAME_BYTES);
      if (names.has(name)) cursor.fail('every name once', `${quote(name)} again`, at);
      names.add(name);
      cursor.expect(':');
      if (name === METADATA_KEY) metadata = readMetadata(cursor);
      else onTensor(readTensor(cursor, name, base + at, budget));
      if (names.size > MAX_TENSORS) cursor.fail(`at most ${MAX_TENSORS} tensors`, 'more', at);
    } while (cursor.accept(','));
    cursor.expect('}', '"," or "}"');
  }
  checkPadding(cursor, bytes);
  return metadata ?? new Map();
}

function checkPadding(cursor: JsonCursor, bytes: Uint8Array): void {
  for (let at = cursor.position; at < bytes.length; at += 1) {
    cursor.position = at;
    if (bytes[at] !== 0x20) cursor.fail('only spaces after the header');
  }
}

function readMetadata(cursor: JsonCursor): Map<string, string> {
  const metadata = new Map<string, string>();
  cursor.expect('{', 'an object of strings');
  if (cursor.accept('}')) return metadata;
  do {
    cursor.skipWhiteSpace();
    const at = cursor.position;
    const key = cursor.string('the name of a metadata entry');
    if (metadata.has(key)) cursor.fail('every metadata name once', `${quote(key)} again`, at);
    cursor.expect(':');
    metadata.set(key, clipText(cursor.string('a string, as metadata must be')));
    if (metadata.size > MAX_METADATA_ENTRIES) {
      cursor.fail(`at most ${MAX_METADATA_ENTRIES} metadata entries`, 'more', at);
    }
  } while (cursor.accept(','));
  cursor.expect('}', '"," or "}"');
  return metadata;
}

function readTensor(cursor: JsonCursor, name: string, at: number, budget: Budget): DeclaredTensor {
  let dtype: string | undefined;
  let shape: number[] | undefined;
  let offsets: readonly [number, number] | undefined;
  cursor.expect('{', 'an object that describes a tensor');
  const start = cursor.position;
  if (cursor.peek() !== 0x7d) {
    do {
      const fieldAt = cursor.position;
      const field = readField(cursor);
      cursor.expect(':');
      if (field === 'dtype') {
        if (dtype !== undefined) repeated(cursor, field, fieldAt);
        dtype = readDtype(cursor);
      } else if (field === 'shape') {
        if (shape !== undefined) repeated(cursor, field, fieldAt);
        shape = readShape(cursor, budget);
      } else {
        if (offsets !== undefined) repeated(cursor, field, fieldAt);
        offsets = readOffsets(cursor);
      }
    } while (cursor.accept(','));
  }
  cursor.expect('}', '"," or "}"');
  if (dtype === undefined) cursor.fail('a "dtype"', 'none', start);
  if (shape === undefined) cursor.fail('a "shape"', 'none', start);
  if (offsets === undefined) cursor.fail('"data_offsets"', 'none', start);
  return { name, dtype, shape, begin: offsets[0], end: offsets[1], at };
}

function repeated(cursor: JsonCursor, field: string, at: number): never {
  return cursor.fail('every field once', `${quote(field)} again`, at);
}

const fields = ['dtype', 'shape', 'data_offsets'] as const;

/** The usual spelling is told by its bytes alone; escapes may spell a field, too. */
function readField(cursor: JsonCursor): (typeof fields)[number] {
  for (const field of fields) if (cursor.acceptString(field)) return field;
  const at = cursor.position;
  const text = cursor.string('a field name');
  return (
    fields.find((field) => field === text) ??
    cursor.fail('"dtype", "shape" or "data_offsets"', quote(text), at)
  );
}

/** One shared string per known dtype, whatever the number of tensors. */
function readDtype(cursor: JsonCursor): string {
  const text = cursor.string('the name of an element type');
  return dtypeNames.get(text) ?? text;
}

const dtypeNames: ReadonlyMap<string, string> = new Map(
  [...safetensorsBits.keys()].map((name) => [name, name]),
);

function readShape(cursor: JsonCursor, budget: Budget): number[] {
  const shape: number[] = [];
  cursor.expect('[', 'a list of dimensions');
  if (cursor.accept(']')) return shape;
  do {
    shape.push(cursor.count('a dimension'));
    budget.dimensions += 1;
    if (shape.length > MAX_RANK) cursor.fail(`at most ${MAX_RANK} dimensions`, 'more');
    if (budget.dimensions > MAX_DIMENSIONS) {
      cursor.fail(`at most ${MAX_DIMENSIONS} dimensions in all`, 'more');
    }
  } while (cursor.accept(','));
  cursor.expect(']', '"," or "]"');
  return shape;
}

function readOffsets(cursor: JsonCursor): readonly [number, number] {
  cursor.expect('[', 'a pair of offsets');
  const begin = cursor.count('an offset');
  cursor.expect(',');
  const end = cursor.count('an offset');
  cursor.expect(']', '"]" after two offsets');
  return [begin, end];
}
