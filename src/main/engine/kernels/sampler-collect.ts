import type { SamplePlan } from './sampler-plan';
import { places, type Scratch } from './sampler-scratch';

/** How much of what a plan names is in the scratch. */
export interface Progress {
  readonly plan: SamplePlan;
  /** Runs, scattered elements and rows that are there whole. */
  run: number;
  element: number;
  row: number;
  /** Bytes of the open row that are in the carry. */
  carried: number;
  /** Where the bytes that were fed end. */
  end: number;
}

export function newProgress(plan: SamplePlan): Progress {
  return { plan, run: 0, element: 0, row: 0, carried: 0, end: 0 };
}

/** Puts the plan's places where the kernels find them. */
export function placePlan({ bytes }: Scratch, { runs, transposed }: SamplePlan): void {
  bytes.set(bytesOf(runs), places.runs);
  if (transposed === undefined || transposed.all) return;
  bytes.set(bytesOf(transposed.starts), places.starts);
  bytes.set(bytesOf(transposed.ranks), places.ranks);
}

/**
 * Copies and hashes what the plan names of the tensor's bytes from its byte `at` on. Throws
 * RangeError when bytes that it names were left out before.
 */
export function collect(scratch: Scratch, now: Progress, bytes: Uint8Array, at: number): void {
  if (at < now.end) throw new RangeError(`expected bytes from ${now.end}, found ${at}`);
  collectRuns(scratch, now, bytes, at);
  collectElements(scratch, now, bytes, at);
  collectRows(scratch, now, bytes, at);
  now.end = at + bytes.length;
}

/** Throws RangeError unless everything was collected. */
export function checkComplete({ plan, run, element, row }: Progress): void {
  const elements = plan.transposed?.all === false ? plan.transposed.starts.length : 0;
  const rows = plan.rows?.rows ?? 0;
  if (run === plan.runs.length && element === elements && row === rows) return;
  throw new RangeError('expected all bytes of the sample');
}

function collectRuns(scratch: Scratch, now: Progress, bytes: Uint8Array, at: number): void {
  const { base, exports } = scratch;
  const { runs, runBytes } = now.plan;
  const end = at + bytes.length;
  while (now.run < runs.length) {
    const start = runs[now.run] as number;
    if (start >= end) return;
    if (start >= at && start + runBytes <= end) {
      const from = bytes.byteOffset;
      const table = base + places.runs;
      const to = base + places.raw;
      now.run = exports.gatherRuns(table, now.run, runs.length, at, end, from, runBytes, to);
    } else {
      copyCut(scratch, now, bytes, at, start, runBytes, places.raw + now.run * runBytes);
      if (start + runBytes > end) {
        collectFollowing(scratch, now, bytes, at);
        return;
      }
      now.run += 1;
    }
  }
}

/** Runs behind the open one that begin in `bytes` too, and end later: those of block types may. */
function collectFollowing(scratch: Scratch, now: Progress, bytes: Uint8Array, at: number): void {
  const { runs, runBytes } = now.plan;
  for (let run = now.run + 1; run < runs.length; run++) {
    const start = runs[run] as number;
    if (start >= at + bytes.length) return;
    copyCut(scratch, now, bytes, at, start, runBytes, places.raw + run * runBytes);
  }
}

function collectElements(scratch: Scratch, now: Progress, bytes: Uint8Array, at: number): void {
  const { transposed } = now.plan;
  if (transposed === undefined || transposed.all) return;
  const { base, exports } = scratch;
  const { starts, ranks, elementBytes: size } = transposed;
  const end = at + bytes.length;
  while (now.element < starts.length) {
    const start = starts[now.element] as number;
    if (start >= end) return;
    if (start >= at && start + size <= end) {
      now.element = exports.gatherElements(
        base + places.starts,
        base + places.ranks,
        now.element,
        starts.length,
        at,
        end,
        bytes.byteOffset,
        size,
        base + places.scattered,
      );
    } else {
      const to = places.scattered + (ranks[now.element] as number) * size;
      copyCut(scratch, now, bytes, at, start, size, to);
      if (start + size > end) return;
      now.element += 1;
    }
  }
}

/** The part of a stretch of `length` bytes from `start` that is in `bytes`, and was not before. */
function copyCut(
  scratch: Scratch,
  now: Progress,
  bytes: Uint8Array,
  at: number,
  start: number,
  length: number,
  to: number,
): void {
  const from = Math.max(start, now.end);
  const part = bytes.subarray(expectFed(from, at), start + length - at);
  scratch.bytes.set(part, to + from - start);
}

function collectRows(scratch: Scratch, now: Progress, bytes: Uint8Array, at: number): void {
  const { rows } = now.plan;
  if (rows === undefined) return;
  const { base, exports } = scratch;
  const end = at + bytes.length;
  while (now.row < rows.rows) {
    const start = now.row * rows.stride;
    if (start >= end) return;
    const to = base + places.hashes + 4 * now.row;
    if (now.carried === 0 && start + rows.length <= end) {
      const inside = Math.floor((end - rows.length - start) / rows.stride) + 1;
      const count = Math.min(rows.rows - now.row, inside);
      const from = bytes.byteOffset + expectFed(start, at);
      exports.hashPrefixes(from, rows.stride, rows.length, count, to);
      now.row += count;
    } else {
      const from = expectFed(start + now.carried, at);
      const part = bytes.subarray(from, start + rows.length - at);
      scratch.bytes.set(part, places.carry + now.carried);
      now.carried += part.length;
      if (now.carried < rows.length) return;
      exports.hashPrefixes(base + places.carry, rows.length, rows.length, 1, to);
      now.carried = 0;
      now.row += 1;
    }
  }
}

/** `place` as an index of bytes that begin at `at`. */
function expectFed(place: number, at: number): number {
  if (place < at) throw new RangeError(`expected bytes from ${place}, found ${at}`);
  return place - at;
}

function bytesOf({ buffer, byteOffset, byteLength }: Float64Array | Uint16Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
