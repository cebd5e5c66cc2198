import { isFloat } from '../kernels/cast';
import { layoutOf, type ValueKind, valueKinds } from '../kernels/values';
import { codecMemory, placed, WINDOW_ELEMENTS } from './memory';
import type { Tools } from './types';

/** Kinds whose values singles hold exactly: what predictions are computed in. */
export function isSingle(kind: ValueKind | undefined): kind is ValueKind {
  return kind !== undefined && isFloat(kind) && kind !== valueKinds.F64;
}

/** Elements of a kind that `isSingle`, as singles: every value exactly. Overwrites codec memory. */
export function singlesOf({ kernels }: Tools, kind: ValueKind, bytes: Uint8Array): Float32Array {
  const { bytes: width } = layoutOf(kind);
  const values = new Float32Array(Math.floor(bytes.length / width));
  if (kind === valueKinds.F32) {
    new Uint8Array(values.buffer).set(bytes.subarray(0, values.length * 4));
    return values;
  }
  const { window, between } = codecMemory(kernels);
  const target = new Uint8Array(values.buffer);
  for (let done = 0; done < values.length; done += WINDOW_ELEMENTS) {
    const count = Math.min(WINDOW_ELEMENTS, values.length - done);
    placed(window, bytes.subarray(done * width, (done + count) * width));
    kernels.exports.decodeValues(kind, window.byteOffset, count, between.byteOffset);
    target.set(between.subarray(0, count * 4), done * 4);
  }
  return values;
}

/** Singles as elements of a kind, to nearest, ties to even. Overwrites codec memory. */
export function elementsFrom(
  { kernels }: Tools,
  kind: ValueKind,
  values: Float32Array,
): Uint8Array {
  const singles = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  if (kind === valueKinds.F32) return singles;
  const { bytes: width } = layoutOf(kind);
  const bytes = new Uint8Array(values.length * width);
  const { window, between } = codecMemory(kernels);
  for (let done = 0; done < values.length; done += WINDOW_ELEMENTS) {
    const count = Math.min(WINDOW_ELEMENTS, values.length - done);
    placed(between, singles.subarray(done * 4, (done + count) * 4));
    kernels.exports.encodeSingles(kind, between.byteOffset, count, window.byteOffset);
    bytes.set(window.subarray(0, count * width), done * width);
  }
  return bytes;
}

/**
 * A prediction's nearest single. What is no number becomes 0: its bits would differ from machine to
 * machine.
 */
export function rounded(value: number): number {
  return Number.isNaN(value) ? 0 : Math.fround(value);
}
