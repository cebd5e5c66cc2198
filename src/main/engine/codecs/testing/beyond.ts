import type { ValueKind } from '../../kernels/values';
import { type Base, type Codec, CodecError, type Content, type Tools } from '../types';
import { picker } from './made';

/** Seeded bytes as archives hold: words, noise, long repeats, copies from near and far. */
export function madeText(length: number): Uint8Array {
  const pick = picker(7);
  const words = Array.from({ length: 2000 }, () =>
    Uint8Array.from({ length: 2 + pick(7) }, () => 97 + pick(26)),
  );
  const bytes = new Uint8Array(length);
  let at = 0;
  const put = (part: Uint8Array): void => {
    const fitting = part.subarray(0, length - at);
    bytes.set(fitting, at);
    at += fitting.length;
  };
  while (at < length) {
    const choice = pick(100);
    if (choice < 70) put(words[pick(words.length)] ?? bytes);
    else if (choice < 75) put(Uint8Array.from({ length: 1 + pick(60) }, () => pick(256)));
    else if (choice < 76)
      put(Uint8Array.from({ length: pick(50) === 0 ? 40_000 : 9 }, () => pick(256)));
    else if (choice < 77) put(new Uint8Array(1 + pick(2000)).fill(pick(256)));
    else if (choice < 78)
      put(bytes.slice(Math.max(0, at - pick(40_000)), at).subarray(0, pick(500)));
    else put(Uint8Array.of(48 + pick(4)));
  }
  return bytes;
}

/** What becomes of damaged data: nothing but these may be. */
export type Outcome = 'refused' | 'decoded';

/** Decodes every truncation and many single flipped bits. Throws what is no CodecError. */
export function damagedOutcomes(
  codec: Codec,
  data: Uint8Array,
  length: number,
  kind: ValueKind | undefined,
  bases: readonly Base[],
  tools: Tools,
): Set<Outcome> {
  const outcomes = new Set<Outcome>();
  const attempt = (damaged: Uint8Array): void => {
    try {
      const decoded = codec.decode(damaged, length, kind, bases, tools);
      if (decoded.length !== length) throw new RangeError(`${decoded.length} bytes, not ${length}`);
      outcomes.add('decoded');
    } catch (error) {
      if (!(error instanceof CodecError)) throw error;
      outcomes.add('refused');
    }
  };
  for (let cut = 0; cut < Math.min(40, data.length); cut++) attempt(data.slice(0, cut));
  const bits = Math.min(600, data.length * 8);
  for (let bit = 0; bit < bits; bit++) {
    const flipped = data.slice();
    const at = bit < 300 ? bit : data.length * 8 - 1 - bit;
    flipped[at >> 3] = (flipped[at >> 3] ?? 0) ^ (1 << (at & 7));
    attempt(flipped);
  }
  return outcomes;
}

/** Encoded and decoded again: bytes of data, and whether all came back. */
export function roundTrip(
  codec: Codec,
  content: Content,
  bases: readonly Base[],
  tools: Tools,
): { readonly data: Uint8Array; readonly exact: boolean } | undefined {
  const data = codec.encode(content, bases, Number.POSITIVE_INFINITY, 'balanced', tools);
  if (data === undefined) return undefined;
  const { bytes, kind } = content;
  const decoded = codec.decode(data.slice(), bytes.length, kind, bases, tools);
  return { data, exact: Buffer.compare(decoded, bytes) === 0 };
}
