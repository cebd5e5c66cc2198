import { CodecError, type CodecName } from './types';

/** Encoded data as it is put together: parts that one copy joins. */
export interface ByteWriter {
  readonly parts: Uint8Array[];
  length: number;
}

export function byteWriter(): ByteWriter {
  return { parts: [], length: 0 };
}

/** Keeps `bytes` itself: they must not change until `joined`. */
export function writeBytes(writer: ByteWriter, bytes: Uint8Array): void {
  writer.parts.push(bytes);
  writer.length += bytes.length;
}

export function writeByte(writer: ByteWriter, byte: number): void {
  writeBytes(writer, Uint8Array.of(byte));
}

/** LEB128: seven bits a byte, lowest first, the highest bit of all but the last set. */
export function writeVarint(writer: ByteWriter, value: number): void {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) {
      bytes.push(rest);
      break;
    }
    bytes.push((rest % 128) + 128);
  }
  writeBytes(writer, Uint8Array.from(bytes));
}

/** A fresh copy of everything that was written. */
export function joined({ parts, length }: ByteWriter): Uint8Array {
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** Encoded data as it is taken apart. */
export interface ByteReader {
  /** Whose data it is, for errors. */
  readonly codec: CodecName;
  readonly data: Uint8Array;
  at: number;
}

export function byteReader(codec: CodecName, data: Uint8Array): ByteReader {
  return { codec, data, at: 0 };
}

/** A view of the next `length` bytes. Throws CodecError where there are fewer. */
export function readBytes(reader: ByteReader, length: number): Uint8Array {
  const left = reader.data.length - reader.at;
  if (length > left) throw damaged(reader, `${length} bytes`, `${left}`);
  reader.at += length;
  return reader.data.subarray(reader.at - length, reader.at);
}

/** Throws CodecError at the end. */
export function readByte(reader: ByteReader): number {
  const [byte = 0] = readBytes(reader, 1);
  return byte;
}

/** A length of at most 28 bits in its shortest form. Throws CodecError for any other. */
export function readVarint(reader: ByteReader): number {
  let value = 0;
  for (let shift = 0; shift < 28; shift += 7) {
    const byte = readByte(reader);
    value |= (byte & 127) << shift;
    if (byte >= 128) continue;
    if (byte === 0 && shift > 0) throw damaged(reader, 'a length in its shortest form', '0');
    return value;
  }
  throw damaged(reader, 'a length of at most 28 bits', 'more');
}

/** Throws CodecError for data behind the last stream. */
export function readEnd(reader: ByteReader): void {
  const left = reader.data.length - reader.at;
  if (left > 0) throw damaged(reader, 'the end', `${left} more bytes`);
}

export function damaged(reader: ByteReader, expected: string, found: string): CodecError {
  return new CodecError(reader.codec, reader.at, expected, found);
}
