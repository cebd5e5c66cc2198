import { describe, expect, it } from 'vitest';
import { type ValueKind, valueKinds } from '../kernels/values';
import { chooseEncoding, decodeFragment, encodeFragment } from './choose';
import { codecOf, codecs } from './index';
import { floats, madePair, picker, singles, someBytes, testTools } from './testing/made';
import { quantisedQ4, quantisedQ8, quantisers } from './testing/quantise';
import { type Base, type Codec, type Content, codecIds, type Effort, type Tools } from './types';

const tools = testTools();
const { BF16, F16, F32, U8 } = valueKinds;
const ELEMENTS = 131_072;
const noise = someBytes(picker(0), 100_000);
for (let at = 0; at < noise.length; at++) noise[at] = (at * 2_654_435_761) >>> 24;

function chosen(
  bytes: Uint8Array,
  kind: ValueKind | undefined,
  bases: readonly Base[] = [],
  effort: Effort = 'balanced',
): { readonly name: string; readonly ratio: number; readonly base: number } {
  const content: Content = { bytes, kind };
  const encoded = encodeFragment(content, bases, effort, tools);
  const decoded = decodeFragment(encoded, bytes.length, kind, bases, tools);
  expect(Buffer.compare(decoded, bytes)).toBe(0);
  const name = codecOf(encoded.codec)?.name ?? '';
  return { name, ratio: encoded.data.length / bytes.length, base: encoded.base ?? 0 };
}

const pair = (kind: ValueKind, relative: number) =>
  madePair(tools.kernels, kind, ELEMENTS, relative);

