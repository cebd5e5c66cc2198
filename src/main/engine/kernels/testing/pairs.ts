import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import type { Kernels } from '../kernels';
import type { PairMeasure, PairSpec, RowMeasure, ValueMeasure } from '../messages';
import { measurePairs } from '../pair';
import type { TensorTarget } from '../targets';
import { layoutOf, type ValueKind } from '../values';
import { fileAt } from './shared-data';

/** A tensor in memory. */
export interface TestTensor {
  readonly kind: ValueKind;
  readonly bytes: Uint8Array;
  /** Default: 1. */
  readonly rows?: number;
  /** Stored as a raw deflate stream behind `skip` other bytes. */
  readonly deflated?: { readonly skip: number };
}

/** A folder for the files of one test; removed by `done`. */
export interface TestFolder {
  readonly path: string;
  done(): void;
}

export function testFolder(): TestFolder {
  const path = mkdtempSync(join(tmpdir(), 'tessera-pairs-'));
  return { path, done: () => rmSync(path, { recursive: true, force: true }) };
}

/** Writes a tensor into a file of its own, behind 24 other bytes. */
export function writeTensor(path: string, tensor: TestTensor): TensorTarget {
  const { kind, bytes, rows = 1, deflated } = tensor;
  const { elements: per, bytes: size } = layoutOf(kind);
  const elements = (bytes.length / size) * per;
  const skip = deflated?.skip ?? 0;
  const stored = deflated
    ? deflateRawSync(Buffer.concat([new Uint8Array(skip), bytes]), { level: 1 })
    : bytes;
  writeFileSync(path, Buffer.concat([new Uint8Array(24), stored]));
  const matrix = rows > 1 && elements / rows > 1;
  const target = { offset: 24, length: stored.length, kind, elements, rows, matrix };
  return deflated ? { ...target, inflate: { skip, length: bytes.length } } : target;
}

/** Measures one pair by way of files, as a worker does. */
export function measured(
  kernels: Kernels,
  folder: TestFolder,
  a: TestTensor,
  b: TestTensor,
  how: PairSpec['how'] = 'values',
): PairMeasure | null {
  const [pathA, pathB] = [join(folder.path, 'a'), join(folder.path, 'b')];
  const pair = { a: writeTensor(pathA, a), b: writeTensor(pathB, b), how };
  const task = {
    kind: 'pair',
    task: 1,
    a: fileAt(pathA),
    b: fileAt(pathB),
    pairs: [pair],
  } as const;
  return measurePairs(task, kernels, () => {}).measures[0] ?? null;
}

/** Throws for a pair that cannot be measured, or whose rows were. */
export function valueMeasure(measure: PairMeasure | null): ValueMeasure {
  if (measure === null || measure.how === 'rows')
    throw new TypeError('expected a measure of values');
  return measure;
}

/** Throws for a pair that cannot be measured, or whose values were. */
export function rowMeasure(measure: PairMeasure | null): RowMeasure {
  if (measure === null || measure.how !== 'rows') throw new TypeError('expected a match of rows');
  return measure;
}

/** Seeded numbers, 0 … 1 (mulberry32). */
export function uniform(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b_79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Seeded numbers of a normal distribution. */
export function normal(seed: number): () => number {
  const next = uniform(seed);
  return () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
}

/** Seeded weights of deviation 0.02. */
export function weights(seed: number, count: number): Float32Array {
  const next = normal(seed);
  return Float32Array.from({ length: count }, () => 0.02 * next());
}
