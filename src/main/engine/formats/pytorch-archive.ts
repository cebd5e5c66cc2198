import { FormatError } from './errors';
import { type PickleResult, readPickle } from './pickle';
import type { ByteSource } from './reader';
import { quote } from './text';
import { inflateEntry, openEntry, type ZipArchive, type ZipEntry } from './zip';

/** Longest pickle that is read; that of a checkpoint of 300,000 tensors has some 50 MB. */
export const MAX_PICKLE_BYTES = 256 * 1_048_576;
/** Longest one that is unpacked into memory; PyTorch itself deflates nothing. */
export const MAX_UNPACKED_PICKLE_BYTES = 64 * 1_048_576;
const MAX_RECORD_BYTES = 1024;

/** An archive as PyTorch writes it, and the folder that all its members lie in. */
export interface PytorchArchive {
  readonly source: ByteSource;
  readonly zip: ZipArchive;
  /** With its slash. */
  readonly prefix: string;
}

/**
 * What `read` returns. Offsets in its errors count within the pickle where that is deflated; they
 * become the member's own, with the place inside told in words.
 */
export function atMember<T>(entry: ZipEntry, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof FormatError) || entry.method === 'stored') throw error;
    const { file, offset, expected, found } = error;
    const where = `${found} (byte ${offset} of the unpacked ${quote(entry.name)})`;
    throw new FormatError(file, entry.dataOffset, expected, where);
  }
}

/** Reads a pickle that fills a member exactly. */
export function readMember(
  archive: PytorchArchive,
  entry: ZipEntry,
  torchscript: boolean,
): PickleResult {
  const limit = entry.method === 'stored' ? MAX_PICKLE_BYTES : MAX_UNPACKED_PICKLE_BYTES;
  const { source, offset, length } = openEntry(archive.source, entry, limit);
  const result = readPickle(source, { start: offset, end: offset + length, torchscript });
  if (result.kind === 'value' && result.end !== offset + length) {
    const found = `${offset + length - result.end} bytes behind it in ${quote(entry.name)}`;
    throw new FormatError(source.path, result.end, 'one pickle', found);
  }
  return result;
}

/** A small text member, or undefined. Throws FormatError. */
export function record(archive: PytorchArchive, name: string): string | undefined {
  const entry = archive.zip.byName.get(`${archive.prefix}${name}`);
  if (entry === undefined) return undefined;
  const bytes = inflateEntry(archive.source, entry, MAX_RECORD_BYTES);
  const text = Buffer.from(bytes).toString('utf8').trim();
  if (/^[\x20-\x7e]{0,64}$/.test(text)) return text;
  throw new FormatError(archive.source.path, entry.dataOffset, `a short ${name}`, quote(text));
}
