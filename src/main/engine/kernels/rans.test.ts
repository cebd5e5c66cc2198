import { describe, expect, it } from 'vitest';
import {
  type ReferenceTokens,
  referenceDecode,
  referenceDifferences,
  referenceEncode,
  referenceLevels,
  referenceMagnitudes,
  referencePack,
  referenceSizes,
} from './reference/rans';
import { testKernels } from './test-support';
import { normal, uniform } from './testing/pairs';

const AREA = 65_536;
const kernels = testKernels(32 * AREA);
const { exports, buffer } = kernels;

/** The n-th stretch of the kernels' memory. */
function area(at: number): Uint8Array {
  return buffer.subarray(at * AREA, (at + 1) * AREA);
}

function words(at: number, width: number, count: number): Uint16Array | Uint32Array {
  const { byteOffset } = area(at);
  return width === 2
    ? new Uint16Array(buffer.buffer, byteOffset, count)
    : new Uint32Array(buffer.buffer, byteOffset, count);
}

/** Bits of floats: weights, every exponent, zeros, infinities, NaNs, denormals. */
function someElements(seed: number, width: number, count: number): number[] {
  const next = uniform(seed);
  const size = 2 ** (8 * width);
  const edges = [0, size / 2, size - 1, size / 2 - 1, 1, size / 2 + 1, 0x7f80, 0xff80, 0x7fc1];
  return Array.from({ length: count }, () => {
    const kind = next();
    if (kind < 0.1) return (edges[Math.floor(next() * edges.length)] ?? 0) % size;
    if (kind < 0.3) return Math.floor(next() * size);
    return Math.floor((0.45 + 0.03 * next()) * (size / 2)) + (next() < 0.5 ? size / 2 : 0);
  });
}

/** Elements that are near, or far. */
function nearElements(seed: number, width: number, elements: readonly number[]): number[] {
  const next = normal(seed);
  const size = 2 ** (8 * width);
  return elements.map((bits, at) => {
    const far = at % 7 === 0 ? 2 ** (8 * width - 3) : at % 3 === 0 ? 0 : 20;
    return (((bits + Math.round(far * next())) % size) + size) % size;
  });
}

const cases = [2, 4].flatMap((width) =>
  [0, 1, 7, 8, 9, 64, 333, 2000].map((count) => ({ width, count })),
);

