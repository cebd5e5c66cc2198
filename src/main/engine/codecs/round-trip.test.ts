import { describe, expect, it } from 'vitest';
import { layoutOf, type ValueKind, valueKinds } from '../kernels/values';
import { cast } from './cast';
import { chooseEncoding, decodeFragment, decodeInPlace, encodeFragment } from './choose';
import { constant } from './constant';
import { delta } from './delta';
import { plain } from './plain';
import { planes } from './planes';
import { qdelta } from './qdelta';
import { raw } from './raw';
import {
  blockKinds,
  floats,
  kinds,
  madePair,
  nearBytes,
  picker,
  plainKinds,
  someBytes,
  someFragment,
  someLength,
  testTools,
} from './testing/made';
import type { Base, Codec, Content, Effort } from './types';
import { CodecError } from './types';

const FRAGMENTS = 10_000;
const tools = testTools();
const NO_LIMIT = Number.POSITIVE_INFINITY;

/** Encodes and decodes; how many bytes differ, or undefined where the codec does not apply. */
function differing(
  codec: Codec,
  content: Content,
  bases: readonly Base[],
  effort: Effort = 'balanced',
): number | undefined {
  const data = codec.encode(content, bases, NO_LIMIT, effort, tools);
  if (data === undefined) return undefined;
  const decoded = codec.decode(data.slice(), content.bytes.length, content.kind, bases, tools);
  return differences(decoded, content.bytes);
}

function differences(a: Uint8Array, b: Uint8Array): number {
  if (a.length !== b.length) return Math.max(a.length, b.length);
  return Buffer.compare(a, b) === 0 ? 0 : a.filter((byte, at) => byte !== b[at]).length;
}

/** Rounds that fragments survive; and how many the codec took. */
function survey(
  codec: Codec,
  from: readonly (ValueKind | undefined)[],
  whole: boolean,
): { readonly taken: number; readonly bytes: number } {
  let taken = 0;
  let bytes = 0;
  for (let seed = 0; seed < FRAGMENTS; seed++) {
    const { content, bases } = someFragment(seed, from, whole);
    const found = differing(codec, content, bases);
    if (found === undefined) continue;
    taken += 1;
    bytes += found;
  }
  return { taken, bytes };
}

describe('10,000 generated fragments of every kind and length come back without a differing byte', () => {
  it.each([raw, plain])('$name', (codec) => {
    expect(survey(codec, [...kinds, undefined], false)).toEqual({ taken: FRAGMENTS, bytes: 0 });
  });

  it('constant', () => {
    let bytes = 0;
    for (let seed = 0; seed < FRAGMENTS; seed++) {
      const pick = picker(seed);
      const pattern = Uint8Array.from({ length: 2 ** pick(4) }, () => pick(256));
      const length = pattern.length + someLength(pick, undefined, true);
      const content = {
        bytes: Uint8Array.from({ length }, (_, at) => pattern[at % pattern.length] ?? 0),
        kind: undefined,
      };
      bytes += differing(constant, content, []) ?? length;
    }
    expect(bytes).toBe(0);
  });

  it('planes', () => {
    const { taken, bytes } = survey(planes, kinds, true);
    expect({ taken, bytes }).toEqual({ taken: FRAGMENTS, bytes: 0 });
  });

  it('delta, from bases of the same and of other kinds', () => {
    const { taken, bytes } = survey(delta, plainKinds, true);
    expect(bytes).toBe(0);
    expect(taken).toBeGreaterThan(FRAGMENTS * 0.7);
  });

  it('qdelta', () => {
    let bytes = 0;
    for (let seed = 0; seed < FRAGMENTS; seed++) {
      const { content } = someFragment(seed, blockKinds, true);
      const { kind = valueKinds.Q8_0, bytes: own } = content;
      const pick = picker(seed);
      const base = seed % 4 === 0 ? someBytes(pick, own.length) : nearBytes(pick, own);
      bytes += differing(qdelta, content, [{ bytes: base, kind }]) ?? own.length + 1;
    }
    expect(bytes).toBe(0);
  });

  it('cast', () => {
    let bytes = 0;
    for (let seed = 0; seed < FRAGMENTS; seed++) {
      const { content, bases } = castPair(seed);
      bytes += differing(cast, content, bases) ?? content.bytes.length + 1;
    }
    expect(bytes).toBe(0);
  });

  it.each(['fast', 'balanced'] as const)('the chooser, %s', (effort) => {
    let bytes = 0;
    for (let seed = 0; seed < FRAGMENTS; seed++) {
      const { content, bases } = someFragment(seed);
      const encoded = chooseEncoding(content, bases, effort, tools);
      const { length } = content.bytes;
      const decoded = decodeInPlace(encoded, length, content.kind, bases, tools);
      bytes += differences(decoded, content.bytes);
      expect(encoded.data.length).toBeLessThanOrEqual(length);
    }
    expect(bytes).toBe(0);
  });
});

