import type { MetadataValue } from '../../../shared/domain';
import { JsonCursor } from './json-cursor';
import { clipText, recordOf } from './text';

const MAX_DEPTH = 64;
const MAX_VALUES = 1_000_000;

interface Budget {
  values: number;
}

/**
 * A whole JSON text as metadata: depth and number of values bounded, integers beyond 2^53 and
 * Python's NaN and Infinity as text, a repeated key's last value. Throws FormatError.
 */
export function parseJsonValue(bytes: Uint8Array, file: string): MetadataValue {
  const bom = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  const cursor = new JsonCursor(bytes.subarray(bom), file, bom);
  const value = readJsonValue(cursor);
  cursor.skipWhiteSpace();
  if (!cursor.atEnd) cursor.fail('the end of the JSON text');
  return value;
}

/** The value at the cursor, as `parseJsonValue` reads it. Throws FormatError. */
export function readJsonValue(cursor: JsonCursor): MetadataValue {
  return readValue(cursor, 0, { values: 0 });
}

function readValue(cursor: JsonCursor, depth: number, budget: Budget): MetadataValue {
  budget.values += 1;
  if (budget.values > MAX_VALUES) cursor.fail(`at most ${MAX_VALUES} values`, 'more');
  if (depth > MAX_DEPTH) cursor.fail(`nesting of at most ${MAX_DEPTH}`, 'more');
  if (cursor.accept('{')) return readObject(cursor, depth, budget);
  if (cursor.accept('[')) return readArray(cursor, depth, budget);
  if (cursor.peek() === 0x22) return clipText(cursor.string());
  if (cursor.acceptWord('true')) return true;
  if (cursor.acceptWord('false')) return false;
  if (cursor.acceptWord('null')) return null;
  for (const word of ['NaN', 'Infinity', '-Infinity']) if (cursor.acceptWord(word)) return word;
  return cursor.number();
}

function readObject(cursor: JsonCursor, depth: number, budget: Budget): MetadataValue {
  const fields = new Map<string, MetadataValue>();
  if (cursor.accept('}')) return recordOf(fields);
  do {
    const key = cursor.string('a field name');
    cursor.expect(':');
    fields.set(key, readValue(cursor, depth + 1, budget));
  } while (cursor.accept(','));
  cursor.expect('}', '"," or "}"');
  return recordOf(fields);
}

function readArray(cursor: JsonCursor, depth: number, budget: Budget): MetadataValue {
  const items: MetadataValue[] = [];
  if (cursor.accept(']')) return items;
  do {
    items.push(readValue(cursor, depth + 1, budget));
  } while (cursor.accept(','));
  cursor.expect(']', '"," or "]"');
  return items;
}
