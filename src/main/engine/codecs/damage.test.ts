import { describe, expect, it } from 'vitest';
import { type ValueKind, valueKinds } from '../kernels/values';
import { decodeInPlace, encodeFragment } from './choose';
import { codecs } from './index';
import { madePair, picker, someBytes, someFragment, testTools } from './testing/made';
import { type Base, type Codec, CodecError, type Content } from './types';

const tools = testTools();
const kind = valueKinds.BF16;
const { tuned, base } = madePair(tools.kernels, kind, 3000, 0.01);
const zeros = new Uint8Array(tuned.length);

/** For each codec, content that it encodes in its own way. */
const samples: readonly { readonly content: Content; readonly bases: readonly Base[] }[] = [
  { content: { bytes: tuned, kind }, bases: [{ bytes: base, kind }] },
  { content: { bytes: zeros, kind }, bases: [{ bytes: zeros, kind }] },
  { content: { bytes: tuned, kind }, bases: [{ bytes: wide(tuned), kind: valueKinds.F32 }] },
  { content: { bytes: someBytes(picker(1), 5000), kind: undefined }, bases: [] },
  { content: { bytes: Buffer.from('weight '.repeat(300)), kind: undefined }, bases: [] },
];

/** BF16 as F32. */
function wide(bytes: Uint8Array): Uint8Array {
  return Uint8Array.from({ length: bytes.length * 2 }, (_, at) =>
    at % 4 < 2 ? 0 : (bytes[(at >> 2) * 2 + (at % 2)] ?? 0),
  );
}

type Outcome = 'refused' | 'other bytes' | 'same bytes';

/** What becomes of damaged data; anything but these outcomes is thrown. */
function outcome(
  codec: Codec,
  data: Uint8Array,
  content: Content,
  bases: readonly Base[],
): Outcome {
  const { bytes } = content;
  try {
    const decoded = codec.decode(data, bytes.length, content.kind, bases, tools);
    expect(decoded.length).toBe(bytes.length);
    return Buffer.compare(decoded, bytes) === 0 ? 'same bytes' : 'other bytes';
  } catch (error) {
    if (error instanceof CodecError) return 'refused';
    throw error;
  }
}

/** Data of each codec for each sample that it takes. */
function encodings(codec: Codec): { data: Uint8Array; content: Content; bases: readonly Base[] }[] {
  return samples.flatMap(({ content, bases }) => {
    const data = codec.encode(content, bases, Number.POSITIVE_INFINITY, 'fast', tools);
    return data === undefined ? [] : [{ data, content, bases }];
  });
}

describe.each(codecs.map((codec) => ({ name: codec.name, codec })))('$name', ({ codec }) => {
  it('refuses a flipped bit, or gives bytes that the hash refuses', () => {
    const counts = { refused: 0, 'other bytes': 0, 'same bytes': 0 };
    for (const { data, content, bases } of encodings(codec)) {
      // Every byte of the headers, then ever fewer.
      for (let at = 0; at < data.length; at += at < 200 ? 1 : 37) {
        const damaged = data.slice();
        damaged[at] = (damaged[at] ?? 0) ^ (1 << (at % 8));
        counts[outcome(codec, damaged, content, bases)] += 1;
      }
    }
    const total = counts.refused + counts['other bytes'] + counts['same bytes'];
    // Bits without effect: zstd's window size, two codes for one thing, factors that round alike.
    expect(counts['same bytes']).toBeLessThanOrEqual(total / 10);
  });

  it('refuses data that is cut off or goes on, or gives other bytes', () => {
    for (const { data, content, bases } of encodings(codec)) {
      for (let length = 0; length < data.length; length += 1 + (length >> 4)) {
        expect(outcome(codec, data.slice(0, length), content, bases)).not.toBe('same bytes');
      }
      const longer = Buffer.concat([data, Uint8Array.of(0)]);
      expect(outcome(codec, longer, content, bases)).toBe('refused');
    }
  });

  it('survives random data', () => {
    const pick = picker(17);
    for (let round = 0; round < 3000; round++) {
      const { content, bases } = someFragment(round);
      const data = someBytes(pick, pick(80));
      // Mostly small numbers first: orders and tags that exist.
      if (data.length > 2) data.set([pick(2), pick(4), pick(100)]);
      outcome(codec, data, content, bases);
    }
  });

  it('tells a wrong length, kind or base from a right one, or gives other bytes', () => {
    for (const { data, content, bases } of encodings(codec)) {
      for (const length of [0, 1, content.bytes.length - 2, content.bytes.length * 2]) {
        const other = { ...content, bytes: new Uint8Array(length).fill(255) };
        expect(['refused', 'other bytes']).toContain(outcome(codec, data, other, bases));
      }
      for (const wrong of [valueKinds.F64, valueKinds.Q8_0, valueKinds.I8, undefined]) {
        outcome(codec, data, { ...content, kind: wrong as ValueKind | undefined }, bases);
      }
      outcome(codec, data, content, [{ bytes: zeros, kind: valueKinds.F16 }]);
    }
  });
});

it('names the codec and the byte where the damage is', () => {
  const content = { bytes: tuned, kind };
  const encoded = encodeFragment(content, [{ bytes: base, kind }], 'fast', tools);
  const data = encoded.data.slice();
  data[1] = 9;
  expect(() =>
    decodeInPlace({ ...encoded, data }, tuned.length, kind, [{ bytes: base, kind }], tools),
  ).toThrow('delta, byte 2: expected the tag of a stream, found 9');
});

it('refuses a codec of a later version by its number', () => {
  const later = { codec: 99 as 0, data: new Uint8Array(3) };
  expect(() => decodeInPlace(later, 3, undefined, [], tools)).toThrow(CodecError);
});
