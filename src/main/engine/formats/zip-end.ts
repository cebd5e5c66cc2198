import { FormatError } from './errors';
import type { ByteSource } from './reader';
import { amount, SENTINEL_16, SENTINEL_32, unsigned64, viewOf } from './zip-fields';

const LOCAL_SIGNATURE = 0x0403_4b50;
const END_SIGNATURE = 0x0605_4b50;
const END_BYTES = 22;
const MAX_COMMENT = 65_535;
const LOCATOR_SIGNATURE = 0x0706_4b50;
const LOCATOR_BYTES = 20;
const END64_SIGNATURE = 0x0606_4b50;
const END64_BYTES = 56;
/** Most members; the largest checkpoints hold some hundred thousand storages. */
export const MAX_ENTRIES = 500_000;
/** Longest central directory that is read. */
export const MAX_DIRECTORY_BYTES = 120_000_000;

/** Where the central directory lies, and how many records it holds. */
export interface ZipEnd {
  readonly entries: number;
  readonly directoryOffset: number;
  readonly directorySize: number;
}

interface EndRecord extends ZipEnd {
  readonly at: number;
}

/**
 * The one end record of an archive, its zip64 companions included. `undefined`: not a zip at all.
 * Throws FormatError for a zip without one, with two, or with one whose comment holds another.
 */
export function findEnd(source: ByteSource): ZipEnd | undefined {
  const begins = looksLikeZip(source);
  const at = endPosition(source);
  if (at === undefined) {
    if (!begins) return undefined;
    throw new FormatError(source.path, source.size, 'an end record that ends the file', 'none');
  }
  const record = readEnd(source, at);
  const end = withZip64(source, record);
  const { entries, directoryOffset, directorySize } = end.zip;
  if (entries > MAX_ENTRIES) {
    throw new FormatError(source.path, at, `at most ${MAX_ENTRIES} members`, amount(entries));
  }
  if (directorySize > MAX_DIRECTORY_BYTES) {
    const expected = `a central directory of at most ${MAX_DIRECTORY_BYTES} bytes`;
    throw new FormatError(source.path, at, expected, amount(directorySize));
  }
  if (directoryOffset + directorySize !== end.directoryEnd) {
    const found = `one of ${amount(directorySize)} bytes at ${amount(directoryOffset)}`;
    const expected = `a central directory that ends at ${end.directoryEnd}`;
    throw new FormatError(source.path, at, expected, found);
  }
  return end.zip;
}

/** A local header, or an empty archive's end record, at the start. */
export function looksLikeZip(source: ByteSource): boolean {
  if (source.size < 4) return false;
  const signature = viewOf(source.read(0, 4)).getUint32(0, true);
  return signature === LOCAL_SIGNATURE || signature === END_SIGNATURE;
}

/** Of all places where an end record's comment ends with the file, the only one. */
function endPosition(source: ByteSource): number | undefined {
  if (source.size < END_BYTES) return undefined;
  const start = Math.max(0, source.size - END_BYTES - MAX_COMMENT);
  const tail = source.read(start, source.size - start);
  const view = viewOf(tail);
  let found: number | undefined;
  let last: number | undefined;
  for (let at = tail.indexOf(0x50); at >= 0 && at + 4 <= tail.length; ) {
    if (view.getUint32(at, true) === END_SIGNATURE) {
      last = at;
      const room = tail.length - at - END_BYTES;
      if (room >= 0 && view.getUint16(at + 20, true) === room) {
        if (found !== undefined) {
          const other = `another at ${start + at}`;
          throw new FormatError(source.path, start + found, 'one end record', other);
        }
        found = at;
      }
    }
    at = tail.indexOf(0x50, at + 1);
  }
  if (found !== undefined && last !== found) {
    const expected = 'a comment without an end record';
    throw new FormatError(source.path, start + found, expected, `one at ${start + (last ?? 0)}`);
  }
  return found === undefined ? undefined : start + found;
}

function readEnd(source: ByteSource, at: number): EndRecord {
  const view = viewOf(source.read(at, END_BYTES));
  const disks = [view.getUint16(4, true), view.getUint16(6, true)];
  if (disks.some((disk) => disk !== 0)) {
    throw new FormatError(source.path, at + 4, 'an archive of one part', `disk ${disks.join()}`);
  }
  const entries = view.getUint16(10, true);
  if (view.getUint16(8, true) !== entries) {
    const found = `${view.getUint16(8, true)} and ${entries}`;
    throw new FormatError(source.path, at + 8, 'one number of members', found);
  }
  const directorySize = view.getUint32(12, true);
  return { at, entries, directorySize, directoryOffset: view.getUint32(16, true) };
}

/** The values that hold, and where the central directory must end. */
function withZip64(
  source: ByteSource,
  end: EndRecord,
): { readonly zip: ZipEnd; readonly directoryEnd: number } {
  const locatorAt = end.at - LOCATOR_BYTES;
  const locator = locatorAt < 0 ? undefined : viewOf(source.read(locatorAt, LOCATOR_BYTES));
  if (locator?.getUint32(0, true) !== LOCATOR_SIGNATURE) {
    const { entries, directorySize, directoryOffset } = end;
    if (
      entries === SENTINEL_16 ||
      directorySize === SENTINEL_32 ||
      directoryOffset === SENTINEL_32
    ) {
      throw new FormatError(source.path, locatorAt, 'a zip64 end record', 'none');
    }
    return { zip: end, directoryEnd: end.at };
  }
  const at = unsigned64(locator, 8);
  const disks = [locator.getUint32(4, true), locator.getUint32(16, true)];
  if (disks[0] !== 0 || disks[1] !== 1) {
    const found = `disk ${disks[0]} of ${disks[1]}`;
    throw new FormatError(source.path, locatorAt, 'an archive of one part', found);
  }
  if (at !== locatorAt - END64_BYTES) {
    const expected = `a zip64 end record at ${locatorAt - END64_BYTES}`;
    throw new FormatError(source.path, locatorAt, expected, `one at ${amount(at)}`);
  }
  return { zip: readEnd64(source, at, end), directoryEnd: at };
}

function readEnd64(source: ByteSource, at: number, end: EndRecord): ZipEnd {
  const view = viewOf(source.read(at, END64_BYTES));
  if (view.getUint32(0, true) !== END64_SIGNATURE || unsigned64(view, 4) !== END64_BYTES - 12) {
    throw new FormatError(source.path, at, 'a zip64 end record of 56 bytes', 'something else');
  }
  if (view.getUint32(16, true) !== 0 || view.getUint32(20, true) !== 0) {
    throw new FormatError(source.path, at + 16, 'an archive of one part', 'another disk');
  }
  const entries = unsigned64(view, 32);
  const zip = {
    entries,
    directorySize: unsigned64(view, 40),
    directoryOffset: unsigned64(view, 48),
  };
  const fits = (short: number, long: number, sentinel: number) =>
    short === long || short === sentinel;
  if (
    unsigned64(view, 24) !== entries ||
    !fits(end.entries, entries, SENTINEL_16) ||
    !fits(end.directorySize, zip.directorySize, SENTINEL_32) ||
    !fits(end.directoryOffset, zip.directoryOffset, SENTINEL_32)
  ) {
    throw new FormatError(source.path, at, 'what the end record says', 'other numbers');
  }
  return zip;
}
