import { inflateRawSync } from 'node:zlib';
import type { ExpectedFileReader } from './expected-file';
import type { TensorTarget } from './targets';
import { valueBytes } from './values';

/** Most bytes that a deflated tensor may inflate to; it is held whole. */
export const MAX_INFLATED_BYTES = 268_435_456;

/** Deflate's expansion of incompressible bytes stays far below this. */
const DEFLATE_SLACK = 1_048_576;

/** A tensor's bytes, as they mean values: inflated where the file has them deflated. */
export interface TensorReader {
  readonly target: TensorTarget;
  readonly length: number;
  /** Fills `into` from `at`, inside the tensor. */
  read(into: Uint8Array, at: number): void;
}

/** Called before each read with the bytes that were read since the last call. */
export type ReadStep = (bytes: number) => void;

/**
 * A reader of one tensor; null where it cannot be read: a target that contradicts itself or leaves
 * its file, or one that does not inflate to its length or to too many bytes. Throws TaskFailure
 * where the file cannot be read.
 */
export function openTensor(
  file: ExpectedFileReader,
  target: TensorTarget,
  step: ReadStep,
): TensorReader | null {
  const length = valueBytes(target.kind, target.elements);
  if (length === undefined || !isInside(file, target, length)) return null;
  if (target.inflate !== undefined) {
    const bytes = inflated(file, target, step);
    if (bytes === null) return null;
    return { target, length, read: (into, at) => into.set(bytes.subarray(at, at + into.length)) };
  }
  const read = (into: Uint8Array, at: number): void => {
    step(into.length);
    file.read(into, target.offset + at);
  };
  return { target, length, read };
}

function isInside({ size }: ExpectedFileReader, target: TensorTarget, bytes: number): boolean {
  const { offset, length, rows, elements, inflate } = target;
  if (!(offset >= 0 && length >= 0 && offset + length <= size)) return false;
  if (!(rows >= 1 && Number.isSafeInteger(elements / rows))) return false;
  return (inflate?.length ?? length) === bytes;
}

function inflated(
  file: ExpectedFileReader,
  { offset, length, inflate }: TensorTarget,
  step: ReadStep,
): Uint8Array | null {
  if (inflate === undefined || !(inflate.skip >= 0)) return null;
  const end = inflate.skip + inflate.length;
  if (!(end <= MAX_INFLATED_BYTES) || length > MAX_INFLATED_BYTES + DEFLATE_SLACK) return null;
  const deflated = new Uint8Array(length);
  step(length);
  file.read(deflated, offset);
  try {
    const bytes = inflateRawSync(deflated, { maxOutputLength: Math.max(end, 1) });
    return bytes.length < end ? null : bytes.subarray(inflate.skip, end);
  } catch {
    return null;
  }
}
