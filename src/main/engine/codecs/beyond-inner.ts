import type { ValueKind } from '../kernels/values';
import { delta } from './delta';
import {
  type Base,
  CodecError,
  type CodecName,
  type Content,
  type Effort,
  type Tools,
} from './types';

/*
 * What is left after a prediction: the number of a codec with one base, u8 (so far delta), and
 * its data, the prediction being the base.
 */

const inner = [delta] as const;

/** Undefined where it would not be smaller than `limit` bytes. */
export function encodeRest(
  content: Content,
  prediction: Base,
  limit: number,
  effort: Effort,
  tools: Tools,
): Uint8Array | undefined {
  let best: Uint8Array | undefined;
  for (const codec of inner) {
    const most = (best?.length ?? limit) - 1;
    const data = codec.encode(content, [prediction], most, effort, tools);
    if (data === undefined) continue;
    best = new Uint8Array(data.length + 1);
    best[0] = codec.id;
    best.set(data, 1);
  }
  return best;
}

/** Errors carry the outer codec's name. */
export function decodeRest(
  name: CodecName,
  rest: Uint8Array,
  length: number,
  kind: ValueKind,
  prediction: Base,
  tools: Tools,
): Uint8Array {
  const codec = inner.find(({ id }) => id === rest[0]);
  if (codec === undefined) throw new CodecError(name, 0, 'a codec with a base', `${rest[0]}`);
  try {
    return codec.decode(rest.subarray(1), length, kind, [prediction], tools);
  } catch (error) {
    if (!(error instanceof CodecError)) throw error;
    throw new CodecError(name, error.offset, error.expected, error.found);
  }
}
