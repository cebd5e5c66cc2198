import type { MetadataValue } from '../../../shared/domain';
import { GgufCursor } from './gguf-cursor';
import { type GgufValueType, ggufFixedBytes, ggufValueTypes } from './gguf-types';
import type { ByteSource } from './reader';
import { MAX_METADATA_TEXT, recordOf } from './text';

/** Items of a long array that the metadata itself carries. */
export const GGUF_PREVIEW_ITEMS = 100;
/** Most items that one page gives. */
export const MAX_GGUF_PAGE = 10_000;
/** Arrays in arrays in arrays: real files have flat ones. */
const MAX_ARRAY_DEPTH = 4;
/** Bytes of one string inside an array that are shown. */
const MAX_ITEM_TEXT = 1024;
/** Items that all arrays of a file show together. */
const MAX_PREVIEW_TOTAL = 100_000;

/**
 * Where a long array lies, so that a page of it can be read later. In the metadata it stands as a
 * plain record with one more field, `first`: the first items. (No other value is a record.)
 */
export interface GgufArrayPlace {
  readonly arrayOf: GgufValueType;
  /** Items. */
  readonly count: number;
  /** Byte of the file where the first item begins. */
  readonly offset: number;
  /** Of all items, their lengths included. */
  readonly byteLength: number;
  readonly wide: boolean;
  readonly bigEndian: boolean;
}

/** Shared by all values of one walk. */
export interface GgufPreview {
  itemsLeft: number;
}

export function newPreview(): GgufPreview {
  return { itemsLeft: MAX_PREVIEW_TOTAL };
}

/** A value type by its number. */
export function readValueType(cursor: GgufCursor, what: string): GgufValueType {
  const at = cursor.position;
  const number = cursor.u32(what);
  return ggufValueTypes[number] ?? cursor.fail(`${what} from 0 to 12`, String(number), at);
}

/**
 * One metadata value. Long strings are cut and say so; integers beyond 2^53 are text, and so are
 * NaN and infinities; arrays of more than 100 items become a GgufArrayPlace with `first`.
 */
export function readGgufValue(
  cursor: GgufCursor,
  type: GgufValueType,
  preview: GgufPreview,
): MetadataValue {
  if (type === 'array') return readArray(cursor, preview, 1);
  if (type === 'string') return cursor.text('a string', MAX_METADATA_TEXT);
  return readFixed(cursor, type);
}

function readFixed(
  cursor: GgufCursor,
  type: Exclude<GgufValueType, 'array' | 'string'>,
): MetadataValue {
  if (type === 'bool') return readBool(cursor);
  const what = `a value of type ${type}`;
  const value = cursor[type](what);
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : String(value);
}

function readBool(cursor: GgufCursor): boolean {
  const at = cursor.position;
  const byte = cursor.u8('a boolean');
  if (byte > 1) cursor.fail('a boolean of 0 or 1', String(byte), at);
  return byte === 1;
}

/** Type, length and place of an array whose items the file can hold, as far as their sizes tell. */
function readArrayHead(cursor: GgufCursor, depth: number) {
  if (depth > MAX_ARRAY_DEPTH) cursor.fail(`arrays nested at most ${MAX_ARRAY_DEPTH} deep`, 'more');
  const type = readValueType(cursor, 'the type of array items');
  const countAt = cursor.position;
  const count = cursor.size('the length of an array');
  if (count * leastBytes(cursor, type) > cursor.left) {
    const found = `${cursor.sizeText(countAt)} items of type ${type}`;
    cursor.fail(`an array within the ${cursor.left} bytes left`, found, countAt);
  }
  return { type, count, offset: cursor.position };
}

function readArray(cursor: GgufCursor, preview: GgufPreview, depth: number): MetadataValue {
  const { type, count, offset } = readArrayHead(cursor, depth);
  const first = readItems(cursor, type, count, preview, depth);
  if (first.length === count) return first;
  const place: GgufArrayPlace = {
    arrayOf: type,
    count,
    offset,
    byteLength: cursor.position - offset,
    ...cursor.layout,
  };
  return recordOf([...Object.entries(place), ['first', first]]);
}