describe('the kernels of rANS are their reference, bit for bit', () => {
  it.each(cases)('differences of $count elements of $width bytes', ({ width, count }) => {
    const base = someElements(count, width, count);
    const elements = nearElements(count, width, base);
    words(0, width, count).set(elements);
    words(1, width, count).set(base);
    const [x, y, tokens] = [area(0), area(1), area(2).fill(77)];
    exports.differenceTokens(width, x.byteOffset, y.byteOffset, count, tokens.byteOffset);
    const expected = referenceDifferences(width, elements, base);
    expect([...words(0, width, count)]).toEqual(expected.values);
    expect([...tokens.subarray(0, count)]).toEqual(expected.tokens);
    expect(tokens[count]).toBe(77);
  });

  it('differences of every zigzag length', () => {
    const elements = Array.from({ length: 32 }, (_, bit) => [2 ** bit, 2 ** bit - 1]).flat();
    words(0, 4, elements.length).set(elements);
    words(1, 4, elements.length).fill(0);
    const [x, y, tokens] = [area(0), area(1), area(2)];
    exports.differenceTokens(4, x.byteOffset, y.byteOffset, elements.length, tokens.byteOffset);
    const expected = referenceDifferences(
      4,
      elements,
      elements.map(() => 0),
    );
    expect([...tokens.subarray(0, elements.length)]).toEqual(expected.tokens);
  });

  it.each(cases)('magnitudes of $count elements of $width bytes', ({ width, count }) => {
    const elements = someElements(count + 1, width, count);
    for (const [drop, origin] of [
      [5, -200],
      [8 * width - 9, 40],
      [21, 300],
    ] as const) {
      words(0, width, count).set(elements);
      const [x, tokens] = [area(0), area(2)];
      exports.magnitudeTokens(width, x.byteOffset, count, drop, origin, tokens.byteOffset);
      const expected = referenceMagnitudes(width, elements, drop, origin);
      expect([...words(0, width, count)]).toEqual(expected.values);
      expect([...tokens.subarray(0, count)]).toEqual(expected.tokens);
    }
  });

  it.each(cases)('levels and sizes of $count elements of $width bytes', ({ width, count }) => {
    const base = someElements(count + 2, width, count);
    const next = uniform(count);
    const [shift, mask] = width === 2 ? [7, 255] : [23, 255];
    words(1, width, count).set(base);
    const map = area(5).subarray(0, 256);
    map.set(Uint8Array.from({ length: 256 }, (_, level) => level ^ 3));
    for (const stride of [0, 1, 8, 40]) {
      const rowCount = stride === 0 ? 0 : Math.ceil(count / stride);
      const rows = Array.from({ length: rowCount }, () => Math.floor(next() * 300) - 20);
      const columns = Array.from({ length: stride }, () => Math.floor(next() * 80) - 40);
      new Int16Array(buffer.buffer, area(3).byteOffset, rowCount).set(rows);
      new Int16Array(buffer.buffer, area(4).byteOffset, stride).set(columns);
      for (const [scale, bases] of [
        [0, base],
        [1, base],
        [1, undefined],
      ] as const) {
        const levels = area(6);
        exports.exponentLevels(
          width,
          shift,
          mask,
          scale,
          bases ? area(1).byteOffset : 0,
          0,
          count,
          stride,
          area(3).byteOffset,
          area(4).byteOffset,
          map.byteOffset,
          levels.byteOffset,
        );
        const given = { base: bases, count, shift, mask, scale, stride, rows, columns };
        const expected = referenceLevels(given).map((level) => level ^ 3);
        expect([...levels.subarray(0, count)]).toEqual(expected);
        if (stride > 0) expectSizes(width, bases, base, shift, mask, stride);
      }
    }
  });

  function expectSizes(
    width: number,
    bases: readonly number[] | undefined,
    values: readonly number[],
    shift: number,
    mask: number,
    stride: number,
  ): void {
    const count = values.length;
    const rows = Math.ceil(count / stride);
    words(0, width, count).set(values);
    const sums = new Float64Array(buffer.buffer, area(8).byteOffset, rows + stride).fill(0);
    exports.sumSizes(
      width,
      shift,
      mask,
      area(0).byteOffset,
      bases ? area(1).byteOffset : 0,
      count,
      stride,
      sums.byteOffset,
      sums.byteOffset + 8 * rows,
    );
    expect([...sums]).toEqual(referenceSizes({ values, base: bases, shift, mask, stride }));
  }

  it('counts of tokens by level, and bytes through a map', () => {
    const next = uniform(5);
    const tokens = area(2).subarray(0, 3001);
    const levels = area(3).subarray(0, 3001);
    tokens.forEach((_, at) => {
      tokens[at] = next() * 256;
      levels[at] = next() * 256;
    });
    const counts = new Uint32Array(buffer.buffer, area(8).byteOffset, 65_536).fill(0);
    exports.countTokens(tokens.byteOffset, levels.byteOffset, 3001, counts.byteOffset);
    const expected = new Uint32Array(65_536);
    tokens.forEach((token, at) => {
      const to = (levels[at] ?? 0) * 256 + token;
      expected[to] = (expected[to] ?? 0) + 1;
    });
    expect(
      Buffer.compare(
        new Uint8Array(counts.buffer, counts.byteOffset, 262_144),
        new Uint8Array(expected.buffer),
      ),
    ).toBe(0);
    const before = [...tokens];
    const map = area(5).subarray(0, 256);
    map.forEach((_, at) => {
      map[at] = at * 7;
    });
    exports.mapBytes(tokens.byteOffset, 3001, map.byteOffset);
    expect([...tokens]).toEqual(before.map((token) => (token * 7) & 255));
  });
});