/** Numbers and their conversion to another float kind, by the kernels. */
function castPair(seed: number): { readonly content: Content; readonly bases: readonly Base[] } {
  const pick = picker(seed);
  const pairs = [
    ['F32', 'F16'],
    ['F32', 'BF16'],
    ['F16', 'F32'],
    ['BF16', 'F32'],
    ['F32', 'F64'],
    ['F32', 'F8_E4M3'],
    ['F16', 'F8_E5M2'],
  ] as const;
  const [from, to] = pairs[pick(pairs.length)] ?? pairs[0];
  const { bytes: width } = layoutOf(valueKinds[from]);
  const bytes = someBytes(pick, someLength(pick, valueKinds[from], true));
  const values = Float32Array.from({ length: bytes.length / width }, (_, at) =>
    Math.fround(((bytes[at * width] ?? 0) - 128) / 2 ** pick(30)),
  );
  const base = floats(tools.kernels, valueKinds[from], values);
  const rounded = from === 'F32' ? values : undefined;
  const content =
    rounded === undefined
      ? widened(base, valueKinds[from], valueKinds[to])
      : floats(tools.kernels, valueKinds[to], rounded);
  return {
    content: { bytes: content, kind: valueKinds[to] },
    bases: [{ bytes: base, kind: valueKinds[from] }],
  };
}

function widened(bytes: Uint8Array, from: ValueKind, to: ValueKind): Uint8Array {
  const { buffer, exports } = tools.kernels;
  const count = bytes.length / layoutOf(from).bytes;
  buffer.set(bytes);
  const at = buffer.byteOffset;
  exports.decodeValues(from, at, count, at + 131_072);
  exports.encodeSingles(to, at + 131_072, count, at + 262_144);
  return buffer.slice(262_144, 262_144 + count * layoutOf(to).bytes);
}

describe('codecs at their limits', () => {
  const { tuned, base } = madePair(tools.kernels, valueKinds.BF16, 4096, 0.01);
  const content = { bytes: tuned, kind: valueKinds.BF16 };
  const bases = [{ bytes: base, kind: valueKinds.BF16 }];

  it.each([plain, planes, delta])('$name returns nothing that is not below the limit', (codec) => {
    const whole = codec.encode(content, bases, NO_LIMIT, 'balanced', tools);
    const length = whole?.length ?? 0;
    expect(codec.encode(content, bases, length, 'balanced', tools)).toBeUndefined();
    expect(codec.encode(content, bases, length + 1, 'balanced', tools)).toEqual(whole);
  });

  it('plain bytes and odd tails are no elements', () => {
    for (const odd of [
      { bytes: tuned, kind: undefined },
      { bytes: tuned.subarray(1), kind: valueKinds.BF16 },
    ]) {
      expect(planes.encode(odd, [], NO_LIMIT, 'balanced', tools)).toBeUndefined();
      expect(delta.encode(odd, bases, NO_LIMIT, 'balanced', tools)).toBeUndefined();
    }
  });

  it('a base of another element count is none', () => {
    const short = [{ bytes: base.subarray(2), kind: valueKinds.BF16 }];
    expect(delta.encode(content, short, NO_LIMIT, 'balanced', tools)).toBeUndefined();
    expect(cast.encode(content, short, NO_LIMIT, 'balanced', tools)).toBeUndefined();
    const data = delta.encode(content, bases, NO_LIMIT, 'balanced', tools) ?? tuned;
    expect(() => delta.decode(data, tuned.length, valueKinds.BF16, short, tools)).toThrow(
      CodecError,
    );
    expect(() => delta.decode(data, tuned.length, valueKinds.BF16, [], tools)).toThrow(CodecError);
  });

  it('the longest fragments pass, and none allocates for a longer one', () => {
    const bytes = someBytes(picker(3), 1_048_576);
    for (const kind of [valueKinds.F64, valueKinds.F32, valueKinds.F16, valueKinds.U8]) {
      expect(differing(planes, { bytes, kind }, [])).toBe(0);
      expect(differing(delta, { bytes, kind }, [{ bytes: bytes.toReversed(), kind }])).toBe(0);
    }
    const encoded = { codec: raw.id, data: new Uint8Array(0) };
    for (const length of [2 ** 40, -1, 1_048_577, Number.NaN]) {
      expect(() => decodeFragment(encoded, length, undefined, [], tools)).toThrow(RangeError);
    }
  });

  it('content and bases may lie in the kernels’ memory behind the codecs’ own', () => {
    const { exact } = sharedTools(tuned, base);
    expect(exact).toBe(true);
  });
});

function sharedTools(tuned: Uint8Array, base: Uint8Array): { readonly exact: boolean } {
  const shared = new SharedArrayBuffer(tuned.length + base.length);
  const [bytes, from] = [
    new Uint8Array(shared, 0, tuned.length),
    new Uint8Array(shared, tuned.length),
  ];
  bytes.set(tuned);
  from.set(base);
  const kind = valueKinds.BF16;
  const encoded = encodeFragment({ bytes, kind }, [{ bytes: from, kind }], 'fast', tools);
  const decoded = decodeFragment(encoded, bytes.length, kind, [{ bytes: from, kind }], tools);
  return { exact: encoded.codec === delta.id && Buffer.compare(decoded, tuned) === 0 };
}
