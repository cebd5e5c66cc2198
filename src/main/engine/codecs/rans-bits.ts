/** Bits, the lowest of a byte first. */
export interface BitWriter {
  readonly bytes: number[];
  held: number;
  count: number;
}

export function bitWriter(): BitWriter {
  return { bytes: [], held: 0, count: 0 };
}

/** The lowest `count` (at most 16) bits of `value`. */
export function writeBits(writer: BitWriter, value: number, count: number): void {
  writer.held |= (value & (2 ** count - 1)) << writer.count;
  writer.count += count;
  for (; writer.count >= 8; writer.count -= 8) {
    writer.bytes.push(writer.held & 0xff);
    writer.held >>>= 8;
  }
}

/** Everything that was written, up to a whole byte with zeros. */
export function bitsWritten(writer: BitWriter): Uint8Array {
  return Uint8Array.from(writer.count > 0 ? [...writer.bytes, writer.held] : writer.bytes);
}

export interface BitReader {
  readonly data: Uint8Array;
  /** The next bit. */
  at: number;
}

/** The next `count` (at most 16) bits; zeros behind the end, which `at` then lies beyond. */
export function readBits(reader: BitReader, count: number): number {
  let value = 0;
  for (let bit = 0; bit < count; bit++, reader.at++) {
    value |= (((reader.data[reader.at >> 3] ?? 0) >> (reader.at & 7)) & 1) << bit;
  }
  return value;
}
