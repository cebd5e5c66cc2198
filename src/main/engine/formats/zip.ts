import type { ByteSource } from './reader';
import { type CentralRecord, readCentralDirectory } from './zip-central';
import { findEnd } from './zip-end';
import { checkMembers } from './zip-members';

/** How a member's bytes are kept. Every other method is refused. */
export type ZipMethod = 'stored' | 'deflate';

/** One member. Its sizes are checked: the range lies inside the file and overlaps no other. */
export interface ZipEntry {
  readonly name: string;
  readonly method: ZipMethod;
  /** Of the first byte of the (compressed) data, from the start of the file. */
  readonly dataOffset: number;
  readonly compressedSize: number;
  /** Of the content; equal to `compressedSize` when stored. */
  readonly size: number;
  /** As declared; only `inflateEntry` and `openEntry` compare it with the content. */
  readonly crc32: number;
  /** Where its record stands in the central directory; for error messages. */
  readonly at: number;
}

export interface ZipArchive {
  /** In the order of the central directory; names are distinct. */
  readonly entries: readonly ZipEntry[];
  readonly byName: ReadonlyMap<string, ZipEntry>;
}

/**
 * The members of a zip archive, whose pieces must tile the file exactly: members from byte 0, each
 * where the one before ends, then the central directory, then one end record. Local headers and
 * data descriptors must say what the central directory says. Content is not read.
 * `undefined`: no zip. Throws FormatError. Source: PKWARE APPNOTE.TXT 6.3.10, sections 4.3 to 4.5.
 */
export function readZip(source: ByteSource): ZipArchive | undefined {
  const end = findEnd(source);
  if (end === undefined) return undefined;
  const records = readCentralDirectory(source, end);
  const offsets = checkMembers(source, records, end.directoryOffset);
  const entries = records.map((record, index) => toEntry(record, offsets[index] ?? 0));
  return { entries, byName: new Map(entries.map((entry) => [entry.name, entry])) };
}

function toEntry(record: CentralRecord, dataOffset: number): ZipEntry {
  const { name, compressedSize, size, crc32, at } = record;
  const method = record.method === 0 ? 'stored' : 'deflate';
  return { name, method, dataOffset, compressedSize, size, crc32, at };
}

export { inflateEntry, inflateHead, type MemberBytes, openEntry } from './zip-content';
