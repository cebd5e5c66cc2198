import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { testKernels } from '../kernels/test-support';
import { normal, uniform } from '../kernels/testing/pairs';
import { hasSharedData, sharedData, targetsOf } from '../kernels/testing/shared-data';
import { type ValueKind, valueKinds } from '../kernels/values';
import { delta } from './delta';
import { deltaRans } from './delta-rans';
import { CODEC_BYTES } from './memory';
import { planes } from './planes';
import { planesRans } from './planes-rans';
import { floatLayoutOf } from './rans-model';
import { floats, madePair, testTools } from './testing/made';
import { type Base, type Codec, CodecError, type Content } from './types';

const NO_LIMIT = Number.POSITIVE_INFINITY;
const tools = testTools();
const { F32, F16, BF16 } = valueKinds;
const floatKinds = [F32, F16, BF16] as const;

function encode(codec: Codec, content: Content, bases: readonly Base[]): Uint8Array | undefined {
  return codec.encode(content, bases, NO_LIMIT, 'max', tools);
}

/** Bytes of its encoding by bytes of the content, after it came back as it was. */
function ratio(codec: Codec, content: Content, bases: readonly Base[] = []): number {
  const { bytes, kind } = content;
  const data = encode(codec, content, bases);
  if (data === undefined) return 1;
  const decoded = codec.decode(data, bytes.length, kind, bases, tools);
  expect(Buffer.compare(decoded, bytes)).toBe(0);
  return data.length / bytes.length;
}

function someContent(seed: number, width: number, count: number): [Uint8Array, Uint8Array] {
  const next = uniform(seed);
  const gauss = normal(seed);
  const size = 2 ** (8 * width);
  const nature = Math.floor(next() * 6);
  const [spread, stride] = [2 ** (next() * 8 * width), 1 + Math.floor(next() * 20)];
  const base = Array.from({ length: count }, (_, at) => {
    if (nature === 0) return Math.floor(next() * size);
    if (nature === 1) return Math.floor(next() * 4) * (size / 4);
    if (nature === 2) return ((at % stride) * 999 + Math.floor(next() * 5)) % size;
    const sign = next() < 0.5 ? 0 : size / 2;
    return sign + (Math.floor((0.48 + 0.01 * gauss()) * (size / 2)) % (size / 2));
  });
  const elements = base.map((bits) => {
    if (nature === 5 && next() < 0.02) return Math.floor(next() * size);
    const apart = next() < 0.3 ? 0 : Math.round(spread * gauss());
    return (((bits + apart) % size) + size) % size;
  });
  const bytes = (all: readonly number[]): Uint8Array =>
    new Uint8Array(width === 2 ? Uint16Array.from(all).buffer : Uint32Array.from(all).buffer);
  return [bytes(elements), bytes(base)];
}

const fragments = fc.record({
  seed: fc.integer(),
  kind: fc.constantFrom(...floatKinds),
  count: fc.oneof(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 20, max: 1500 })),
});

describe('10,000 generated fragments come back without a differing byte', () => {
  it.each([deltaRans, planesRans])(
    '$name',
    (codec) => {
      let taken = 0;
      const survives = ({
        seed,
        kind,
        count,
      }: {
        seed: number;
        kind: ValueKind;
        count: number;
      }) => {
        const [bytes, base] = someContent(seed, floatLayoutOf(kind)?.width ?? 0, count);
        if (ratio(codec, { bytes, kind }, [{ bytes: base, kind }]) < 1) taken += 1;
      };
      fc.assert(fc.property(fragments, survives), { numRuns: 10_000, seed: 7 });
      expect(taken).toBeGreaterThan(2500);
    },
    120_000,
  );
});

/** Weights and a fine-tune whose updates have a scale by row and by column. */
function scaledPair(kind: ValueKind, rows: number, columns: number): [Uint8Array, Uint8Array] {
  const next = normal(4);
  const byRow = Array.from({ length: rows }, () => Math.exp(next()));
  const byColumn = Array.from({ length: columns }, () => Math.exp(next()));
  const weights = Float32Array.from({ length: rows * columns }, () => 0.02 * next());
  const tuned = weights.map((weight, at) => {
    const scale = (byRow[Math.floor(at / columns)] ?? 0) * (byColumn[at % columns] ?? 0);
    return weight + 2e-4 * scale * next();
  });
  return [floats(tools.kernels, kind, tuned), floats(tools.kernels, kind, weights)];
}

