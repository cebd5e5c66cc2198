import type { TensorReader } from './tensor-reader';
import { layoutOf } from './values';

/** Most bytes of a matrix that are held at once. */
const STRIP_BYTES = 67_108_864;
/** Most bytes of one read. */
const READ_BYTES = 1_048_576;
/** Most reads that a matrix in strips may take: beyond, it takes minutes. */
const MOST_READS = 16_777_216;

/** Some columns of a matrix, all of its rows, row after row. */
interface Strip {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly width: number;
  from: number;
  to: number;
}

/**
 * Reads a matrix with its rows and columns exchanged. It is held whole up to `most` bytes; a larger
 * one is read in strips of columns, so read it from front to back. Null where that cannot be: not a matrix
 * of plain elements, a column over `most`, or too many rows for strips.
 */
export function transposed(tensor: TensorReader, most = STRIP_BYTES): TensorReader | null {
  const { target, length } = tensor;
  const { elements: perBlock, bytes: size } = layoutOf(target.kind);
  if (!target.matrix || perBlock > 1) return null;
  const { rows } = target;
  const columns = target.elements / rows;
  const width = Math.min(columns, Math.floor(most / (rows * size)));
  if (width < 1 || (width < columns && Math.ceil(columns / width) * rows > MOST_READS)) return null;
  let strip: Strip | undefined;
  /** The strip that holds a column. */
  const stripOf = (column: number): Strip => {
    strip ??= { bytes: new Uint8Array(rows * width * size), width, from: 0, to: 0 };
    if (column >= strip.from && column < strip.to) return strip;
    strip.from = column;
    strip.to = Math.min(columns, column + width);
    load(tensor, strip, columns, rows, size);
    return strip;
  };
  const read = (into: Uint8Array, at: number): void => {
    for (let done = 0; done < into.length; ) {
      const element = (at + done) / size;
      const [column, row] = [Math.floor(element / rows), element % rows];
      const held = stripOf(column);
      const left = (into.length - done) / size;
      const whole = row === 0 ? Math.min(Math.floor(left / rows), held.to - column) : 0;
      const count = whole > 0 ? rows : Math.min(rows - row, left);
      const part = into.subarray(done, done + count * Math.max(1, whole) * size);
      gather(held, { column: column - held.from, row, rows: count }, size, part);
      done += part.length;
    }
  };
  return { target: { ...target, rows: columns }, length, read };
}

function load(
  tensor: TensorReader,
  { bytes, width, from, to }: Strip,
  columns: number,
  rows: number,
  size: number,
): void {
  if (width === columns) {
    for (let at = 0; at < bytes.length; at += READ_BYTES) {
      tensor.read(bytes.subarray(at, at + READ_BYTES), at);
    }
    return;
  }
  const used = (to - from) * size;
  for (let row = 0; row < rows; row++) {
    for (let done = 0; done < used; done += READ_BYTES) {
      const end = Math.min(used, done + READ_BYTES);
      const start = row * width * size;
      tensor.read(bytes.subarray(start + done, start + end), (row * columns + from) * size + done);
    }
  }
}

/** A part of a strip: `rows` rows of as many columns as fit. */
interface Part {
  readonly column: number;
  readonly row: number;
  readonly rows: number;
}

/** Rows whose elements are gathered at once: what they read and write stays in a cache. */
const TILE_ROWS = 64;

/** Fills `into` with a part of the strip, column after column. */
function gather(strip: Strip, { column, row, rows }: Part, size: number, into: Uint8Array): void {
  const words = size < 4 ? 1 : size / 4;
  const source = wordsOf(strip.bytes, size);
  const target = wordsOf(into, size);
  const step = strip.width * words;
  for (let first = 0; first < rows; first += TILE_ROWS) {
    const last = Math.min(rows, first + TILE_ROWS);
    for (let to = first * words, at = column * words; to < target.length; at += words) {
      let from = (row + first) * step + at;
      for (let each = first; each < last; each++, from += step, to += words) {
        target[to] = source[from] as number;
        if (words === 2) target[to + 1] = source[from + 1] as number;
      }
      to += (rows - last + first) * words;
    }
  }
}

function wordsOf(
  { buffer, byteOffset, length }: Uint8Array,
  size: number,
): Uint8Array | Uint16Array | Uint32Array {
  if (size === 1) return new Uint8Array(buffer, byteOffset, length);
  if (size === 2) return new Uint16Array(buffer, byteOffset, length / 2);
  return new Uint32Array(buffer, byteOffset, length / 4);
}
