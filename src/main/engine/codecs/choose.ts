import type { ValueKind } from '../kernels/values';
import { cast } from './cast';
import { constant } from './constant';
import { codecOf } from './index';
import { MAX_CONTENT_BYTES } from './memory';
import { raw } from './raw';
import { requantised } from './requantise';
import { type Sample, sampleOf } from './sample';
import { hopefulTrials, type Trial } from './trials';
import {
  type Base,
  type Codec,
  CodecError,
  type Content,
  type Effort,
  type Encoded,
  type Tools,
} from './types';

/** What a record with a base has that one without has not: the base's id. */
const BASE_ID_BYTES = 32;

/** Codecs whose data is a byte or none: where one applies, nothing can be smaller. */
const conversions: readonly Codec[] = [cast, requantised];

/** Told of a codec whose data did not decode to what it was made of. */
export type OnDefect = (codec: Codec, content: Content) => void;

/**
 * The fragment by the codec that stores it in the fewest bytes, of those that the effort tries; of
 * equal ones the one that decodes most cheaply. Always decoded and compared before it is returned: a
 * codec that fails is told to `onDefect`, and the fragment is stored raw.
 *
 * `bases` are what it may be predicted from, the likeliest first; the result tells which it was. A
 * codec of two bases takes the first two.
 */
export function encodeFragment(
  content: Content,
  bases: readonly Base[],
  effort: Effort,
  tools: Tools,
  onDefect: OnDefect = () => {},
): Encoded {
  const encoded = chooseEncoding(content, bases, effort, tools);
  if (isExact(encoded, content, bases, tools)) return encoded;
  const codec = codecOf(encoded.codec);
  if (codec !== undefined) onDefect(codec, content);
  return rawly(content);
}

/** The same for who decodes and compares on his own. */
export function chooseEncoding(
  content: Content,
  bases: readonly Base[],
  effort: Effort,
  tools: Tools,
): Encoded {
  const trivial = constantOrConverted(content, bases, effort, tools);
  if (trivial !== undefined) return trivial;
  let best: Encoded | undefined;
  let limit = content.bytes.length;
  for (const trial of hopefulTrials(content, bases, effort, tools)) {
    const cost = trial.bases.length * BASE_ID_BYTES;
    if (cost >= limit) continue;
    const used = trial.bases.flatMap((at) => bases[at] ?? []);
    const data = trial.codec.encode(content, used, limit - cost, effort, tools);
    if (data === undefined) continue;
    best = encodedBy(trial, data);
    limit = data.length + cost;
  }
  return best ?? rawly(content);
}

/**
 * A fragment's bytes, in `into` where that is given (room of `length` bytes), else in new memory.
 * `bases`: those that were offered. Throws CodecError for damaged data and for codecs of a later
 * version.
 */
export function decodeFragment(
  encoded: Encoded,
  length: number,
  kind: ValueKind | undefined,
  bases: readonly Base[],
  tools: Tools,
  into: Uint8Array = new Uint8Array(checkedLength(length)),
): Uint8Array {
  const decoded = decodeInPlace(encoded, length, kind, bases, tools);
  if (into.length !== length) throw new RangeError(`expected room for ${length} bytes`);
  into.set(decoded);
  return into;
}

/** The same without a copy: valid until the next call of a codec with these tools. */
export function decodeInPlace(
  { codec: id, data, base }: Encoded,
  length: number,
  kind: ValueKind | undefined,
  bases: readonly Base[],
  tools: Tools,
): Uint8Array {
  const codec = codecOf(id);
  if (codec === undefined) throw new CodecError('raw', 0, 'a codec of this version', `codec ${id}`);
  checkedLength(length);
  const first = base ?? 0;
  return codec.decode(data, length, kind, bases.slice(first, first + codec.bases), tools);
}

/** Nothing is allocated for more than a fragment may have. */
function checkedLength(length: number): number {
  if (Number.isSafeInteger(length) && length >= 0 && length <= MAX_CONTENT_BYTES) return length;
  throw new RangeError(`expected 0 to ${MAX_CONTENT_BYTES} bytes, found ${length}`);
}

function isExact(
  encoded: Encoded,
  { bytes, kind }: Content,
  bases: readonly Base[],
  tools: Tools,
): boolean {
  try {
    const decoded = decodeInPlace(encoded, bytes.length, kind, bases, tools);
    return Buffer.compare(decoded, bytes) === 0;
  } catch (error) {
    if (error instanceof CodecError) return false;
    throw error;
  }
}

/** What takes a few bytes at most needs no rivals. */
function constantOrConverted(
  content: Content,
  bases: readonly Base[],
  effort: Effort,
  tools: Tools,
): Encoded | undefined {
  const limit = content.bytes.length;
  const pattern = constant.encode(content, [], limit, effort, tools);
  if (pattern !== undefined) return encodedBy({ codec: constant, bases: [] }, pattern);
  if (limit <= BASE_ID_BYTES || bases.every(({ kind }) => kind === content.kind)) return undefined;
  const sample = sampleOf(content, bases);
  for (const [at, base] of bases.entries()) {
    if (base.kind === content.kind) continue;
    for (const codec of conversions) {
      if (sample !== undefined && !applies(codec, sample, at, effort, tools)) continue;
      const data = codec.encode(content, [base], limit, effort, tools);
      if (data !== undefined) return encodedBy({ codec, bases: [at] }, data);
    }
  }
  return undefined;
}

function applies(
  codec: Codec,
  { content, bases }: Sample,
  at: number,
  effort: Effort,
  tools: Tools,
): boolean {
  const base = bases[at];
  if (base === undefined) return false;
  return codec.encode(content, [base], content.bytes.length, effort, tools) !== undefined;
}

function encodedBy({ codec, bases: [base = 0] }: Trial, data: Uint8Array): Encoded {
  return base === 0 ? { codec: codec.id, data } : { codec: codec.id, data, base };
}

function rawly({ bytes }: Content): Encoded {
  return { codec: raw.id, data: new Uint8Array(bytes) };
}
