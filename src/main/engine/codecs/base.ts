import { conversionOf, isBlock } from '../kernels/cast';
import type { Kernels } from '../kernels/kernels';
import { layoutOf, type ValueKind, valueBytes } from '../kernels/values';
import { type CodecMemory, placed, WINDOW_ELEMENTS } from './memory';
import type { Base } from './types';

/** Elements in so many bytes of a kind; undefined where they are not whole elements or blocks. */
export function elementsOf(length: number, kind: ValueKind): number | undefined {
  const { elements, bytes } = layoutOf(kind);
  return length % bytes === 0 ? (length / bytes) * elements : undefined;
}

/** Whether a base has exactly `elements` elements. */
export function holds(base: Base, elements: number): boolean {
  return valueBytes(base.kind, elements) === base.bytes.length;
}

/**
 * The base's elements in the kernels' memory, as elements of `kind`: rounded to nearest where it
 * holds fewer bits. Undefined where there is no such conversion (see kernels/cast.ts). Both sides of
 * a codec call this, so what it returns is part of the format.
 */
export function baseElements(
  kernels: Kernels,
  memory: CodecMemory,
  base: Base,
  kind: ValueKind,
): Uint8Array | undefined {
  if (base.kind === kind) return placed(memory.base, base.bytes);
  if (isBlock(kind)) return undefined;
  const { window, between } = memory;
  const convert = conversionOf(kernels, between.byteOffset, base.kind, kind);
  const elements = elementsOf(base.bytes.length, base.kind);
  if (convert === undefined || elements === undefined) return undefined;
  const from = layoutOf(base.kind);
  const to = layoutOf(kind).bytes;
  const target = memory.base.subarray(0, elements * to);
  if (target.length < elements * to) return undefined;
  for (let done = 0; done < elements; done += WINDOW_ELEMENTS) {
    const count = Math.min(WINDOW_ELEMENTS, elements - done);
    const at = (done / from.elements) * from.bytes;
    const bytes = base.bytes.subarray(at, at + (count / from.elements) * from.bytes);
    placed(window, bytes);
    convert(window.byteOffset, count, target.byteOffset + done * to);
  }
  return target;
}