/** Reads the first items and steps over the rest; the array may hold `count` of them. */
function readItems(
  cursor: GgufCursor,
  type: GgufValueType,
  count: number,
  preview: GgufPreview,
  depth: number,
): MetadataValue[] {
  const shown = Math.min(count, GGUF_PREVIEW_ITEMS, preview.itemsLeft);
  preview.itemsLeft -= shown;
  const first: MetadataValue[] = [];
  for (let index = 0; index < shown; index += 1) first.push(readItem(cursor, type, preview, depth));
  skipItems(cursor, type, count - shown, depth);
  return first;
}

function readItem(
  cursor: GgufCursor,
  type: GgufValueType,
  preview: GgufPreview,
  depth: number,
): MetadataValue {
  if (type !== 'string' && type !== 'array') return readFixed(cursor, type);
  cursor.countItem(type);
  if (type === 'array') return readArray(cursor, preview, depth + 1);
  return cursor.text('a string', MAX_ITEM_TEXT);
}

function skipItems(cursor: GgufCursor, type: GgufValueType, count: number, depth: number): void {
  const bytes = ggufFixedBytes[type];
  if (bytes !== undefined) {
    cursor.skip(bytes * count);
    return;
  }
  for (let index = 0; index < count; index += 1) {
    cursor.countItem(type === 'array' ? 'array' : 'string');
    if (type === 'array') {
      const inner = readArrayHead(cursor, depth + 1);
      skipItems(cursor, inner.type, inner.count, depth + 1);
    } else cursor.skip(cursor.stringLength('a string'));
  }
}

/** Fewest bytes that one item of a type takes. */
function leastBytes(cursor: GgufCursor, type: GgufValueType): number {
  if (type === 'array') return 4 + cursor.sizeBytes;
  return ggufFixedBytes[type] ?? cursor.sizeBytes;
}

/** The place of a long array, from its metadata value; undefined for any other value. */
export function ggufArrayPlace(value: MetadataValue | undefined): GgufArrayPlace | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const { arrayOf, count, offset, byteLength, wide, bigEndian } = value as Partial<
    Record<string, MetadataValue>
  >;
  const type = ggufValueTypes.find((name) => name === arrayOf);
  const numbers = [count, offset, byteLength];
  if (type === undefined || !numbers.every(isSize)) return undefined;
  return {
    arrayOf: type,
    count: Number(count),
    offset: Number(offset),
    byteLength: Number(byteLength),
    wide: wide === true,
    bigEndian: bigEndian === true,
  };
}

function isSize(value: MetadataValue | undefined): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

/**
 * At most `count` (and 10,000) items of a long array from item `from` on. Items of fixed size are
 * found at once; strings are stepped over from the first. Throws FormatError where the file does
 * not hold what the place says.
 */
export function readGgufArray(
  source: ByteSource,
  place: GgufArrayPlace,
  from: number,
  count: number,
): MetadataValue[] {
  const start = Math.min(Math.max(0, Math.floor(from)), place.count);
  const length = Math.max(0, Math.min(Math.floor(count), place.count - start, MAX_GGUF_PAGE));
  const end = Math.min(place.offset + place.byteLength, source.size);
  // Not the place itself: the cursor's layout goes into the places of arrays inside this one.
  const { wide, bigEndian } = place;
  const cursor = new GgufCursor(source, { wide, bigEndian }, place.offset, end);
  const preview = newPreview();
  const items: MetadataValue[] = [];
  if (length === 0) return items;
  skipItems(cursor, place.arrayOf, start, 1);
  for (let index = 0; index < length; index += 1) {
    items.push(readItem(cursor, place.arrayOf, preview, 1));
  }
  return items;
}
