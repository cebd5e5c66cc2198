import { layoutOf, type ValueKind, valueKinds } from '../kernels/values';
import { decodeRest, encodeRest } from './beyond-inner';
import { elementsFrom, isSingle, rounded, singlesOf } from './beyond-values';
import {
  type ByteReader,
  byteReader,
  byteWriter,
  damaged,
  joined,
  readBytes,
  readVarint,
  writeBytes,
  writeVarint,
} from './bytes';
import { readStream, writeStream } from './streams';
import { type Factors, fitFactors, simplified } from './two-base-fit';
import { type Base, type Codec, CodecError, type Content, codecIds, type Tools } from './types';

/*
 * Floats as their difference from a multiple of a base, or from the sum of multiples of two:
 *
 *   group    varint: elements that share their factors, a tensor's rows; 0: all
 *   factors  four streams, byte planes of the singles, lowest first: group by group, one per base
 *   rest     see beyond-inner.ts
 *
 * The prediction is computed in doubles from the bases' values, summed in the bases' order, rounded to
 * single and from there to the kind, both to nearest; no number becomes 0. A base may be longer or shorter:
 * elements that it has not count as 0. It is what these are made by:
 * a batch normalisation folded into the weights before it (rows times a factor: nothing is left),
 * weight decay, a merge of two models (their mean), a checkpoint between two others.
 */

const WHOLE = 0;
/** Rows shorter than this gain less than their factors take. */
const SHORTEST_GROUP = 4;

export const scaled: Codec = combined('scaled', 1);
export const delta2: Codec = combined('delta2', 2);

function combined(name: 'scaled' | 'delta2', count: 1 | 2): Codec {
  return {
    id: codecIds[name],
    name,
    bases: count,
    encode: (content, bases, limit, effort, tools) => {
      const sides = sidesOf(content, bases, count, tools);
      if (sides === undefined) return undefined;
      let best: Uint8Array | undefined;
      for (const group of groupsOf(content, sides.values.length)) {
        const most = best?.length ?? limit;
        const head = byteWriter();
        writeVarint(head, group);
        const length = group === WHOLE ? sides.values.length : group;
        const { factors, base } = likeliest(content, sides, length, tools);
        for (const plane of planesOf(factors)) writeStream(head, plane, effort, tools);
        const rest = encodeRest(content, base, most - head.length, effort, tools);
        if (rest === undefined) continue;
        writeBytes(head, rest);
        best = joined(head);
      }
      return best;
    },
    decode: (data, length, kind, bases, tools) => {
      const elements = kind === undefined ? 0 : length / layoutOf(kind).bytes;
      const usable = bases.filter((base) => isSingle(base.kind));
      if (!isSingle(kind) || usable.length !== count || bases.length !== count) {
        throw new CodecError(name, 0, `${count} bases of floats`, `${usable.length}`);
      }
      const reader = byteReader(name, data);
      const group = readVarint(reader);
      if (group > elements) throw damaged(reader, `at most ${elements} elements`, `${group}`);
      const each = group === WHOLE ? Math.max(1, elements) : group;
      const factors = readFactors(reader, Math.ceil(elements / each) * count, tools);
      const rest = readBytes(reader, data.length - reader.at);
      const singles = bases.map((base) =>
        asMany(singlesOf(tools, base.kind, base.bytes), elements),
      );
      const base = predict(factors, singles, each, kind, tools);
      return decodeRest(name, rest, length, kind, base, tools);
    },
  };
}

interface Sides {
  readonly kind: ValueKind;
  readonly values: Float32Array;
  readonly bases: readonly Float32Array[];
}

function sidesOf(
  { bytes, kind }: Content,
  bases: readonly Base[],
  count: number,
  tools: Tools,
): Sides | undefined {
  if (!isSingle(kind) || bases.length !== count || bytes.length === 0) return undefined;
  const elements = bytes.length / layoutOf(kind).bytes;
  if (!Number.isSafeInteger(elements) || !bases.every((base) => isSingle(base.kind))) {
    return undefined;
  }
  return {
    kind,
    values: singlesOf(tools, kind, bytes),
    bases: bases.map((base) => asMany(singlesOf(tools, base.kind, base.bytes), elements)),
  };
}

/** A base of other length: what it has no elements for is predicted as 0. */
function asMany(values: Float32Array, elements: number): Float32Array {
  if (values.length === elements) return values;
  const same = new Float32Array(elements);
  same.set(values.subarray(0, elements));
  return same;
}

/** Factors for all, and for rows where there are several. */
function groupsOf({ kind, rowBytes }: Content, elements: number): number[] {
  const row = kind === undefined || rowBytes === undefined ? 0 : rowBytes / layoutOf(kind).bytes;
  const isRow = Number.isSafeInteger(row) && row >= SHORTEST_GROUP && row < elements;
  return isRow ? [WHOLE, row] : [WHOLE];
}

interface Prediction {
  readonly factors: Factors;
  readonly base: Base;
}

/** By the fitted factors, or by the simple ones next to them where these hit more elements exactly. */
function likeliest(
  content: Content,
  { kind, values, bases }: Sides,
  length: number,
  tools: Tools,
): Prediction {
  const of = (factors: Factors): Prediction => ({
    factors,
    base: predict(factors, bases, length, kind, tools),
  });
  const fitted = of(fitFactors(values, bases, length));
  const simple = simplified(fitted.factors);
  if (simple === undefined) return fitted;
  const rival = of(simple);
  return equalBytes(rival.base, content) > equalBytes(fitted.base, content) ? rival : fitted;
}

function equalBytes({ bytes }: Base, content: Content): number {
  let equal = 0;
  for (let at = 0; at < bytes.length; at++) if (bytes[at] === content.bytes[at]) equal++;
  return equal;
}

function predict(
  factors: Factors,
  bases: readonly Float32Array[],
  groupLength: number,
  kind: ValueKind,
  tools: Tools,
): Base {
  const [first = new Float32Array(0), second] = bases;
  const values = new Float32Array(first.length);
  for (let from = 0, group = 0; from < values.length; from += groupLength, group++) {
    const to = Math.min(values.length, from + groupLength);
    const f = factors[group * bases.length] ?? 0;
    const g = second === undefined ? 0 : (factors[group * bases.length + 1] ?? 0);
    for (let at = from; at < to; at++) {
      const one = f * (first[at] ?? 0);
      values[at] = rounded(second === undefined ? one : one + g * (second[at] ?? 0));
    }
  }
  return { kind, bytes: elementsFrom(tools, kind, values) };
}

function planesOf(factors: Factors): Uint8Array[] {
  const bytes = new Uint8Array(factors.buffer, factors.byteOffset, factors.byteLength);
  return [0, 1, 2, 3].map((plane) =>
    Uint8Array.from(factors, (_, at) => bytes[4 * at + plane] ?? 0),
  );
}

/** No more than there are elements: `count` was computed from the content's length. */
function readFactors(reader: ByteReader, count: number, tools: Tools): Factors {
  const bytes = new Uint8Array(count * layoutOf(valueKinds.F32).bytes);
  for (let plane = 0; plane < 4; plane++) {
    const stream = new Uint8Array(count);
    readStream(reader, stream, tools);
    for (const [at, byte] of stream.entries()) bytes[4 * at + plane] = byte;
  }
  return new Float32Array(bytes.buffer);
}
