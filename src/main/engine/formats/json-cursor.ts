import { FormatError } from './errors';
import { quote } from './text';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const MINUS = 0x2d;
const ZERO = 0x30;
const NINE = 0x39;

const simpleEscapes: ReadonlyMap<number, number> = new Map([
  [0x22, 0x22],
  [0x5c, 0x5c],
  [0x2f, 0x2f],
  [0x62, 0x08],
  [0x66, 0x0c],
  [0x6e, 0x0a],
  [0x72, 0x0d],
  [0x74, 0x09],
]);

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

function hexByte(byte: number): string {
  return `byte 0x${byte.toString(16).padStart(2, '0')}`;
}

/** Writes one code point; returns its length in bytes. */
function writeUtf8(target: Uint8Array, at: number, point: number): number {
  if (point < 0x80) {
    target[at] = point;
    return 1;
  }
  const length = point < 0x800 ? 2 : point < 0x1_0000 ? 3 : 4;
  let rest = point;
  for (let index = length - 1; index > 0; index -= 1) {
    target[at + index] = 0x80 | (rest & 0x3f);
    rest >>= 6;
  }
  target[at] = ((0xf00 >> length) & 0xff) | rest;
  return length;
}

/**
 * Steps through strict JSON (RFC 8259) in UTF-8 bytes, without making a tree or one large string.
 * Every refusal is a FormatError at the byte's place in the file.
 */
export class JsonCursor {
  position = 0;
  private readonly buffer: Buffer;
  private readonly decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

  constructor(
    private readonly bytes: Uint8Array,
    private readonly file: string,
    /** Where `bytes` starts in the file. */
    private readonly base: number,
  ) {
    this.buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get atEnd(): boolean {
    return this.position >= this.bytes.length;
  }

  fail(expected: string, found: string = this.describe(), at: number = this.position): never {
    throw new FormatError(this.file, this.base + at, expected, found);
  }

  /** What lies at the position, for an error message. */
  describe(): string {
    const byte = this.bytes[this.position];
    if (byte === undefined) return 'the end of the JSON text';
    if (byte >= 0x20 && byte < 0x7f) return quote(String.fromCharCode(byte));
    return hexByte(byte);
  }

  skipWhiteSpace(): void {
    const bytes = this.bytes;
    let at = this.position;
    for (; at < bytes.length; at += 1) {
      const byte = bytes[at];
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) break;
    }
    this.position = at;
  }

  /** The next byte that is not white space; -1 at the end. Does not consume it. */
  peek(): number {
    this.skipWhiteSpace();
    return this.bytes[this.position] ?? -1;
  }

  /** Consumes `char` after white space if it comes next. */
  accept(char: string): boolean {
    if (this.peek() !== char.charCodeAt(0)) return false;
    this.position += 1;
    return true;
  }

  /** Consumes `char` after white space. `expected` describes it in the refusal. */
  expect(char: string, expected?: string): void {
    if (!this.accept(char)) this.fail(expected ?? quote(char));
  }

  /** Consumes the string `text`, spelled without escapes in ASCII, if it comes next. */
  acceptString(text: string): boolean {
    if (this.peek() !== QUOTE) return false;
    const start = this.position + 1;
    if (this.bytes[start + text.length] !== QUOTE) return false;
    for (let index = 0; index < text.length; index += 1) {
      if (this.bytes[start + index] !== text.charCodeAt(index)) return false;
    }
    this.position = start + text.length + 1;
    return true;
  }

  /** Consumes an exact word such as `true`, if it comes next. */
  acceptWord(word: string): boolean {
    this.skipWhiteSpace();
    const end = this.position + word.length;
    if (this.buffer.toString('latin1', this.position, end) !== word) return false;
    this.position = end;
    return true;
  }

  /** A string's text. `limit`: longest raw length in bytes that is taken. */
  string(expected = 'a string', limit = Number.POSITIVE_INFINITY): string {
    if (this.peek() !== QUOTE) this.fail(expected);
    const bytes = this.bytes;
    const start = this.position + 1;
    let escaped = false;
    let ascii = true;
    for (let at = start; at < bytes.length; at += 1) {
      const byte = bytes[at] ?? 0;
      if (byte === QUOTE) {
        if (at - start > limit) this.fail(`at most ${limit} bytes`, `${at - start}`, start);
        this.position = at + 1;
        if (escaped) return this.unescaped(start, at);
        return ascii ? this.buffer.toString('latin1', start, at) : this.utf8(start, at);
      }
      if (byte === BACKSLASH) {
        escaped = true;
        at += 1;
      } else if (byte < 0x20) {
        this.fail('no control character inside a string', hexByte(byte), at);
      } else if (byte >= 0x80) ascii = false;
    }
    this.position = bytes.length;
    return this.fail('the end of a string');
  }

