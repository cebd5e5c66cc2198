import { FormatError } from './errors';
import type { ByteSource } from './reader';
import { quote } from './text';
import { type CentralRecord, FLAG_DESCRIPTOR } from './zip-central';
import { amount, SENTINEL_32, viewOf, zip64Values } from './zip-fields';

const LOCAL_SIGNATURE = 0x0403_4b50;
const LOCAL_BYTES = 30;
const DESCRIPTOR_SIGNATURE = 0x0807_4b50;
/** Extra bytes that the first read of a local header takes with it: PyTorch pads to 64. */
const USUAL_EXTRA = 96;

/**
 * Compares every local header and data descriptor with its central record, and demands that the
 * members tile the file from byte 0 to `end`. Returns the data offsets, in the order of `records`.
 * Throws FormatError.
 */
export function checkMembers(
  source: ByteSource,
  records: readonly CentralRecord[],
  end: number,
): Float64Array {
  const order = Uint32Array.from(records.keys()).sort(
    (a, b) => (records[a]?.offset ?? 0) - (records[b]?.offset ?? 0),
  );
  const offsets = new Float64Array(records.length);
  let next = 0;
  order.forEach((index, place) => {
    const record = records[index];
    if (record === undefined) return;
    if (record.offset !== next) {
      const found = `${quote(record.name)} at ${record.offset}`;
      throw new FormatError(source.path, record.at, `a member that begins at ${next}`, found);
    }
    const following = order[place + 1];
    const stop = following === undefined ? end : (records[following]?.offset ?? end);
    const dataOffset = readLocal(source, record, stop);
    offsets[index] = dataOffset;
    checkDescriptor(source, record, dataOffset + record.compressedSize, stop);
    next = stop;
  });
  if (next !== end) {
    throw new FormatError(source.path, next, 'the central directory', `${end - next} bytes before`);
  }
  return offsets;
}

/** Where the member's data begins; it must end at or before `stop`. */
function readLocal(source: ByteSource, record: CentralRecord, stop: number): number {
  const { path } = source;
  const at = record.offset;
  const refuse = (expected: string, found: string): never => {
    throw new FormatError(path, at, expected, `${found} in ${quote(record.name)}`);
  };
  const room = Math.min(stop, source.size) - at;
  const fixed = LOCAL_BYTES + record.nameBytes;
  if (room < fixed) refuse('a local header', `${amount(room)} bytes`);
  let bytes = source.read(at, Math.min(room, fixed + USUAL_EXTRA));
  const header = viewOf(bytes);
  if (header.getUint32(0, true) !== LOCAL_SIGNATURE) refuse('a local header', 'something else');
  if (header.getUint16(26, true) !== record.nameBytes) {
    refuse(`a name of ${record.nameBytes} bytes`, `${header.getUint16(26, true)}`);
  }
  const start = fixed + header.getUint16(28, true);
  if (start + record.compressedSize > room) {
    const found = `${amount(record.compressedSize)} bytes of data`;
    refuse(`a member that ends by ${stop}`, found);
  }
  if (start > bytes.length) bytes = source.read(at, start);
  checkLocal(source, record, bytes.subarray(0, start), refuse);
  return at + start;
}

function checkLocal(
  source: ByteSource,
  record: CentralRecord,
  bytes: Uint8Array,
  refuse: (expected: string, found: string) => never,
): void {
  const view = viewOf(bytes);
  const fixed = LOCAL_BYTES + record.nameBytes;
  if (!sameName(record, bytes.subarray(LOCAL_BYTES, fixed))) {
    refuse('the same name as in the central directory', 'another');
  }
  if (view.getUint16(6, true) !== record.flags || view.getUint16(8, true) !== record.method) {
    const found = `${view.getUint16(6, true)} and ${view.getUint16(8, true)}`;
    refuse(`flags ${record.flags} and method ${record.method}`, found);
  }
  const later = (record.flags & FLAG_DESCRIPTOR) !== 0;
  const crc = view.getUint32(14, true);
  if (crc !== record.crc32 && !(later && crc === 0)) {
    refuse('the same checksum as in the central directory', 'another');
  }
  const wide = zip64Values(source.path, bytes.subarray(fixed), record.offset + fixed);
  const sizes: readonly (readonly [number, number, number])[] = [
    [22, record.size, 0],
    [18, record.compressedSize, 1],
  ];
  for (const [field, expected, place] of sizes) {
    const short = view.getUint32(field, true);
    const found = short === SENTINEL_32 && wide !== undefined ? wide[place] : short;
    if (found === expected || (later && found === 0)) continue;
    refuse(`a size of ${expected} bytes`, `${amount(found ?? 0)} in the local header`);
  }
}

/** Whether the local name's bytes are those that the central directory's name was decoded from. */
function sameName(record: CentralRecord, local: Uint8Array): boolean {
  const encoding = Buffer.byteLength(record.name) === record.nameBytes ? 'utf8' : 'latin1';
  return Buffer.from(record.name, encoding).equals(local);
}

/** Between data and next member there is nothing, or the descriptor that the flags announce. */
function checkDescriptor(
  source: ByteSource,
  record: CentralRecord,
  at: number,
  stop: number,
): void {
  const length = stop - at;
  if ((record.flags & FLAG_DESCRIPTOR) === 0) {
    if (length === 0) return;
    const found = `${length} bytes behind ${quote(record.name)}`;
    throw new FormatError(source.path, at, 'the next member', found);
  }
  if (![12, 16, 20, 24].includes(length)) {
    const found = `${length} bytes behind ${quote(record.name)}`;
    throw new FormatError(source.path, at, 'a data descriptor', found);
  }
  const view = viewOf(source.read(at, length));
  const signed = length === 16 || length === 24;
  const start = signed ? 4 : 0;
  const size = (place: number): bigint =>
    length >= 20
      ? view.getBigUint64(start + 4 + 8 * place, true)
      : BigInt(view.getUint32(start + 4 + 4 * place, true));
  if (
    (signed && view.getUint32(0, true) !== DESCRIPTOR_SIGNATURE) ||
    view.getUint32(start, true) !== record.crc32 ||
    size(0) !== BigInt(record.compressedSize) ||
    size(1) !== BigInt(record.size)
  ) {
    const expected = 'a data descriptor that says what the central directory says';
    throw new FormatError(source.path, at, expected, `another behind ${quote(record.name)}`);
  }
}
