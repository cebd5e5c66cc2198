import type { MetadataValue } from '../../../shared/domain';
import { FormatError } from './errors';
import {
  isRowMajorLittle,
  type NpyBytes,
  type NpyHeader,
  npyReasons,
  readNpyHeader,
  startsAsNpy,
} from './numpy-header';
import type { ByteSource, FileHeader, Reader, TensorEntry } from './reader';
import { baseName, extension, quote, recordOf } from './text';
import { inflateHead, readZip, type ZipEntry } from './zip';

const ARRAY_ENDING = '.npy';
/** Members of an archive: each costs up to 0.1 ms, and real ones have some hundred. */
const MAX_MEMBERS = 50_000;

/**
 * Reader of NumPy arrays: `.npy` files and `.npz` archives of them. Stored members are ranges of
 * the file; deflated ones, big-endian and column-major arrays are marked `encoded`. Arrays of
 * Python objects (pickles) and of records are not read: a file of one is left opaque, and an
 * archive's metadata names them.
 */
export const numpyReader: Reader = { format: 'numpy', read: readNumpy };

function readNumpy(source: ByteSource): FileHeader | undefined {
  const ending = extension(source.path);
  if (startsAsNpy(source.read(0, Math.min(6, source.size)))) return readArrayFile(source);
  if (ending === '.npy') return readArrayFile(source);
  if (ending === '.npz' || firstMemberIsArray(source)) return readArchive(source);
  return undefined;
}

/** Why `numpyReader` leaves a valid `.npy` file alone: a neutral sentence. Throws FormatError. */
export function numpyOpaqueReason(source: ByteSource): string | undefined {
  if (!startsAsNpy(source.read(0, Math.min(6, source.size)))) return undefined;
  const header = readNpyHeader(fileBytes(source));
  return typeof header === 'string' ? npyReasons[header] : undefined;
}

function fileBytes(source: ByteSource): NpyBytes {
  return {
    size: source.size,
    head: (length) => source.read(0, length),
    fail: (at, expected, found) => {
      throw new FormatError(source.path, at, expected, found);
    },
  };
}

function readArrayFile(source: ByteSource): FileHeader | undefined {
  const header = readNpyHeader(fileBytes(source));
  if (typeof header === 'string') return undefined;
  const file = baseName(source.path);
  const name = file.toLowerCase().endsWith(ARRAY_ENDING) ? file.slice(0, -4) : file;
  return {
    format: 'numpy',
    version: header.version,
    tensors: [storedTensor(name, header, 0, source.size)],
    metadata: recordOf(Object.entries(factsOf(header))),
    externals: [],
  };
}

/** What `dtype` and `shape` of a tensor do not tell. */
function factsOf({ descr, fortranOrder, type }: NpyHeader): Record<string, MetadataValue> {
  return {
    descr,
    fortran_order: fortranOrder,
    ...(type.bigEndian ? { byte_order: 'big' } : {}),
  };
}

function storedTensor(name: string, header: NpyHeader, start: number, size: number): TensorEntry {
  return {
    name,
    dtype: header.type.dtype,
    shape: header.shape,
    fileIndex: 0,
    offset: start + header.dataStart,
    byteLength: size - header.dataStart,
    encoding: isRowMajorLittle(header) ? 'raw' : 'encoded',
  };
}

/** A zip whose first member's name ends as an array's, whatever the file's own name. */
function firstMemberIsArray(source: ByteSource): boolean {
  const fixed = 30;
  if (source.size < fixed) return false;
  const head = Buffer.from(source.read(0, fixed));
  if (head.readUInt32LE(0) !== 0x0403_4b50) return false;
  const length = Math.min(head.readUInt16LE(26), source.size - fixed);
  if (length < ARRAY_ENDING.length) return false;
  const ending = source.read(fixed + length - ARRAY_ENDING.length, ARRAY_ENDING.length);
  return Buffer.from(ending).toString('latin1') === ARRAY_ENDING;
}

function readArchive(source: ByteSource): FileHeader {
  const archive = readZip(source);
  if (archive === undefined) {
    throw new FormatError(source.path, 0, 'a zip archive', 'no end record of one');
  }
  const { length } = archive.entries;
  if (length > MAX_MEMBERS) {
    throw new FormatError(source.path, source.size, `at most ${MAX_MEMBERS} members`, `${length}`);
  }
  const tensors: TensorEntry[] = [];
  const arrays = new Map<string, MetadataValue>();
  const unread = new Map<string, MetadataValue>();
  for (const entry of archive.entries) {
    const outcome = readMember(source, entry);
    if (typeof outcome === 'string') {
      unread.set(entry.name, outcome);
      continue;
    }
    tensors.push(outcome.tensor);
    arrays.set(outcome.tensor.name, outcome.facts);
  }
  const metadata: [string, MetadataValue][] = [['arrays', recordOf(arrays)]];
  if (unread.size > 0) metadata.push(['not_read', recordOf(unread)]);
  return { format: 'numpy', tensors, metadata: recordOf(metadata), externals: [] };
}

interface MemberArray {
  readonly tensor: TensorEntry;
  readonly facts: Record<string, MetadataValue>;
}

/** A member's array, or why it is none. */
function readMember(source: ByteSource, entry: ZipEntry): MemberArray | string {
  if (!entry.name.endsWith(ARRAY_ENDING)) return 'Not an array (.npy): not read.';
  const header = readNpyHeader(memberBytes(source, entry));
  if (typeof header === 'string') return npyReasons[header];
  const { dataOffset, size, compressedSize, method } = entry;
  const name = entry.name.slice(0, -ARRAY_ENDING.length);
  const stored = storedTensor(name, header, dataOffset, size);
  const facts = { ...factsOf(header), member: method };
  if (method === 'stored') return { tensor: stored, facts };
  const { dataStart } = header;
  const tensor: TensorEntry = {
    ...stored,
    offset: dataOffset,
    byteLength: compressedSize,
    encoding: 'encoded',
    ...(stored.encoding === 'raw'
      ? { inflate: { skip: dataStart, length: size - dataStart } }
      : {}),
  };
  return { tensor, facts };
}

/** Errors in a deflated member are told at its first byte: its content has no place in the file. */
function memberBytes(source: ByteSource, entry: ZipEntry): NpyBytes {
  return {
    size: entry.size,
    head: (length) => inflateHead(source, entry, length),
    fail: (at, expected, found) => {
      const place = entry.dataOffset + (entry.method === 'stored' ? at : 0);
      throw new FormatError(source.path, place, expected, `${found} in ${quote(entry.name)}`);
    },
  };
}