/** Bits that elements take, given their base's exponent, by the entropy of their differences. */
function conditionalRatio({ bytes, kind }: Content, base: Uint8Array): number {
  const layout = floatLayoutOf(kind);
  if (layout?.width !== 2) throw new TypeError('expected 16-bit floats');
  const [x, y] = [bytes, base].map((each) => new Uint16Array(each.slice().buffer));
  const ordered = (bits: number): number => (bits < 0x8000 ? bits : 0x7fff - bits);
  const joint = new Map<number, number>();
  const groups = new Map<number, number>();
  x?.forEach((bits, at) => {
    const from = y?.[at] ?? 0;
    const group = (from >> layout.shift) & layout.mask;
    const apart = ordered(bits) - ordered(from);
    const key = group * 131_072 + 65_536 + (from < 0x8000 ? apart : -apart);
    joint.set(key, (joint.get(key) ?? 0) + 1);
    groups.set(group, (groups.get(group) ?? 0) + 1);
  });
  const sum = (counts: Map<number, number>): number =>
    [...counts.values()].reduce((total, count) => total + count * Math.log2(count), 0);
  return (sum(groups) - sum(joint)) / 8 / bytes.length;
}

describe('sizes', () => {
  it.each([
    [0.001, 0.09],
    [0.01, 0.25],
    [0.1, 0.465],
  ])(
    'BF16 updated by %f: within 3 %% of the conditional entropy, and below zstd’s planes',
    (relative, most) => {
      const { tuned: bytes, base } = madePair(tools.kernels, BF16, 262_144, relative);
      const content = { bytes, kind: BF16 };
      const bases = [{ bytes: base, kind: BF16 }];
      const found = ratio(deltaRans, content, bases);
      expect(found).toBeLessThan(most);
      expect(found).toBeLessThan(1.03 * conditionalRatio(content, base));
      expect(found).toBeLessThan(0.98 * ratio(delta, content, bases));
    },
  );

  it.each([
    [BF16, 0.66],
    [F16, 0.845],
    [F32, 0.83],
  ] as const)('weights alone, of kind %i', (kind, most) => {
    const { base: bytes } = madePair(tools.kernels, kind, 131_072, 0.01);
    const found = ratio(planesRans, { bytes, kind });
    expect(found).toBeLessThan(most);
    expect(found).toBeLessThan(ratio(planes, { bytes, kind }));
  });

  it.each(floatKinds)('scales of rows and columns are found and used, of kind %i', (kind) => {
    const [bytes, base] = scaledPair(kind, 300, 640);
    const found = ratio(deltaRans, { bytes, kind }, [{ bytes: base, kind }]);
    // The same elements without their neighbours: rows and columns tell nothing.
    const width = floatLayoutOf(kind)?.width ?? 0;
    const mixed = [bytes, base].map((each) => shuffled(each, width));
    const [a = bytes, b = base] = mixed;
    expect(found).toBeLessThan(ratio(deltaRans, { bytes: a, kind }, [{ bytes: b, kind }]) - 0.015);
  });

  it('rows that are alike are coded from the row above', () => {
    const next = normal(9);
    const row = Array.from({ length: 256 }, next);
    const values = Float32Array.from(
      { length: 256 * 200 },
      (_, at) => (row[at % 256] ?? 0) + 0.01 * next(),
    );
    for (const kind of floatKinds) {
      const bytes = floats(tools.kernels, kind, values);
      expect(ratio(planesRans, { bytes, kind })).toBeLessThan(
        0.95 * ratio(planes, { bytes, kind }),
      );
    }
  });

  it('a base of another kind will do', () => {
    const { tuned: bytes } = madePair(tools.kernels, BF16, 20_000, 0.01);
    const { base } = madePair(tools.kernels, F32, 20_000, 0.01);
    expect(ratio(deltaRans, { bytes, kind: BF16 }, [{ bytes: base, kind: F32 }])).toBeLessThan(0.3);
  });

  it('nothing that is not below the limit is returned', () => {
    const { tuned: bytes, base } = madePair(tools.kernels, BF16, 4096, 0.01);
    const content = { bytes, kind: BF16 };
    const bases = [{ bytes: base, kind: BF16 }];
    const data = encode(deltaRans, content, bases) ?? bytes;
    expect(deltaRans.encode(content, bases, data.length, 'max', tools)).toBeUndefined();
    expect(deltaRans.encode(content, bases, data.length + 1, 'max', tools)).toEqual(data);
    for (const odd of [bytes.subarray(1), bytes.subarray(0, 0)]) {
      expect(
        deltaRans.encode({ bytes: odd, kind: BF16 }, bases, NO_LIMIT, 'max', tools),
      ).toBeUndefined();
      expect(
        planesRans.encode({ bytes: odd, kind: BF16 }, [], NO_LIMIT, 'max', tools),
      ).toBeUndefined();
    }
    for (const kind of [undefined, valueKinds.F64, valueKinds.I16, valueKinds.Q8_0]) {
      expect(planesRans.encode({ bytes, kind }, [], NO_LIMIT, 'max', tools)).toBeUndefined();
    }
  });

  it('the longest fragments pass', () => {
    for (const kind of floatKinds) {
      const count = 1_048_576 / (floatLayoutOf(kind)?.width ?? 1);
      const { tuned: bytes, base } = madePair(tools.kernels, kind, count, 0.1);
      expect(ratio(deltaRans, { bytes, kind }, [{ bytes: base, kind }])).toBeLessThan(0.8);
      expect(ratio(planesRans, { bytes, kind })).toBeLessThan(0.85);
    }
  });
});

