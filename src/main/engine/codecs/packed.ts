import {
  type ByteReader,
  type ByteWriter,
  damaged,
  readByte,
  readBytes,
  writeByte,
  writeBytes,
} from './bytes';

/** Most different bytes that a packed plane has. */
const MAX_SYMBOLS = 16;

/** A plane of few different bytes: which they are, ascending, and how many bits each one takes. */
export interface Packing {
  readonly symbols: Uint8Array;
  readonly bits: 1 | 2 | 4;
  /** Of the whole stream without its tag. */
  readonly length: number;
}

/** Undefined where a plane has one byte only, or more than 16. Ends at the seventeenth. */
export function packingOf(plane: Uint8Array): Packing | undefined {
  const found = new Uint8Array(256);
  let count = 0;
  for (let at = 0; at < plane.length; at++) {
    const byte = plane[at] as number;
    if (found[byte] === 1) continue;
    found[byte] = 1;
    count += 1;
    if (count > MAX_SYMBOLS) return undefined;
  }
  if (count < 2) return undefined;
  const symbols = Uint8Array.from(found.keys()).filter((byte) => found[byte] === 1);
  const bits = bitsOf(count);
  return { symbols, bits, length: 1 + count + Math.ceil((plane.length * bits) / 8) };
}

/**
 *   count    u8, 2 … 16
 *   symbols  the bytes, ascending
 *   bits     1, 2 or 4 for each byte of the plane, as few as the count allows: its symbol's place,
 *            lowest bits first; the last byte is filled with zeros
 */
export function writePacked(writer: ByteWriter, plane: Uint8Array, packing: Packing): void {
  const { symbols, bits } = packing;
  const places = new Uint8Array(256);
  symbols.forEach((byte, place) => {
    places[byte] = place;
  });
  const packed = new Uint8Array(Math.ceil((plane.length * bits) / 8));
  const each = 8 / bits;
  for (let at = 0, to = 0; at < plane.length; to++) {
    let byte = 0;
    for (let end = Math.min(plane.length, at + each), shift = 0; at < end; at++, shift += bits) {
      byte |= (places[plane[at] as number] as number) << shift;
    }
    packed[to] = byte;
  }
  writeByte(writer, symbols.length);
  writeBytes(writer, symbols);
  writeBytes(writer, packed);
}

/** Fills the plane. Throws CodecError. */
export function readPacked(reader: ByteReader, plane: Uint8Array): void {
  const count = readByte(reader);
  if (count < 2 || count > MAX_SYMBOLS) throw damaged(reader, '2 to 16 symbols', `${count}`);
  const symbols = readBytes(reader, count);
  if (symbols.some((byte, place) => place > 0 && byte <= (symbols[place - 1] ?? 0))) {
    throw damaged(reader, 'ascending symbols', symbols.join(' '));
  }
  const bits = bitsOf(count);
  const packed = readBytes(reader, Math.ceil((plane.length * bits) / 8));
  const [each, mask] = [8 / bits, 2 ** bits - 1];
  let beyond = 0;
  for (let from = 0, at = 0; from < packed.length; from++) {
    let byte = packed[from] as number;
    for (const end = Math.min(plane.length, at + each); at < end; at++, byte >>= bits) {
      const place = byte & mask;
      if (place >= count) beyond += 1;
      plane[at] = symbols[place] as number;
    }
    beyond += byte;
  }
  if (beyond > 0) throw damaged(reader, `places below ${count}`, 'others');
}

function bitsOf(count: number): 1 | 2 | 4 {
  return count <= 2 ? 1 : count <= 4 ? 2 : 4;
}
