import { layoutOf, type ValueKind } from '../kernels/values';
import { elementsOf, holds } from './base';
import type { Base, Content } from './types';

/** Elements of one stretch: whole blocks of every kind. */
const STRETCH_ELEMENTS = 2048;
const STRETCHES = 8;

/** Content of fewer bytes is not sampled: trying is as quick. */
const SMALLEST_BYTES = 4 * STRETCHES * STRETCH_ELEMENTS;

/** Stretches of a fragment, and the same elements of its bases, put together. */
export interface Sample {
  readonly content: Content;
  /** In the bases' order; undefined for one that has other elements than the content. */
  readonly bases: readonly (Base | undefined)[];
  /** Bytes of the whole by bytes of the sample. */
  readonly scale: number;
}

/** Undefined where the content is short, or no whole elements. */
export function sampleOf({ bytes, kind }: Content, bases: readonly Base[]): Sample | undefined {
  const elements = kind === undefined ? undefined : elementsOf(bytes.length, kind);
  if (kind === undefined || elements === undefined) return undefined;
  if (bytes.length < SMALLEST_BYTES || elements < 2 * STRETCHES * STRETCH_ELEMENTS)
    return undefined;
  const part = stretches(bytes, kind, elements);
  return {
    content: { bytes: part, kind },
    bases: bases.map((base) =>
      holds(base, elements)
        ? { kind: base.kind, bytes: stretches(base.bytes, base.kind, elements) }
        : undefined,
    ),
    scale: bytes.length / part.length,
  };
}

/** Elements of which codecs of rows are judged by, where rows are not longer. */
const PREFIX_ELEMENTS = 8192;
const PREFIX_ROWS = 4;

/**
 * The first rows of a fragment and of its bases, which codecs that look at rows are judged by.
 * Undefined where there are no such rows, or these are half of it.
 */
export function prefixOf(content: Content, bases: readonly Base[]): Sample | undefined {
  const { bytes, kind, rowBytes = 0 } = content;
  const elements = kind === undefined ? undefined : elementsOf(bytes.length, kind);
  const row = kind === undefined || rowBytes < 1 ? undefined : elementsOf(rowBytes, kind);
  if (kind === undefined || elements === undefined || row === undefined) return undefined;
  const count = row * Math.max(PREFIX_ROWS, Math.floor(PREFIX_ELEMENTS / row));
  if (count * 2 > elements) return undefined;
  const first = (all: Uint8Array): Uint8Array =>
    all.subarray(0, Math.floor((all.length / elements) * count));
  const part = first(bytes);
  return {
    content: { bytes: part, kind, rowBytes },
    bases: bases.map((base) =>
      holds(base, elements) ? { kind: base.kind, bytes: first(base.bytes) } : undefined,
    ),
    scale: bytes.length / part.length,
  };
}

/** Stretches at equal distances, the first at the beginning. */
function stretches(bytes: Uint8Array, kind: ValueKind, elements: number): Uint8Array {
  const layout = layoutOf(kind);
  const length = (STRETCH_ELEMENTS / layout.elements) * layout.bytes;
  const units = Math.floor(elements / STRETCH_ELEMENTS);
  const sample = new Uint8Array(STRETCHES * length);
  for (let each = 0; each < STRETCHES; each++) {
    const from = Math.floor((each * units) / STRETCHES) * length;
    sample.set(bytes.subarray(from, from + length), each * length);
  }
  return sample;
}