function shuffled(bytes: Uint8Array, width: number): Uint8Array {
  const next = uniform(1);
  const order = Array.from({ length: bytes.length / width }, (_, at) => [next(), at] as const)
    .sort(([a], [b]) => a - b)
    .map(([, at]) => bytes.subarray(at * width, (at + 1) * width));
  return new Uint8Array(Buffer.concat(order));
}

function damageSamples(): { codec: Codec; content: Content; bases: readonly Base[] }[] {
  const { tuned, base } = madePair(tools.kernels, BF16, 3000, 0.01);
  const [scaled, under] = scaledPair(F16, 60, 128);
  const next = normal(3);
  const alike = Float32Array.from({ length: 4096 }, (_, at) => (at % 64) + 1 + 0.001 * next());
  const rows = floats(tools.kernels, F32, alike);
  return [
    {
      codec: deltaRans,
      content: { bytes: tuned, kind: BF16 },
      bases: [{ bytes: base, kind: BF16 }],
    },
    {
      codec: deltaRans,
      content: { bytes: scaled, kind: F16 },
      bases: [{ bytes: under, kind: F16 }],
    },
    { codec: planesRans, content: { bytes: tuned, kind: BF16 }, bases: [] },
    { codec: planesRans, content: { bytes: rows, kind: F32 }, bases: [] },
  ];
}

function outcome(
  codec: Codec,
  data: Uint8Array,
  { bytes, kind }: Content,
  bases: readonly Base[],
): 'refused' | 'other bytes' | 'same bytes' {
  try {
    const decoded = codec.decode(data, bytes.length, kind, bases, tools);
    return Buffer.compare(decoded, bytes) === 0 ? 'same bytes' : 'other bytes';
  } catch (error) {
    if (error instanceof CodecError && error.codec === codec.name) return 'refused';
    throw error;
  }
}