describe('the chooser', () => {
  it('stores nothing, one value, and noise as what they are', () => {
    expect(chosen(new Uint8Array(0), undefined)).toMatchObject({ name: 'raw' });
    expect(chosen(new Uint8Array(70_000), F32)).toMatchObject({ name: 'constant' });
    const random = Uint8Array.from({ length: 100_000 }, picker(9).bind(undefined, 256));
    expect(chosen(random, undefined)).toMatchObject({ name: 'raw', ratio: 1 });
    expect(chosen(random, U8)).toMatchObject({ name: 'raw', ratio: 1 });
  });

  it('takes zstd for texts', () => {
    const text = new Uint8Array(Buffer.from('{"model.layers.0.weight":[1,2]}'.repeat(3000)));
    expect(chosen(text, undefined).name).toBe('zstd');
  });

  it.each([
    [1e-3, 0.09],
    [1e-2, 0.27],
    [1e-1, 0.49],
  ])(
    'takes a difference for a BF16 fine-tune of relative update %d: at most %d of it',
    (by, most) => {
      const { tuned, base } = pair(BF16, by);
      const { name, ratio } = chosen(tuned, BF16, [{ bytes: base, kind: BF16 }]);
      expect(name).toBe('delta');
      expect(ratio).toBeLessThanOrEqual(most);
    },
  );

  it('takes planes for weights alone and for a base that has nothing to do with them', () => {
    const { tuned, base } = pair(BF16, 50);
    const alone = chosen(tuned, BF16);
    expect(alone.name).toBe('planes');
    expect(alone.ratio).toBeLessThanOrEqual(0.675);
    expect(chosen(tuned, BF16, [{ bytes: base, kind: BF16 }])).toEqual(alone);
  });

  it('is no larger at a greater effort', () => {
    const { tuned, base } = pair(F16, 0.01);
    const bases = [{ bytes: base, kind: F16 }];
    const ratios = (['fast', 'balanced', 'max'] as const).map(
      (effort) => chosen(tuned, F16, bases, effort).ratio,
    );
    expect(ratios.toSorted((a, b) => b - a)).toEqual(ratios);
  });

  it('says which of two bases it was', () => {
    const near = pair(BF16, 0.01);
    const far = madePair(tools.kernels, BF16, ELEMENTS, 0.01, 77).base;
    const bases = [
      { bytes: far, kind: BF16 },
      { bytes: near.base, kind: BF16 },
    ];
    expect(chosen(near.tuned, BF16, bases)).toMatchObject({ name: 'delta', base: 1 });
  });

  it('stores nothing but the base of what was rounded or widened from it', () => {
    const { tuned } = pair(F32, 0.01);
    const values = singles(tools.kernels, F32, tuned);
    const half = floats(tools.kernels, F16, values);
    const wide = floats(tools.kernels, F32, singles(tools.kernels, F16, half));
    expect(chosen(half, F16, [{ bytes: tuned, kind: F32 }])).toMatchObject({
      name: 'cast',
      ratio: 0,
    });
    expect(chosen(wide, F32, [{ bytes: half, kind: F16 }])).toMatchObject({
      name: 'cast',
      ratio: 0,
    });
  });

  it('knows a BF16 whose halves were cut off', () => {
    const { tuned } = pair(F32, 0.01);
    const cut = tuned.filter((_, at) => at % 4 >= 2);
    const { name, ratio } = chosen(cut, BF16, [{ bytes: tuned, kind: F32 }]);
    expect({ name, bytes: ratio * cut.length }).toEqual({ name: 'cast', bytes: 1 });
  });

  it('predicts from a base of another kind', () => {
    const { tuned, base } = pair(F32, 0.01);
    const half = floats(tools.kernels, F16, singles(tools.kernels, F32, base));
    const own = floats(tools.kernels, BF16, singles(tools.kernels, F32, tuned));
    expect(chosen(own, BF16, [{ bytes: half, kind: F16 }]).name).toBe('delta');
  });

  it('asks no more for BF16 values in F32 than for BF16: empty planes cost nothing', () => {
    const { tuned } = pair(BF16, 0.01);
    const wide = floats(tools.kernels, F32, singles(tools.kernels, BF16, tuned));
    const [narrow, inWide] = [chosen(tuned, BF16), chosen(wide, F32)];
    expect(inWide.ratio * 2).toBeLessThan(narrow.ratio * 1.01);
  });

  it.each(quantisers)('takes qdelta for $name of a fine-tune', ({ kind, quantised }) => {
    const { tuned, base } = pair(BF16, 0.01);
    const [own, from] = [tuned, base].map((each) => quantised(singles(tools.kernels, BF16, each)));
    const bases = [{ bytes: from ?? noise, kind }];
    const { name, ratio } = chosen(own ?? noise, kind, bases);
    expect(name).toBe('qdelta');
    expect(ratio).toBeLessThan(chosen(own ?? noise, kind).ratio / 3);
  });

  it('predicts quants under the block’s own scale: without it Q4_0 at 0.1 takes 0.41', () => {
    const { tuned, base } = pair(BF16, 0.1);
    const [own, from] = [tuned, base].map((each) =>
      quantisedQ4(singles(tools.kernels, BF16, each)),
    );
    const bases = [{ bytes: from ?? noise, kind: valueKinds.Q4_0 }];
    expect(chosen(own ?? noise, valueKinds.Q4_0, bases).ratio).toBeLessThan(0.36);
  });

  it('makes Q8_0 again from the floats that it was quantised from', () => {
    const { tuned } = pair(F32, 0.01);
    const quantised = quantisedQ8(singles(tools.kernels, F32, tuned));
    const { name } = chosen(quantised, valueKinds.Q8_0, [{ bytes: tuned, kind: F32 }]);
    expect(name).toBe('requantised');
  });

  it('pays for a base’s id: a few bytes less do not make a fragment depend on another', () => {
    const bytes = Uint8Array.from({ length: 35 }, (_, at) => at * 7);
    expect(chosen(bytes, U8, [{ bytes, kind: U8 }]).name).toBe('raw');
  });
});

describe('what is wrong with a codec', () => {
  it('never gets out: the fragment is stored raw, and the defect told', () => {
    const bytes = new Uint8Array(Buffer.from('weight '.repeat(2000)));
    const broken: Tools = {
      ...tools,
      zstd: { ...tools.zstd, decompress: (_, length) => new Uint8Array(length) },
    };
    const defects: Codec[] = [];
    const content = { bytes, kind: undefined };
    const encoded = encodeFragment(content, [], 'fast', broken, (codec) => defects.push(codec));
    expect(encoded).toEqual({ codec: codecIds.raw, data: bytes });
    expect(defects.map(({ name }) => name)).toEqual(['zstd']);
  });

  it('shows in encodings that are not verified', () => {
    const bytes = new Uint8Array(Buffer.from('weight '.repeat(2000)));
    expect(chooseEncoding({ bytes, kind: undefined }, [], 'fast', tools).codec).toBe(codecIds.zstd);
  });
});

it('every codec has the number that records know it by, and no two have one', () => {
  expect(codecs.every(({ id, name }) => codecIds[name] === id)).toBe(true);
  expect(new Set(codecs.map(({ id }) => id)).size).toBe(codecs.length);
});
