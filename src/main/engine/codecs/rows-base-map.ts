import { layoutOf, type ValueKind } from '../kernels/values';
import { decodeRest, encodeRest } from './beyond-inner';
import {
  type ByteReader,
  type ByteWriter,
  byteReader,
  byteWriter,
  damaged,
  joined,
  readBytes,
  readVarint,
  writeBytes,
  writeVarint,
} from './bytes';
import { widthOf } from './planes';
import { type Base, type Codec, CodecError, codecIds } from './types';

/*
 * Rows as their difference from rows of a base of the same kind that has more or fewer of them, or has
 * them in another order: a vocabulary that grew, appended voices, gates in another order.
 *
 *   row      varint: bytes of a row
 *   runs     varint: how many follow; together they cover the content's rows
 *   run      varint rows, varint first: 0 predicted from nothing, else 1 + the base's first row
 *   rest     see beyond-inner.ts; predicted are the rows so gathered, those of nothing as zero bytes
 */

/** One stretch of rows. */
interface Run {
  readonly rows: number;
  /** Of the base; -1: none. */
  readonly first: number;
}

/** More runs than this are no pattern. */
const MAX_RUNS = 4096;

export const rowsDelta: Codec = {
  id: codecIds.rowsDelta,
  name: 'rowsDelta',
  bases: 1,
  encode: (content, [base], limit, effort, tools) => {
    const { bytes, kind, rowBytes = 0 } = content;
    const width = widthOf(kind, rowBytes);
    if (base === undefined || width === undefined || kind !== base.kind || rowBytes < 1) {
      return undefined;
    }
    if (bytes.length % rowBytes !== 0 || base.bytes.length % rowBytes !== 0) return undefined;
    const runs = runsOf(bytes, base.bytes, rowBytes);
    if (runs === undefined) return undefined;
    const head = byteWriter();
    writeVarint(head, rowBytes);
    writeRuns(head, runs);
    const gathered = gather(runs, base.bytes, rowBytes, bytes.length);
    const rest = encodeRest(content, { kind, bytes: gathered }, limit - head.length, effort, tools);
    if (rest === undefined) return undefined;
    writeBytes(head, rest);
    return joined(head);
  },
  decode: (data, length, kind, [base], tools) => {
    if (kind === undefined || base?.kind !== kind) {
      throw new CodecError('rowsDelta', 0, 'a base of the same kind', `${base?.kind}`);
    }
    const reader = byteReader('rowsDelta', data);
    const rowBytes = readVarint(reader);
    if (rowBytes < 1 || length % rowBytes !== 0 || rowBytes % layoutOf(kind).bytes !== 0) {
      throw damaged(reader, `rows of ${length} bytes`, `${rowBytes} bytes a row`);
    }
    const runs = readRuns(reader, length / rowBytes, Math.floor(base.bytes.length / rowBytes));
    const gathered = gather(runs, base.bytes, rowBytes, length);
    const rest = readBytes(reader, data.length - reader.at);
    return decodeRest('rowsDelta', rest, length, kind, { kind, bytes: gathered }, tools);
  },
};

/**
 * Every row's equal one of the base, else the row at its own place. Undefined where the base has as
 * many rows and none stands elsewhere (delta does that), and where there is no pattern.
 */
function runsOf(bytes: Uint8Array, base: Uint8Array, rowBytes: number): Run[] | undefined {
  const places = new Map<string, number>();
  const baseRows = base.length / rowBytes;
  for (let row = baseRows - 1; row >= 0; row--) places.set(keyOf(base, row, rowBytes), row);
  const runs: { rows: number; first: number }[] = [];
  const count = bytes.length / rowBytes;
  for (let row = 0; row < count; row++) {
    const own = row < baseRows ? row : -1;
    const isOwn = own >= 0 && keyOf(base, row, rowBytes) === keyOf(bytes, row, rowBytes);
    const first = isOwn ? own : (places.get(keyOf(bytes, row, rowBytes)) ?? own);
    const last = runs.at(-1);
    if (last !== undefined && follows(last, first)) last.rows++;
    else runs.push({ rows: 1, first });
    if (runs.length > MAX_RUNS) return undefined;
  }
  const isPlain = baseRows === count && runs.length === 1 && runs[0]?.first === 0;
  return isPlain ? undefined : runs;
}

function follows({ rows, first }: Run, next: number): boolean {
  return first < 0 ? next < 0 : next === first + rows;
}

function keyOf(bytes: Uint8Array, row: number, rowBytes: number): string {
  const at = bytes.byteOffset + row * rowBytes;
  return Buffer.from(bytes.buffer, at, rowBytes).toString('latin1');
}

function gather(
  runs: readonly Run[],
  base: Uint8Array,
  rowBytes: number,
  length: number,
): Uint8Array {
  const gathered = new Uint8Array(length);
  let at = 0;
  for (const { rows, first } of runs) {
    if (first >= 0) {
      gathered.set(base.subarray(first * rowBytes, (first + rows) * rowBytes), at);
    }
    at += rows * rowBytes;
  }
  return gathered;
}

function writeRuns(writer: ByteWriter, runs: readonly Run[]): void {
  writeVarint(writer, runs.length);
  for (const { rows, first } of runs) {
    writeVarint(writer, rows);
    writeVarint(writer, first + 1);
  }
}

/** Runs that cover exactly `rows` rows and lie inside the base's. Throws CodecError. */
function readRuns(reader: ByteReader, rows: number, baseRows: number): Run[] {
  const count = readVarint(reader);
  if (count > MAX_RUNS) throw damaged(reader, `at most ${MAX_RUNS} runs`, `${count}`);
  const runs: Run[] = [];
  let left = rows;
  for (let n = 0; n < count; n++) {
    const run = { rows: readVarint(reader), first: readVarint(reader) - 1 };
    left -= run.rows;
    if (run.rows < 1 || left < 0) throw damaged(reader, `${rows} rows`, 'others');
    if (run.first >= 0 && run.first + run.rows > baseRows) {
      throw damaged(reader, `rows of the base's ${baseRows}`, `${run.first + run.rows}`);
    }
    runs.push(run);
  }
  if (left !== 0) throw damaged(reader, `${rows} rows`, `${rows - left}`);
  return runs;
}

/** Whether a base's kind and rows could serve: for choosers. */
export function hasRows(kind: ValueKind, { kind: of, bytes }: Base, rowBytes: number): boolean {
  return kind === of && rowBytes > 0 && bytes.length % rowBytes === 0;
}
