import { valueKinds } from '../kernels/values';
import { rounded } from './beyond-values';
import {
  byteReader,
  byteWriter,
  damaged,
  joined,
  readByte,
  readEnd,
  readVarint,
  writeByte,
  writeVarint,
} from './bytes';
import { readStream, writeStream } from './streams';
import { type Codec, CodecError, codecIds } from './types';

/*
 * Rows of singles as their difference from what the rows before them continue to, of a fragment whose
 * rows are a smooth sequence: style vectors by text length, tables of positions.
 *
 *   order    u8, 1 … 3: rows that a prediction takes (the last; a line; a parabola); the first rows
 *            take as many as there are, and the first row none: its prediction is 0
 *   row      varint: elements of a row
 *   streams  four byte planes, lowest first, of the zigzag difference of ordered integers (as delta)
 *
 * Predictions are computed in doubles, left to right, and rounded to single; no number becomes 0.
 */

const MAX_ORDER = 3;
/** By order: the multiples of the rows before, the last one first. */
const coefficients: readonly (readonly number[])[] = [[], [1], [2, -1], [3, -3, 1]];

/** Rows alone take about 26.7 bits an element; a difference, its own bits and about this many. */
const OVERHEAD_BITS = 2.5;
const WORTH_BITS = 26;
/** Rows that are weighed before all are encoded. */
const PROBE_ROWS = 32;

export const rows: Codec = {
  id: codecIds.rows,
  name: 'rows',
  bases: 0,
  encode: ({ bytes, kind, rowBytes = 0 }, _bases, limit, effort, tools) => {
    const row = rowBytes / 4;
    const elements = bytes.length / 4;
    const isFit =
      kind === valueKinds.F32 && Number.isSafeInteger(row) && Number.isSafeInteger(elements);
    if (!isFit || row < 1 || elements < 4 * row) return undefined;
    const content = new Float32Array(bytes.slice().buffer);
    const order = bestOrder(content, row);
    if (order === undefined) return undefined;
    const planes = new Uint8Array(bytes.length);
    split(content, row, order, planes);
    const writer = byteWriter();
    writeByte(writer, order);
    writeVarint(writer, row);
    for (let plane = 0; plane < 4; plane++) {
      writeStream(writer, planes.subarray(plane * elements, (plane + 1) * elements), effort, tools);
      if (writer.length >= limit) return undefined;
    }
    return joined(writer);
  },
  decode: (data, length, kind, _bases, tools) => {
    if (kind !== valueKinds.F32 || length % 4 !== 0) {
      throw new CodecError('rows', 0, 'whole singles', `${length} bytes`);
    }
    const reader = byteReader('rows', data);
    const order = readByte(reader);
    if (order < 1 || order > MAX_ORDER) throw damaged(reader, 'an order, 1 to 3', `${order}`);
    const row = readVarint(reader);
    if (row < 1) throw damaged(reader, 'a row of 1 element or more', `${row}`);
    const elements = length / 4;
    const planes = new Uint8Array(length);
    for (let plane = 0; plane < 4; plane++) {
      readStream(reader, planes.subarray(plane * elements, (plane + 1) * elements), tools);
    }
    readEnd(reader);
    return merge(planes, row, order);
  },
};

/** Bits of singles as integers in the order of their values: the bijection that delta takes. */
function ordered(bits: number): number {
  return bits ^ ((bits >> 31) & 0x7fff_ffff);
}

/** Of `at`, from the rows above. */
function predicted(values: Float32Array, at: number, row: number, order: number): number {
  const above = Math.min(order, Math.floor(at / row));
  const [a = 0, b = 0, c = 0] = coefficients[above] ?? [];
  if (above === 0) return 0;
  let sum = a * (values[at - row] ?? 0);
  if (above > 1) sum += b * (values[at - 2 * row] ?? 0);
  if (above > 2) sum += c * (values[at - 3 * row] ?? 0);
  return rounded(sum);
}

const cell = new Float32Array(1);
const cellBits = new Int32Array(cell.buffer);

function bitsOf(value: number): number {
  cell[0] = value;
  return cellBits[0] ?? 0;
}

function difference(
  values: Float32Array,
  bits: Int32Array,
  at: number,
  row: number,
  order: number,
): number {
  const from = ordered(bitsOf(predicted(values, at, row, order)));
  const apart = (ordered(bits[at] ?? 0) - from) | 0;
  return ((apart << 1) ^ (apart >> 31)) >>> 0;
}

/** The order of the smallest differences in some rows; undefined where none is worth its time. */
function bestOrder(values: Float32Array, row: number): number | undefined {
  const bits = new Int32Array(values.buffer);
  const count = Math.floor(values.length / row);
  const step = Math.max(1, Math.floor(count / PROBE_ROWS));
  const sums = new Float64Array(MAX_ORDER + 1);
  let seen = 0;
  for (let at = MAX_ORDER; at < count; at += step) {
    for (let element = at * row; element < (at + 1) * row; element++) {
      seen++;
      for (let order = 1; order <= MAX_ORDER; order++) {
        const bitsTaken = 32 - Math.clz32(difference(values, bits, element, row, order));
        sums[order] = (sums[order] ?? 0) + bitsTaken;
      }
    }
  }
  let best = 1;
  for (let order = 2; order <= MAX_ORDER; order++) {
    if ((sums[order] ?? 0) < (sums[best] ?? 0)) best = order;
  }
  return (sums[best] ?? 0) / seen + OVERHEAD_BITS < WORTH_BITS ? best : undefined;
}

function split(values: Float32Array, row: number, order: number, planes: Uint8Array): void {
  const bits = new Int32Array(values.buffer);
  const count = values.length;
  for (let at = 0; at < count; at++) {
    const apart = difference(values, bits, at, row, order);
    planes[at] = apart;
    planes[count + at] = apart >>> 8;
    planes[2 * count + at] = apart >>> 16;
    planes[3 * count + at] = apart >>> 24;
  }
}

function merge(planes: Uint8Array, row: number, order: number): Uint8Array {
  const count = planes.length / 4;
  const values = new Float32Array(count);
  const bits = new Int32Array(values.buffer);
  for (let at = 0; at < count; at++) {
    const apart =
      ((planes[at] ?? 0) |
        ((planes[count + at] ?? 0) << 8) |
        ((planes[2 * count + at] ?? 0) << 16) |
        ((planes[3 * count + at] ?? 0) << 24)) >>>
      0;
    const from = ordered(bitsOf(predicted(values, at, row, order)));
    bits[at] = ordered((from + ((apart >>> 1) ^ -(apart & 1))) | 0);
  }
  return new Uint8Array(values.buffer);
}
