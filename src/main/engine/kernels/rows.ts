import { Blake3Hasher } from '@napi-rs/blake-hash';
import type { Kernels } from './kernels';
import type { MeasureMemory } from './measure-memory';
import type { RowMeasure } from './messages';
import { rowTable } from './rows-table';
import type { TensorReader } from './tensor-reader';

/** Most rows that are matched: their table takes up to 15 bytes for each. */
export const MAX_ROWS = 4_194_304;

/** Two tensors of rows of one length. */
interface Matching {
  readonly kernels: Kernels;
  readonly memory: MeasureMemory;
  readonly a: TensorReader;
  readonly b: TensorReader;
  readonly rowBytes: number;
}

/**
 * Counts the rows that two tensors have in common, byte for byte: hashes only choose which rows are
 * compared. Null for other kinds or row lengths than the base's, or over MAX_ROWS rows.
 */
export function matchRows(
  kernels: Kernels,
  memory: MeasureMemory,
  a: TensorReader,
  b: TensorReader,
): RowMeasure | null {
  const [rows, baseRows] = [a.target.rows, b.target.rows];
  const rowBytes = a.length / rows;
  const isMatchable = Number.isSafeInteger(rowBytes) && rowBytes > 0;
  if (!isMatchable || b.length / baseRows !== rowBytes || a.target.kind !== b.target.kind) {
    return null;
  }
  if (Math.max(rows, baseRows) > MAX_ROWS) return null;
  const matching = { kernels, memory, a, b, rowBytes };
  const prefix = prefixOf(matching);
  const common = prefix === rows ? rows : prefix + countBehind(matching, prefix);
  return { how: 'rows', prefix, common, rows, baseRows };
}

/** Rows that are equal from the beginning. */
function prefixOf({ kernels, memory, a, b, rowBytes }: Matching): number {
  const end = Math.min(a.length, b.length);
  for (let at = 0; at < end; at += memory.a.length) {
    const bytes = Math.min(memory.a.length, end - at);
    const [x, y] = [memory.a.subarray(0, bytes), memory.b.subarray(0, bytes)];
    a.read(x, at);
    b.read(y, at);
    if (areEqual(kernels, x, y)) continue;
    return Math.floor((at + x.findIndex((byte, index) => byte !== y[index])) / rowBytes);
  }
  return end / rowBytes;
}

/** How many of a's rows from `first` on the base has anywhere. */
function countBehind(matching: Matching, first: number): number {
  const { a, b } = matching;
  const table = rowTable(b.target.rows);
  hashRows(matching, b, 0, (hashes, from) => {
    for (let row = 0; row * 2 < hashes.length; row++) {
      table.add(hashes[row * 2] ?? 0, hashes[row * 2 + 1] ?? 0, from + row);
    }
  });
  let common = 0;
  hashRows(matching, a, first, (hashes, from) => {
    const candidates = Int32Array.from({ length: hashes.length / 2 }, (_, row) =>
      table.find(hashes[row * 2] ?? 0, hashes[row * 2 + 1] ?? 0),
    );
    common += confirm(matching, candidates, from);
  });
  return common;
}

/** Two words per row of the rows from `from` on. The window in `memory.a` holds short rows still. */
type UseHashes = (hashes: Uint32Array, from: number) => void;

/** Hashes the rows of a tensor from `first` on, window by window. */
function hashRows(matching: Matching, tensor: TensorReader, first: number, use: UseHashes): void {
  const { kernels, memory, rowBytes } = matching;
  const { rows } = tensor.target;
  if (rowBytes > memory.a.length) {
    for (let row = first; row < rows; row++) use(hashLong(matching, tensor, row), row);
    return;
  }
  const target = memory.between;
  const most = Math.min(Math.floor(memory.a.length / rowBytes), target.length / 8);
  for (let row = first; row < rows; row += most) {
    const count = Math.min(most, rows - row);
    const bytes = memory.a.subarray(0, count * rowBytes);
    tensor.read(bytes, row * rowBytes);
    kernels.exports.hashRows(bytes.byteOffset, rowBytes, count, target.byteOffset);
    use(new Uint32Array(target.buffer, target.byteOffset, count * 2), row);
  }
}

/** Of a row longer than a window. */
function hashLong({ memory, rowBytes }: Matching, tensor: TensorReader, row: number): Uint32Array {
  const hasher = new Blake3Hasher();
  for (let at = 0; at < rowBytes; at += memory.a.length) {
    const bytes = memory.a.subarray(0, Math.min(memory.a.length, rowBytes - at));
    tensor.read(bytes, row * rowBytes + at);
    hasher.update(bytes);
  }
  return new Uint32Array(Uint8Array.from(hasher.digestBuffer()).buffer, 0, 2);
}

/** How many of a's rows from `from` on are byte for byte their candidates (-1: there is none). */
function confirm(matching: Matching, candidates: Int32Array, from: number): number {
  const { kernels, memory, b, rowBytes } = matching;
  if (rowBytes > memory.a.length) {
    const base = candidates[0] ?? -1;
    return base >= 0 && isSameLongRow(matching, from, base) ? 1 : 0;
  }
  let common = 0;
  for (let row = 0; row < candidates.length; ) {
    const base = candidates[row] ?? -1;
    let run = 1;
    while (base >= 0 && candidates[row + run] === base + run) run += 1;
    if (base >= 0) {
      const theirs = memory.b.subarray(0, run * rowBytes);
      b.read(theirs, base * rowBytes);
      const ours = memory.a.subarray(row * rowBytes, (row + run) * rowBytes);
      common += equalRows(kernels, ours, theirs, rowBytes);
    }
    row += run;
  }
  return common;
}

function equalRows(kernels: Kernels, a: Uint8Array, b: Uint8Array, rowBytes: number): number {
  if (areEqual(kernels, a, b)) return a.length / rowBytes;
  let equal = 0;
  for (let at = 0; at < a.length; at += rowBytes) {
    const end = at + rowBytes;
    if (areEqual(kernels, a.subarray(at, end), b.subarray(at, end))) equal += 1;
  }
  return equal;
}

function isSameLongRow(matching: Matching, row: number, base: number): boolean {
  const { kernels, memory, a, b, rowBytes } = matching;
  for (let at = 0; at < rowBytes; at += memory.a.length) {
    const bytes = Math.min(memory.a.length, rowBytes - at);
    const [x, y] = [memory.a.subarray(0, bytes), memory.b.subarray(0, bytes)];
    a.read(x, row * rowBytes + at);
    b.read(y, base * rowBytes + at);
    if (!areEqual(kernels, x, y)) return false;
  }
  return true;
}

/** Of two views of the kernels' memory, of one length. */
function areEqual({ exports }: Kernels, a: Uint8Array, b: Uint8Array): boolean {
  return exports.differingBits(a.byteOffset, b.byteOffset, a.length) === 0n;
}
