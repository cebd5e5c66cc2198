import { FormatError } from './errors';
import type { ByteSource } from './reader';

const MIN_WINDOW = 4 * 1024;
const MAX_WINDOW = 256 * 1024;
/** Bytes looked at in one walk: some ten times the largest vocabularies. Jumps are free. */
const MAX_WALKED_BYTES = 256 * 1024 * 1024;
/** Strings in arrays stepped over in one walk. */
const MAX_WALKED_ITEMS = 16 * 1024 * 1024;
/** An array in an array counts as so many strings. */
const ARRAY_COST = 8;
/** Text kept from one walk, in bytes. */
const MAX_KEPT_TEXT = 64 * 1024 * 1024;

/** What the version and byte order of a file settle for every number in it. */
export interface GgufLayout {
  readonly bigEndian: boolean;
  /** Counts, lengths and dimensions have 64 bits (from version 2 on), not 32. */
  readonly wide: boolean;
}

/**
 * Steps through the numbers and strings of a GGUF header over a file that is not loaded: a window
 * follows the position. Nothing is read past `end`. Throws FormatError.
 */
export class GgufCursor {
  private window: DataView = new DataView(new ArrayBuffer(0));
  private windowStart = 0;
  private nextWindow = MIN_WINDOW;
  private bytesLeft = MAX_WALKED_BYTES;
  private itemsLeft = MAX_WALKED_ITEMS;
  private textLeft = MAX_KEPT_TEXT;
  private readonly strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  private readonly lenient = new TextDecoder('utf-8', { ignoreBOM: true });

  constructor(
    private readonly source: ByteSource,
    readonly layout: GgufLayout,
    public position: number,
    readonly end: number = source.size,
  ) {}

  get left(): number {
    return this.end - this.position;
  }

  /** Bytes of a count, length or dimension. */
  get sizeBytes(): number {
    return this.layout.wide ? 8 : 4;
  }

  fail(expected: string, found: string, at: number = this.position): never {
    throw new FormatError(this.source.path, at, expected, found);
  }

  u8(what: string): number {
    const index = this.take(1, what);
    return this.window.getUint8(index);
  }

  i8(what: string): number {
    const index = this.take(1, what);
    return this.window.getInt8(index);
  }

  u16(what: string): number {
    const index = this.take(2, what);
    return this.window.getUint16(index, !this.layout.bigEndian);
  }

  i16(what: string): number {
    const index = this.take(2, what);
    return this.window.getInt16(index, !this.layout.bigEndian);
  }

  u32(what: string): number {
    const index = this.take(4, what);
    return this.window.getUint32(index, !this.layout.bigEndian);
  }

  i32(what: string): number {
    const index = this.take(4, what);
    return this.window.getInt32(index, !this.layout.bigEndian);
  }

  f32(what: string): number {
    const index = this.take(4, what);
    return this.window.getFloat32(index, !this.layout.bigEndian);
  }

  u64(what: string): bigint {
    const index = this.take(8, what);
    return this.window.getBigUint64(index, !this.layout.bigEndian);
  }

  i64(what: string): bigint {
    const index = this.take(8, what);
    return this.window.getBigInt64(index, !this.layout.bigEndian);
  }

  f64(what: string): number {
    const index = this.take(8, what);
    return this.window.getFloat64(index, !this.layout.bigEndian);
  }

  /** A count, length or dimension, exact; Infinity from 2^53 on. */
  size(what: string): number {
    return this.layout.wide ? this.offset(what) : this.u32(what);
  }

  /** An unsigned 64-bit number, exact; Infinity from 2^53 on. */
  offset(what: string): number {
    const index = this.take(8, what);
    const { bigEndian } = this.layout;
    const high = this.window.getUint32(bigEndian ? index : index + 4, !bigEndian);
    const low = this.window.getUint32(bigEndian ? index + 4 : index, !bigEndian);
    return high >= 0x20_0000 ? Number.POSITIVE_INFINITY : high * 0x1_0000_0000 + low;
  }

  /** The size at a place that `size` has read, in full, for a message. */
  sizeText(at: number): string {
    return this.numberText(at, this.sizeBytes);
  }

