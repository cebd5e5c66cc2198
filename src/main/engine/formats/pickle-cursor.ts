import { FormatError } from './errors';
import type { ByteSource } from './reader';
import { viewOf } from './zip-fields';

/** Bytes read at once: few at first, since most pickles are short. */
const MIN_WINDOW = 1024;
const MAX_WINDOW = 65_536;
/** Longest line of a text opcode, in bytes. */
const MAX_LINE = 65_536;

/**
 * Reads a range of a source forwards in windows, within the frames that the pickle announces: no
 * argument crosses a frame's end. Every length is checked against the range before it is used.
 */
export class PickleCursor {
  private window: Uint8Array = new Uint8Array(0);
  private view = viewOf(this.window);
  private windowStart = 0;
  private nextWindow = MIN_WINDOW;
  private frameEnd: number | undefined;

  /** `end`: where the range ends, which may be far behind the pickle. */
  constructor(
    readonly source: ByteSource,
    public position: number,
    private readonly end: number,
  ) {}

  fail(expected: string, found: string, at: number = this.position): never {
    throw new FormatError(this.source.path, at, expected, found);
  }

  get inFrame(): boolean {
    return this.frameEnd !== undefined;
  }

  /** Begins a frame of `length` bytes. */
  beginFrame(length: bigint, at: number): void {
    if (this.frameEnd !== undefined) this.fail('the end of a frame', 'another frame', at);
    if (length > BigInt(this.end - this.position)) {
      this.fail('a frame within the pickle', `one of ${length} bytes`, at);
    }
    this.frameEnd = this.position + Number(length);
    this.leaveFrame();
  }

  /** To be called between opcodes: forgets a frame that ends here. */
  leaveFrame(): void {
    if (this.position === this.frameEnd) this.frameEnd = undefined;
  }

  /** Demands `length` more bytes in the range and in the frame. */
  private demand(length: number): void {
    const limit = this.frameEnd ?? this.end;
    if (length <= limit - this.position) return;
    const what = this.frameEnd === undefined ? 'the pickle' : 'its frame';
    this.fail(`${length} more bytes`, `${limit - this.position} to the end of ${what}`);
  }

  /** Offset into the window of the next `length` bytes (at most MAX_WINDOW); moves on. */
  private advance(length: number): number {
    this.demand(length);
    let index = this.position - this.windowStart;
    if (index < 0 || index + length > this.window.length) {
      const wanted = Math.min(Math.max(this.nextWindow, length), this.end - this.position);
      this.nextWindow = Math.min(this.nextWindow * 2, MAX_WINDOW);
      this.window = this.source.read(this.position, wanted);
      this.view = viewOf(this.window);
      this.windowStart = this.position;
      index = 0;
    }
    this.position += length;
    return index;
  }

  byte(): number {
    const index = this.advance(1);
    return this.window[index] ?? 0;
  }

  uint16(): number {
    return this.fixed(2, (view, at) => view.getUint16(at, true));
  }

  int32(): number {
    return this.fixed(4, (view, at) => view.getInt32(at, true));
  }

  uint32(): number {
    return this.fixed(4, (view, at) => view.getUint32(at, true));
  }

  uint64(): bigint {
    return this.fixed(8, (view, at) => view.getBigUint64(at, true));
  }

  /** Big-endian, as pickles keep floats. */
  float64(): number {
    return this.fixed(8, (view, at) => view.getFloat64(at, false));
  }

  private fixed<T>(length: number, get: (view: DataView, at: number) => T): T {
    const index = this.advance(length);
    return get(this.view, index);
  }

  /** Where the next `length` bytes begin; jumps over them unread. */
  skip(length: number | bigint): number {
    if (length > Number.MAX_SAFE_INTEGER) this.fail('bytes within the pickle', `${length} bytes`);
    this.demand(Number(length));
    const at = this.position;
    this.position += Number(length);
    return at;
  }

  /** The next `length` bytes; valid until the next call. */
  bytes(length: number): Uint8Array {
    if (length <= MAX_WINDOW) {
      const index = this.advance(length);
      return this.window.subarray(index, index + length);
    }
    const at = this.skip(length);
    this.window = new Uint8Array(0);
    return this.source.read(at, length);
  }

  /** The rest of a line, as one character per byte, without its line feed. */
  line(): string {
    const at = this.position;
    let line = '';
    for (;;) {
      const byte = this.byte();
      if (byte === 0x0a) return line;
      if (line.length === MAX_LINE) this.fail(`a line of at most ${MAX_LINE} bytes`, 'more', at);
      line += String.fromCharCode(byte);
    }
  }
}
