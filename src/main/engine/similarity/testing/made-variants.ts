import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encode, roundToBf16, type SampleDtype } from '../../samples/dtypes';
import { safetensorsHeader } from '../../samples/header';
import { keyOf, normals } from '../../samples/random';

/** Values in rows; NaNs, infinities and negative zeros keep their places in every dtype. */
export interface Matrix {
  readonly dtype: SampleDtype;
  readonly shape: readonly [rows: number, columns: number];
  readonly values: Float32Array;
}

/** Normal values, deviation 0.03. */
export function normalMatrix(
  seed: number,
  dtype: SampleDtype,
  shape: readonly [number, number],
): Matrix {
  const values = Float32Array.from(normals(keyOf(seed, dtype), shape[0] * shape[1]));
  return { dtype, shape, values: values.map((value) => 0.03 * value) };
}

export const filled = (matrix: Matrix, value: number): Matrix => withValues(matrix, () => value);

export const doubled = (matrix: Matrix): Matrix => withValues(matrix, (value) => 2 * value);

/** Every `step`-th value from `first` on is another. */
export const changedAt = (
  matrix: Matrix,
  { first, step }: { readonly first: number; readonly step: number },
  change: (value: number) => number,
): Matrix =>
  withValues(matrix, (value, i) =>
    i >= first && (i - first) % step === 0 ? change(value) : value,
  );

/** Rows in another order, none in its place: a seventh of them on. */
export function permutedRows({ shape, values, ...rest }: Matrix): Matrix {
  const [rows, columns] = shape;
  const shift = Math.floor(rows / 7);
  const moved = values.map(
    (_, i) => values[((Math.floor(i / columns) + shift) % rows) * columns + (i % columns)] ?? 0,
  );
  return { ...rest, shape, values: moved };
}

/** With rows put behind. */
export function longer({ dtype, shape, values }: Matrix, more: Matrix): Matrix {
  const all = new Float32Array(values.length + more.values.length);
  all.set(values);
  all.set(more.values, values.length);
  return { dtype, shape: [shape[0] + more.shape[0], shape[1]], values: all };
}

export function transposed({ dtype, shape: [rows, columns], values }: Matrix): Matrix {
  const turned = values.map((_, i) => values[(i % rows) * columns + Math.floor(i / rows)] ?? 0);
  return { dtype, shape: [columns, rows], values: turned };
}

/** Values that are the same in F32 and BF16. */
export function roundedToBf16(matrix: Matrix): Matrix {
  const values = matrix.values.slice();
  roundToBf16(values, values.length);
  return { ...matrix, values };
}

/** Values, below 0.25, that are the same in F32 and F16: 11 bits of whole multiples of 2^-13. */
export const roundedToF16 = (matrix: Matrix): Matrix =>
  withValues(matrix, (value) => Math.round(value * 8192) / 8192);

function withValues(matrix: Matrix, of: (value: number, i: number) => number): Matrix {
  return { ...matrix, values: matrix.values.map(of) };
}

const NAN_CODES: Readonly<Record<SampleDtype, number>> = {
  F32: 0x7fc00000,
  F16: 0x7e00,
  BF16: 0x7fc0,
};

function bytesOf({ dtype, values }: Matrix): Uint8Array {
  const width = dtype === 'F32' ? 4 : 2;
  const bytes = new Uint8Array(values.length * width);
  encode(
    values.map((value) => (Number.isNaN(value) ? 0 : value)),
    values.length,
    dtype,
    bytes,
  );
  const words = width === 4 ? new Uint32Array(bytes.buffer) : new Uint16Array(bytes.buffer);
  values.forEach((value, i) => {
    if (Number.isNaN(value)) words[i] = NAN_CODES[dtype];
  });
  return bytes;
}

/** Writes a safetensors file, `folder/name.safetensors`, of tensors by name. */
export function writeMatrices(
  folder: string,
  name: string,
  tensors: Readonly<Record<string, Matrix>>,
): string {
  const entries = Object.entries(tensors);
  const header = safetensorsHeader(
    entries.map(([tensor, { dtype, shape }]) => ({ name: tensor, dtype, shape })),
    {},
  );
  const path = join(folder, `${name}.safetensors`);
  writeFileSync(path, Buffer.concat([header, ...entries.map(([, matrix]) => bytesOf(matrix))]));
  return path;
}