  /** As `sizeText`, of what `offset` has read. */
  offsetText(at: number): string {
    return this.numberText(at, 8);
  }

  private numberText(at: number, bytes: number): string {
    const view = viewOf(this.peek(at, bytes));
    const little = !this.layout.bigEndian;
    return String(bytes === 8 ? view.getBigUint64(0, little) : view.getUint32(0, little));
  }

  /** The length of a string that the file can hold; the position is then at its first byte. */
  stringLength(what: string): number {
    const at = this.position;
    const length = this.size(`the length of ${what}`);
    if (length > this.left) {
      this.fail(`${what} of at most ${this.left} bytes`, `${this.sizeText(at)} bytes`, at);
    }
    return length;
  }

  /** A key or name of 1 to `limit` bytes of UTF-8. */
  name(what: string, limit: number): string {
    const at = this.position;
    const length = this.size(`the length of ${what}`);
    if (length < 1 || length > limit) {
      this.fail(`${what} of 1 to ${limit} bytes`, `${this.sizeText(at)} bytes`, at);
    }
    if (length > this.left) this.fail(`${what} of ${length} bytes`, `${this.left} bytes left`, at);
    const bytes = this.keep(length, length);
    try {
      return this.strict.decode(bytes);
    } catch {
      return this.fail(`${what} in UTF-8`, 'bytes that are not UTF-8', at);
    }
  }

  /** A string for display: at most `limit` bytes of it are read, and then its length is told. */
  text(what: string, limit: number): string {
    const length = this.stringLength(what);
    const kept = Math.min(length, limit);
    const text = this.lenient.decode(this.keep(kept, length), { stream: kept < length });
    if (kept === length) return text;
    this.lenient.decode();
    return `${text}… (${length} bytes)`;
  }

  /** The first `kept` bytes of a string of `length`, which the position then has passed. */
  private keep(kept: number, length: number): Uint8Array {
    this.textLeft -= kept;
    if (this.textLeft < 0) this.fail(`at most ${MAX_KEPT_TEXT} bytes of text`, 'more');
    const bytes = this.peek(this.position, kept);
    this.position += length;
    return bytes;
  }

  /** Jumps over bytes that are known to be there. */
  skip(bytes: number): void {
    this.position += bytes;
  }

  /** Notes that one more string or array is stepped over. */
  countItem(type: 'string' | 'array'): void {
    this.itemsLeft -= type === 'array' ? ARRAY_COST : 1;
    if (this.itemsLeft >= 0) return;
    const arrays = MAX_WALKED_ITEMS / ARRAY_COST;
    this.fail(`at most ${MAX_WALKED_ITEMS} strings or ${arrays} arrays in arrays`, 'more');
  }

  private peek(at: number, length: number): Uint8Array {
    const index = at - this.windowStart;
    if (index >= 0 && index + length <= this.window.byteLength) {
      return new Uint8Array(this.window.buffer, this.window.byteOffset + index, length);
    }
    this.window = new DataView(new ArrayBuffer(0));
    return this.source.read(at, length);
  }

  /** Where the next `length` bytes are in the window; the position moves behind them. */
  private take(length: number, what: string): number {
    if (length > this.left) {
      this.fail(what, this.left > 0 ? `${this.left} bytes, then the end` : 'the end');
    }
    let index = this.position - this.windowStart;
    if (index < 0 || index + length > this.window.byteLength) {
      this.refill();
      index = 0;
    }
    this.position += length;
    return index;
  }

  private refill(): void {
    const windowEnd = this.windowStart + this.window.byteLength;
    const onward = this.position <= windowEnd && this.position > windowEnd - 8;
    this.nextWindow = onward ? Math.min(this.nextWindow * 2, MAX_WINDOW) : MIN_WINDOW;
    const length = Math.min(this.nextWindow, this.left);
    this.bytesLeft -= length;
    if (this.bytesLeft < 0) this.fail(`a header of at most ${MAX_WALKED_BYTES} bytes`, 'more');
    this.window = viewOf(this.source.read(this.position, length));
    this.windowStart = this.position;
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