  /** Turns escapes into UTF-8 in one buffer: never longer than the escapes themselves. */
  private unescaped(start: number, end: number): string {
    const bytes = this.bytes;
    const target = Buffer.allocUnsafe(end - start);
    let length = 0;
    for (let at = start; at < end; at += 1) {
      const byte = bytes[at] ?? 0;
      if (byte !== BACKSLASH) {
        target[length] = byte;
        length += 1;
        continue;
      }
      const code = bytes[at + 1] ?? 0;
      if (code === 0x75) {
        const high = this.hexUnit(at, end);
        const isPair = high >= 0xd800 && high < 0xdc00 && bytes[at + 6] === BACKSLASH;
        const unit = isPair ? this.pair(high, at, end) : high;
        if (unit >= 0xd800 && unit < 0xe000) {
          this.fail('Unicode text', 'half of a surrogate pair', at);
        }
        length += writeUtf8(target, length, unit);
        at += unit > 0xffff ? 11 : 5;
        continue;
      }
      const simple = simpleEscapes.get(code);
      if (simple === undefined) this.fail('a JSON escape', this.quoteAt(at, 2), at);
      target[length] = simple;
      length += 1;
      at += 1;
    }
    return this.decode(target.subarray(0, length), start);
  }

  /** The code point of a surrogate pair of escapes at `at`; its first half if the second is none. */
  private pair(high: number, at: number, end: number): number {
    if (this.bytes[at + 7] !== 0x75) return high;
    const low = this.hexUnit(at + 6, end);
    if (low < 0xdc00 || low > 0xdfff) return high;
    return 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
  }

  private hexUnit(at: number, end: number): number {
    let unit = 0;
    for (let digit = at + 2; digit < at + 6; digit += 1) {
      const value = digit < end ? hexDigit(this.bytes[digit] ?? 0) : -1;
      if (value < 0) this.fail('four hex digits', this.quoteAt(at, 6), at);
      unit = unit * 16 + value;
    }
    return unit;
  }

  private utf8(start: number, end: number): string {
    return this.decode(this.bytes.subarray(start, end), start);
  }

  private decode(bytes: Uint8Array, at: number): string {
    try {
      return this.decoder.decode(bytes);
    } catch {
      return this.fail('UTF-8 text', 'bytes that are not UTF-8', at);
    }
  }

  private quoteAt(at: number, length: number): string {
    return quote(this.buffer.toString('latin1', at, at + length));
  }

  /**
   * A count in plain digits, at most 2^53 - 1: no sign, fraction, exponent or leading zero, and
   * not the text of one.
   */
  count(expected: string): number {
    if (this.peek() === -1) this.fail(expected);
    const bytes = this.bytes;
    const start = this.position;
    let value = 0;
    let at = start;
    for (; at < bytes.length; at += 1) {
      const byte = bytes[at] ?? 0;
      if (byte < ZERO || byte > NINE) break;
      value = value * 10 + (byte - ZERO);
    }
    const next = bytes[at] ?? 0;
    const goesOn = next === 0x2e || next === 0x65 || next === 0x45;
    if (at === start || goesOn || (at - start > 1 && bytes[start] === ZERO)) {
      this.fail(expected, this.numberText(start), start);
    }
    if (value > Number.MAX_SAFE_INTEGER) {
      this.fail(`${expected} below 2^53`, this.numberText(start), start);
    }
    this.position = at;
    return value;
  }

  /** Any JSON number; text when it is an integer beyond 2^53, so that no digit is lost. */
  number(): number | string {
    this.skipWhiteSpace();
    const start = this.position;
    const text = this.buffer.toString('latin1', start, start + 400);
    const match = /^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/.exec(text);
    if (match === null || match[0].length === 400) return this.fail('a number');
    this.position = start + match[0].length;
    const value = Number(match[0]);
    const whole = match[2] === undefined && match[3] === undefined;
    return whole && !Number.isSafeInteger(value) ? match[0] : value;
  }

  private numberText(start: number): string {
    let end = start;
    while (end < this.bytes.length && end - start < 40) {
      const byte = this.bytes[end] ?? 0;
      const numeric = (byte >= ZERO && byte <= NINE) || byte === MINUS || byte === 0x2e;
      if (!numeric && byte !== 0x65 && byte !== 0x45 && byte !== 0x2b) break;
      end += 1;
    }
    return end === start ? this.describe() : this.quoteAt(start, end - start);
  }
}
