import { FormatError } from './errors';

/** A 16-bit field that says: see the zip64 record. */
export const SENTINEL_16 = 0xffff;
/** A 32-bit field that says: see the zip64 record or extra field. */
export const SENTINEL_32 = 0xffff_ffff;

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** An unsigned 64-bit value; Infinity from 2^53 on, which no file's size reaches. */
export function unsigned64(view: DataView, at: number): number {
  const value = view.getBigUint64(at, true);
  return value > BigInt(Number.MAX_SAFE_INTEGER) ? Number.POSITIVE_INFINITY : Number(value);
}

/** A size or offset in an error message. */
export function amount(value: number): string {
  return Number.isFinite(value) ? String(value) : 'more than 2^53';
}

/** The zip64 extended information of one header: its 8-byte values in order, or undefined. */
export function zip64Values(
  path: string,
  extra: Uint8Array,
  at: number,
): readonly number[] | undefined {
  const view = viewOf(extra);
  let values: number[] | undefined;
  for (let next = 0; next < extra.length; ) {
    if (extra.length - next < 4) {
      throw new FormatError(path, at + next, 'an extra field', `${extra.length - next} bytes`);
    }
    const id = view.getUint16(next, true);
    const length = view.getUint16(next + 2, true);
    const start = next + 4;
    if (length > extra.length - start) {
      const found = `${extra.length - start} of ${length} bytes`;
      throw new FormatError(path, at + next, 'a whole extra field', found);
    }
    if (id === 1) {
      if (values !== undefined) {
        throw new FormatError(path, at + next, 'one zip64 extra field', 'another');
      }
      values = [];
      for (let i = start; i + 8 <= start + Math.min(length, 24); i += 8) {
        values.push(unsigned64(view, i));
      }
    }
    next = start + length;
  }
  return values;
}
