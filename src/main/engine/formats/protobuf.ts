import { FormatError } from './errors';
import type { ByteSource } from './reader';
import { clipText, MAX_METADATA_TEXT } from './text';

/** Wire types of the encoding (protobuf.dev/programming-guides/encoding). */
export const VARINT = 0;
export const FIXED64 = 1;
export const LENGTH = 2;
export const FIXED32 = 5;

const MIN_WINDOW = 1024;
const MAX_WINDOW = 64 * 1024;
const MAX_VARINT_BYTES = 10;
/** Names longer than this are refused. */
const MAX_TEXT_BYTES = 1024 * 1024;
/** All names together. */
const MAX_TOTAL_TEXT = 128 * 1024 * 1024;
/** Fields visited in one file: some seconds of work. A large real model has about a million. */
const MAX_FIELDS = 20_000_000;

/** A byte range of the file. */
export interface Span {
  readonly offset: number;
  readonly length: number;
}

/** Consumes the field's value and returns true, or leaves it to be skipped. */
export type FieldHandler = (field: number, wire: number) => boolean;

/**
 * Steps through protobuf's wire format over a file without loading it: a small window follows the
 * position, grows while reading goes straight on and starts small again after a jump over data.
 * Every length is checked against the message around it before it is used. Throws FormatError.
 */
export class WireReader {
  position = 0;
  private window: Uint8Array = new Uint8Array(0);
  private windowStart = 0;
  private nextWindow = MIN_WINDOW;
  private fieldsLeft = MAX_FIELDS;
  private textLeft = MAX_TOTAL_TEXT;
  private readonly strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  private readonly lenient = new TextDecoder('utf-8', { ignoreBOM: true });

  constructor(private readonly source: ByteSource) {}

  fail(expected: string, found: string, at: number = this.position): never {
    throw new FormatError(this.source.path, at, expected, found);
  }

  /** Visits every field of the message that lasts until `end`. */
  message(end: number, handle: FieldHandler): void {
    while (this.position < end) {
      const at = this.position;
      const tag = this.varint(end);
      const wire = tag % 8;
      const field = Math.floor(tag / 8);
      if (field < 1 || field > 0x1fff_ffff) this.fail('a field number', String(field), at);
      if (wire !== VARINT && wire !== FIXED64 && wire !== LENGTH && wire !== FIXED32) {
        this.fail('wire type 0, 1, 2 or 5', `${wire} in field ${field}`, at);
      }
      this.fieldsLeft -= 1;
      if (this.fieldsLeft < 0) this.fail(`at most ${MAX_FIELDS} fields`, 'more', at);
      if (!handle(field, wire)) this.skip(wire, end);
    }
  }

  /** An unsigned 64-bit value; Infinity from 2^53 on (negative numbers are there, too). */
  varint(end: number): number {
    const at = this.position;
    let value = 0;
    let scale = 1;
    for (let count = 0; count < MAX_VARINT_BYTES; count += 1) {
      if (this.position >= end) this.fail('the rest of a number', 'its message ends', at);
      const byte = this.byte();
      value += (byte & 0x7f) * scale;
      scale *= 128;
      if (byte < 0x80) return value > Number.MAX_SAFE_INTEGER ? Number.POSITIVE_INFINITY : value;
    }
    return this.fail(`a number of at most ${MAX_VARINT_BYTES} bytes`, 'a longer one', at);
  }

  /** A length that fits before `end`. */
  length(end: number): number {
    const at = this.position;
    const length = this.varint(end);
    if (length > end - this.position) {
      const found = Number.isFinite(length) ? `${length} bytes` : 'more than 2^53 bytes';
      this.fail(`at most ${end - this.position} bytes, as its message holds`, found, at);
    }
    return length;
  }

  /** The range of a length-delimited value, which is jumped over unread. */
  span(end: number): Span {
    const length = this.length(end);
    const offset = this.position;
    this.position += length;
    return { offset, length };
  }

  skip(wire: number, end: number): void {
    if (wire === VARINT) this.varint(end);
    else if (wire === LENGTH) this.span(end);
    else this.advance(wire === FIXED64 ? 8 : 4, end);
  }

  private advance(bytes: number, end: number): void {
    if (bytes > end - this.position) {
      this.fail(`${bytes} bytes`, `${end - this.position} left in its message`);
    }
    this.position += bytes;
  }

  /** Demands a wire type of a known field. */
  demand(wire: number, wanted: number, what: string): void {
    if (wire !== wanted) this.fail(`wire type ${wanted} for ${what}`, `${wire}`);
  }

  /** A name: UTF-8, at most 1 MiB. */
  text(end: number): string {
    const { offset, length } = this.span(end);
    if (length > MAX_TEXT_BYTES) {
      this.fail(`a text of at most ${MAX_TEXT_BYTES} bytes`, `${length} bytes`, offset);
    }
    this.textLeft -= length;
    if (this.textLeft < 0) this.fail(`at most ${MAX_TOTAL_TEXT} bytes of names`, 'more', offset);
    try {
      return this.strict.decode(this.bytes(offset, length));
    } catch (error) {
      if (error instanceof FormatError) throw error;
      return this.fail('UTF-8 text', 'bytes that are not UTF-8', offset);
    }
  }

  /** A text for display: cut when long, replacement characters for bytes that are not UTF-8. */
  note(end: number): string {
    const { offset, length } = this.span(end);
    const kept = Math.min(length, MAX_METADATA_TEXT);
    this.textLeft -= kept;
    if (this.textLeft < 0) this.fail(`at most ${MAX_TOTAL_TEXT} bytes of text`, 'more', offset);
    const text = clipText(this.lenient.decode(this.bytes(offset, kept)));
    return kept < length ? `${text}… (${length} bytes)` : text;
  }

  /** Bytes at a place that was already passed; valid until the next call. Keeps the position. */
  bytes(offset: number, length: number): Uint8Array {
    const start = offset - this.windowStart;
    if (start >= 0 && start + length <= this.window.length) {
      return this.window.subarray(start, start + length);
    }
    this.window = new Uint8Array(0);
    return this.source.read(offset, length);
  }

  private byte(): number {
    let index = this.position - this.windowStart;
    if (index < 0 || index >= this.window.length) {
      this.refill();
      index = 0;
    }
    this.position += 1;
    return this.window[index] ?? 0;
  }

  private refill(): void {
    const onward = this.position === this.windowStart + this.window.length;
    this.nextWindow = onward ? Math.min(this.nextWindow * 2, MAX_WINDOW) : MIN_WINDOW;
    const length = Math.min(this.nextWindow, this.source.size - this.position);
    this.window = this.source.read(this.position, length);
    this.windowStart = this.position;
  }
}