/** Frequencies that sum to 4096, of which some are 1, and one may be all. */
function someFrequencies(next: () => number): Uint16Array {
  const frequencies = new Uint16Array(256);
  const tokens = 1 + Math.floor(next() * 200);
  let left = 4096;
  for (let at = 0; at < tokens - 1; at++) {
    const frequency = Math.max(1, Math.floor(next() ** 3 * (left - (tokens - at)) * 0.6));
    frequencies[at + 20] = frequency;
    left -= frequency;
  }
  frequencies[tokens + 19] = left;
  return frequencies;
}

describe('streams of rANS', () => {
  const counts = [0, 1, 7, 8, 9, 100, 1000, 3000];

  it.each(counts)('of %i tokens are the reference’s, and decode to the tokens', (count) => {
    for (let seed = 0; seed < 12; seed++) {
      const next = uniform(seed * 100 + count);
      const tables = [someFrequencies(next), someFrequencies(next), someFrequencies(next)];
      const contexts = Array.from({ length: count }, () => Math.floor(next() * 3));
      const tokens = contexts.map((context) => drawn(tables[context], next));
      const stream = encoded(tokens, contexts, tables);
      expect(Buffer.compare(stream, referenceEncode(tokens, contexts, tables))).toBe(0);
      expect(referenceDecode(stream, contexts, tables)).toEqual(tokens);
    }
  });

  /** A token of a positive frequency, by chance; rare ones as often as frequent ones at times. */
  function drawn(table: Uint16Array | undefined, next: () => number): number {
    const positive = [...(table ?? []).entries()].filter(([, each]) => each > 0);
    if (next() < 0.3) return positive[Math.floor(next() * positive.length)]?.[0] ?? 0;
    let slot = Math.floor(next() * 4096);
    for (const [token, each] of positive) {
      if (slot < each) return token;
      slot -= each;
    }
    return 0;
  }

  it('bits behind tokens are packed as the reference packs them', () => {
    for (const width of [2, 4]) {
      for (const count of [0, 1, 5, 999]) {
        const base = someElements(count, width, count);
        const given = referenceDifferences(width, nearElements(3, width, base), base);
        const widths = Uint8Array.from({ length: 256 }, (_, token) => token % (8 * width + 1));
        for (const signs of [0, 1]) {
          expect(packed(width, given, widths, signs)).toEqual(referencePack(given, widths, signs));
        }
      }
    }
  });
});

function encoded(
  tokens: readonly number[],
  contexts: readonly number[],
  tables: readonly Uint16Array[],
): Uint8Array {
  area(0).set(tokens);
  area(1).set(contexts);
  const frequencies = new Uint16Array(buffer.buffer, area(2).byteOffset, 256);
  tables.forEach((each, at) => {
    frequencies.set(each);
    exports.encodingTable(frequencies.byteOffset, area(3).byteOffset + at * 4096);
  });
  const end = area(5).byteOffset;
  const [x, y, z] = [area(0).byteOffset, area(1).byteOffset, area(3).byteOffset];
  const start = exports.encodeTokens(x, y, tokens.length, z, end);
  return new Uint8Array(buffer.buffer, start, end - start).slice();
}

function packed(
  width: number,
  { values, tokens }: ReferenceTokens,
  widths: Uint8Array,
  signs: number,
): Uint8Array {
  words(0, width, values.length).set(values);
  area(1).set(tokens);
  area(2).set(widths);
  const [from, at, sizes, to] = [area(0), area(1), area(2), area(3)];
  const bytes = exports.packBits(
    width,
    from.byteOffset,
    at.byteOffset,
    values.length,
    signs,
    sizes.byteOffset,
    to.byteOffset,
  );
  return to.slice(0, bytes);
}
