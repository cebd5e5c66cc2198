import { referenceSignature } from '../../kernels/reference/sketch';
import type { Signature } from '../../kernels/signature';
import { type ValueKind, valueKinds } from '../../kernels/values';
import { encode, type SampleDtype } from '../../samples/dtypes';
import { keyOf, normals } from '../../samples/random';

/** Values stored as `dtype`: the bytes a file would have. */
export function storedBytes(values: Float32Array, dtype: SampleDtype): Uint8Array {
  const bytes = new Uint8Array(values.length * (dtype === 'F32' ? 4 : 2));
  encode(values, values.length, dtype, bytes);
  return bytes;
}

/** Signs values as a tensor of `dtype` with this many rows; a matrix where both sides exceed 1. */
export function signed(values: Float32Array, dtype: SampleDtype, rows = 1): Signature {
  return signedBytes(storedBytes(values, dtype), valueKinds[dtype], values.length, rows);
}

export function signedBytes(
  bytes: Uint8Array,
  kind: ValueKind,
  elements: number,
  rows = 1,
): Signature {
  const matrix = rows > 1 && elements / rows > 1;
  return referenceSignature({ kind, elements, rows, matrix }, bytes);
}

export const normalValues = (seed: number, count: number, scale = 1, mean = 0): Float32Array =>
  Float32Array.from(normals(keyOf(seed, 'values'), count), (value) => mean + scale * value);

/** The values with independent changes of `relative` times their deviation. */
export function updated(values: Float32Array, relative: number, seed: number): Float32Array {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const deviation = Math.sqrt(squares / values.length) * relative;
  const changes = normalValues(seed, values.length);
  return values.map((value, at) => value + deviation * (changes[at] as number));
}
