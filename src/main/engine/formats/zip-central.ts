import { FormatError } from './errors';
import type { ByteSource } from './reader';
import { unsafePath } from './relative-path';
import { quote } from './text';
import type { ZipEnd } from './zip-end';
import { amount, SENTINEL_16, SENTINEL_32, viewOf, zip64Values } from './zip-fields';

const CENTRAL_SIGNATURE = 0x0201_4b50;
const CENTRAL_BYTES = 46;
/** Sizes of a member are in a data descriptor behind it, too. */
export const FLAG_DESCRIPTOR = 0x0008;
/** Deflate level hints, descriptor, UTF-8 names. Encryption and patches are not among them. */
const KNOWN_FLAGS = 0x0006 | FLAG_DESCRIPTOR | 0x0800;
const MAX_DEFLATE_RATIO = 1032;
const METHOD_STORED = 0;
const METHOD_DEFLATE = 8;

/** One record of the central directory, with zip64 values in place. */
export interface CentralRecord {
  readonly name: string;
  readonly nameBytes: number;
  readonly flags: number;
  readonly method: number;
  readonly crc32: number;
  readonly compressedSize: number;
  readonly size: number;
  /** Of the local header. */
  readonly offset: number;
  readonly at: number;
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Every record, each checked by itself; names are distinct. Throws FormatError. */
export function readCentralDirectory(source: ByteSource, end: ZipEnd): CentralRecord[] {
  const { directoryOffset, directorySize, entries } = end;
  const bytes = source.read(directoryOffset, directorySize);
  const records: CentralRecord[] = [];
  const names = new Set<string>();
  let next = 0;
  while (next < bytes.length) {
    const at = directoryOffset + next;
    if (records.length === entries) {
      const expected = `${entries} members, as the end record says`;
      throw new FormatError(source.path, at, expected, 'more');
    }
    const length = recordLength(source.path, bytes, next, at);
    const record = readRecord(source.path, bytes.subarray(next, next + length), at);
    if (names.has(record.name)) {
      throw new FormatError(source.path, at, 'distinct names', `${quote(record.name)} again`);
    }
    names.add(record.name);
    records.push(record);
    next += length;
  }
  if (records.length !== entries) {
    const expected = `${entries} members, as the end record says`;
    throw new FormatError(source.path, directoryOffset + next, expected, `${records.length}`);
  }
  return records;
}

function recordLength(path: string, bytes: Uint8Array, next: number, at: number): number {
  const room = bytes.length - next;
  if (room >= CENTRAL_BYTES) {
    const view = viewOf(bytes);
    if (view.getUint32(next, true) !== CENTRAL_SIGNATURE) {
      throw new FormatError(path, at, 'a record of the central directory', 'something else');
    }
    const parts = [28, 30, 32].map((field) => view.getUint16(next + field, true));
    const length = parts.reduce((sum, part) => sum + part, CENTRAL_BYTES);
    if (length <= room) return length;
  }
  throw new FormatError(path, at, 'a whole record of the central directory', `${room} bytes`);
}

function readRecord(path: string, bytes: Uint8Array, at: number): CentralRecord {
  const view = viewOf(bytes);
  const nameBytes = view.getUint16(28, true);
  const extraStart = CENTRAL_BYTES + nameBytes;
  const name = readName(path, bytes.subarray(CENTRAL_BYTES, extraStart), at);
  const extra = bytes.subarray(extraStart, extraStart + view.getUint16(30, true));
  const wide = [...(zip64Values(path, extra, at + extraStart) ?? [])];
  const value = (field: number): number => {
    const short = view.getUint32(field, true);
    if (short !== SENTINEL_32) return short;
    const long = wide.shift();
    if (long !== undefined) return long;
    throw new FormatError(path, at + field, 'a zip64 extra field', `none for ${quote(name)}`);
  };
  const size = value(24);
  const compressedSize = value(20);
  const offset = value(42);
  const disk = view.getUint16(34, true);
  if (disk !== 0 && disk !== SENTINEL_16) {
    throw new FormatError(path, at + 34, 'an archive of one part', `disk ${disk}`);
  }
  const record = {
    name,
    nameBytes,
    flags: view.getUint16(8, true),
    method: view.getUint16(10, true),
    crc32: view.getUint32(16, true),
    compressedSize,
    size,
    offset,
    at,
  };
  checkRecord(path, record);
  return record;
}

/** UTF-8, or one character per byte where it is not; never a path that leads elsewhere. */
function readName(path: string, bytes: Uint8Array, at: number): string {
  let name: string;
  try {
    name = utf8.decode(bytes);
  } catch {
    name = Buffer.from(bytes).toString('latin1');
  }
  // PyTorch names its folder after the file, which may hold a colon; a drive letter may not.
  const reason = unsafePath(name.slice(0, 2) + name.slice(2).replaceAll(':', '_'));
  if (reason === undefined) return name;
  throw new FormatError(path, at, 'a relative name', `${quote(name)}, which ${reason}`);
}

function checkRecord(path: string, record: CentralRecord): void {
  const { name, flags, method, compressedSize, size, offset, at } = record;
  const refuse = (expected: string, found: string): never => {
    throw new FormatError(path, at, expected, `${found} in ${quote(name)}`);
  };
  if ((flags & 0x2041) !== 0) refuse('a member that is not encrypted', 'an encrypted one');
  if ((flags & ~KNOWN_FLAGS) !== 0) {
    refuse('known flag bits', `0x${flags.toString(16).padStart(4, '0')}`);
  }
  if (method !== METHOD_STORED && method !== METHOD_DEFLATE) {
    refuse('a stored or deflated member', `method ${method}`);
  }
  if (!Number.isFinite(size + compressedSize + offset)) {
    refuse('sizes and offsets below 2^53', `${amount(size)}, ${amount(compressedSize)}`);
  }
  if (method === METHOD_STORED && size !== compressedSize) {
    refuse('a stored member of one size', `${size} and ${compressedSize} bytes`);
  }
  if (method === METHOD_DEFLATE && size > compressedSize * MAX_DEFLATE_RATIO) {
    refuse(`at most ${MAX_DEFLATE_RATIO} times its ${compressedSize} bytes`, `${size} bytes`);
  }
}
