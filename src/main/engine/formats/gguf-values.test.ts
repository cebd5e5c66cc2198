import { describe, expect, it } from 'vitest';
import type { MetadataValue } from '../../../shared/domain';
import { memoryByteSource } from '../io/byte-source';
import { FormatError } from './errors';
import { ggufReader } from './gguf';
import { type GgufArrayPlace, ggufArrayPlace, MAX_GGUF_PAGE, readGgufArray } from './gguf-values';
import { array, type GgufSpec, type GgufValue, ggufFile, text, u32 } from './testing/gguf-file';

function open(value: GgufValue, spec: GgufSpec = {}) {
  const source = memoryByteSource('a.gguf', ggufFile({ ...spec, pairs: [['v', value]] }));
  const shown = ggufReader.read(source)?.metadata.v;
  return { source, shown, place: ggufArrayPlace(shown) };
}

function placeOf(place: GgufArrayPlace | undefined): GgufArrayPlace {
  if (place === undefined) throw new Error('no place');
  return place;
}

const strings = Array.from({ length: 1000 }, (_, index) => text(`t${index}`));
const numbers = Array.from({ length: 1000 }, (_, index) => u32(index * 3));

describe('a long array', () => {
  it('is shown by its count, type, place and first 100 items', () => {
    const { shown, source } = open(array('string', strings));
    expect(shown).toMatchObject({ arrayOf: 'string', count: 1000 });
    const { first, offset, byteLength } = shown as Record<string, MetadataValue[]>;
    expect(first).toHaveLength(100);
    expect(first?.at(-1)).toBe('t99');
    expect(Number(offset) + Number(byteLength)).toBe(source.size);
  });

  it('of at most 100 items is a plain list', () => {
    expect(open(array('string', strings.slice(0, 100))).shown).toHaveLength(100);
    expect(open(array('string', strings.slice(0, 101))).place?.count).toBe(101);
  });

  it('is paged from anywhere, in every version and byte order', () => {
    for (const spec of [{ version: 1 }, { version: 2 }, { version: 3 }, { bigEndian: true }]) {
      const texts = open(array('string', strings), spec);
      expect(readGgufArray(texts.source, placeOf(texts.place), 998, 10)).toEqual(['t998', 't999']);
      const counts = open(array('u32', numbers), spec);
      expect(readGgufArray(counts.source, placeOf(counts.place), 500, 2)).toEqual([1500, 1503]);
    }
  });

  it('gives no items outside itself, and no more than one page', () => {
    const { source, place } = open(array('u8', Array(20_000).fill({ type: 'u8', value: 5 })));
    const whole = placeOf(place);
    expect(readGgufArray(source, whole, 20_000, 5)).toEqual([]);
    expect(readGgufArray(source, whole, 5, 0)).toEqual([]);
    expect(readGgufArray(source, whole, -5, 1)).toEqual([5]);
    expect(readGgufArray(source, whole, 0, 1e9)).toHaveLength(MAX_GGUF_PAGE);
  });

  it('of arrays is paged, too', () => {
    const inner = Array.from({ length: 200 }, (_, index) => array('u32', [u32(index)]));
    const { source, place } = open(array('array', inner));
    expect(readGgufArray(source, placeOf(place), 150, 2)).toEqual([[150], [151]]);
  });

  it('whose place does not fit the file is refused', () => {
    const { source, place } = open(array('string', strings));
    const right = placeOf(place);
    for (const wrong of [
      { ...right, offset: right.offset + 1 },
      { ...right, count: 2 ** 40 },
      { ...right, byteLength: right.byteLength - 1 },
      { ...right, offset: source.size + 100 },
    ]) {
      const last = Math.min(wrong.count, 1002);
      expect(() => readGgufArray(source, wrong, last - 1, 1)).toThrow(FormatError);
    }
  });

  it('is not mistaken for another value', () => {
    for (const value of [undefined, null, 'x', 7, [1], {}, { arrayOf: 'x', count: 1 }]) {
      expect(ggufArrayPlace(value as MetadataValue)).toBeUndefined();
    }
    const place = { arrayOf: 'u8', offset: 0, byteLength: 1, wide: true, bigEndian: false };
    expect(ggufArrayPlace({ ...place, count: -1 })).toBeUndefined();
    expect(ggufArrayPlace({ ...place, count: 1 })).toEqual({ ...place, count: 1 });
  });
});

describe('a long text', () => {
  it('is cut at a whole character and says how long it is', () => {
    const { shown } = open(text(`${'x'.repeat(65_535)}é and more`));
    expect(shown).toBe(`${'x'.repeat(65_535)}… (65546 bytes)`);
  });

  it('inside an array is cut shorter', () => {
    expect(open(array('string', [text('y'.repeat(2000))])).shown).toEqual([
      `${'y'.repeat(1024)}… (2000 bytes)`,
    ]);
  });
});

describe('nested arrays', () => {
  it('show no more than 100,000 items together', () => {
    const bytes = array('u8', Array(100).fill({ type: 'u8', value: 1 }));
    const rows = array('array', Array(100).fill(bytes));
    const { shown } = open(array('array', Array(30).fill(rows)));
    expect(JSON.stringify(shown).match(/\b1\b/g)?.length ?? 0).toBeLessThan(110_000);
  });
});