describe('damage', () => {
  const samples = damageSamples();

  it('the samples show every way of coding', () => {
    const tags = samples.map(
      ({ codec, content, bases }) => encode(codec, content, bases)?.[0] ?? -1,
    );
    expect(tags.map((tag) => tag & 3)).toEqual([1, 1, 0, 2]);
    expect((tags[1] ?? 0) & 24).toBe(24);
  });

  it.each(samples)(
    '$codec.name, sample $#: a flipped bit is refused or gives other bytes',
    ({ codec, content, bases }) => {
      const data = encode(codec, content, bases) ?? new Uint8Array(0);
      let same = 0;
      let tried = 0;
      for (let byte = 0; byte < data.length; byte += byte < 300 ? 1 : 7) {
        const flipped = data.slice();
        flipped[byte] = (flipped[byte] ?? 0) ^ (1 << (byte % 8));
        tried += 1;
        if (outcome(codec, flipped, content, bases) === 'same bytes') same += 1;
      }
      // Bounds between levels that do not occur, frequencies of tokens that do not, the last byte's padding.
      expect(same).toBeLessThanOrEqual(tried / 50);
    },
  );

  it.each(samples)(
    '$codec.name, sample $#: cut off, longer, or of another length, it is refused',
    ({ codec, content, bases }) => {
      const data = encode(codec, content, bases) ?? new Uint8Array(0);
      for (let length = 0; length < data.length; length += 1 + (length >> 6)) {
        expect(outcome(codec, data.slice(0, length), content, bases)).toBe('refused');
      }
      const longer = Buffer.concat([data, Uint8Array.of(0)]);
      expect(outcome(codec, longer, content, bases)).toBe('refused');
      for (const length of [0, 2, content.bytes.length - 4, content.bytes.length + 4]) {
        const other = { ...content, bytes: new Uint8Array(length) };
        expect(outcome(codec, data, other, bases)).toBe('refused');
      }
      for (const kind of [undefined, valueKinds.F64, valueKinds.U8]) {
        expect(outcome(codec, data, { ...content, kind }, bases)).toBe('refused');
      }
    },
  );

  it('random heads and tails are refused, or give bytes', () => {
    const next = uniform(11);
    for (const { codec, content, bases } of samples) {
      const data = encode(codec, content, bases) ?? new Uint8Array(0);
      for (let round = 0; round < 3000; round++) {
        const random = data.slice(0, Math.floor(next() * data.length));
        const from = next() < 0.5 ? 0 : Math.floor(next() * random.length);
        for (let byte = from; byte < Math.min(random.length, from + 40); byte++) {
          if (next() < 0.3) random[byte] = Math.floor(next() * 256);
        }
        outcome(codec, random, content, bases);
      }
    }
  });

  it('nothing is written outside of the codecs’ memory, whatever is decoded', () => {
    const kernels = testKernels(CODEC_BYTES + 65_536);
    const own = { kernels, zstd: tools.zstd };
    const behind = kernels.buffer.subarray(CODEC_BYTES).fill(0x5a);
    const next = uniform(12);
    for (const { codec, content, bases } of [...samples, largest()]) {
      const { bytes, kind } = content;
      const data = codec.encode(content, bases, NO_LIMIT, 'max', own) ?? bytes;
      for (let round = 0; round < 40; round++) {
        const damaged = data.slice();
        const at = Math.floor(next() * Math.min(damaged.length, 300));
        damaged[at] = Math.floor(next() * 256);
        try {
          codec.decode(damaged, bytes.length, kind, bases, own);
        } catch (error) {
          expect(error).toBeInstanceOf(CodecError);
        }
      }
    }
    expect(behind.every((byte) => byte === 0x5a)).toBe(true);
  });

  function largest(): { codec: Codec; content: Content; bases: readonly Base[] } {
    const { tuned: bytes, base } = madePair(tools.kernels, BF16, 524_288, 0.5);
    return {
      codec: deltaRans,
      content: { bytes, kind: BF16 },
      bases: [{ bytes: base, kind: BF16 }],
    };
  }

  it('a base of another length is none', () => {
    const [sample] = samples;
    if (sample === undefined) throw new RangeError('expected a sample');
    const { codec, content, bases } = sample;
    const data = encode(codec, content, bases) ?? new Uint8Array(0);
    const short = [{ bytes: content.bytes.subarray(2), kind: BF16 }];
    expect(encode(codec, content, short)).toBeUndefined();
    expect(outcome(codec, data, content, short)).toBe('refused');
    expect(outcome(codec, data, content, [])).toBe('refused');
    expect(outcome(codec, data, content, [{ bytes: content.bytes, kind: BF16 }])).not.toBe(
      'same bytes',
    );
  });
});

describe.skipIf(!hasSharedData)('real pairs take less than with zstd', () => {
  const folder = join(sharedData, 'ultralight_rfb_epochs');

  function tensors(part: string): Map<string, Content> {
    const file = readdirSync(folder).find((each) => each.includes(part));
    if (file === undefined) throw new Error(`expected ${part} in ${folder}`);
    const all = readFileSync(join(folder, file));
    return new Map(
      targetsOf(join(folder, file)).map(({ name, kind, offset, length }) => [
        name,
        { kind, bytes: new Uint8Array(all.subarray(offset, offset + length)) },
      ]),
    );
  }

  it.each([
    ['Epoch-480-', 'Epoch-499-', 0.448],
    ['Epoch-460-', 'Epoch-480-', 0.531],
  ])('%s to %s', (from, to, most) => {
    const bases = tensors(from);
    let [raw, coded, withZstd] = [0, 0, 0];
    for (const [name, content] of tensors(to)) {
      const base = bases.get(name);
      if (base?.kind !== F32 || content.kind !== F32 || content.bytes.length === 0) continue;
      const found = [{ bytes: base.bytes, kind: F32 }];
      raw += content.bytes.length;
      coded += ratio(deltaRans, content, found) * content.bytes.length;
      withZstd += ratio(delta, content, found) * content.bytes.length;
    }
    expect(coded / raw).toBeLessThan(most);
    expect(coded).toBeLessThan(0.99 * withZstd);
  });
});
