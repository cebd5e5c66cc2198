import { describe, expect, it } from 'vitest';
import { longArrayOf } from '../../lib/long-array';
import { factLines } from './facts-text';
import { mixGlyphs, mixParts } from './mix';

const bytes = (count: number) => `${count} B`;
const texts = (...args: Parameters<typeof factLines>) =>
  factLines(...args).map(({ term, text }) => `${term}: ${text}`);

describe('facts in words', () => {
  it('are only what the files state', () => {
    expect(texts({}, bytes)).toEqual([]);
    expect(texts({ parameters: 8_030_261_312, contextLength: 131_072 }, bytes)).toEqual([
      'parameters: 8.03B',
      'context: 131,072 tokens',
    ]);
  });

  it('name an operator set unless it is the usual one', () => {
    const opsets = [
      { domain: 'ai.onnx', version: '17' },
      { domain: 'com.microsoft', version: '1' },
    ];
    expect(texts({ opsets }, bytes)).toEqual(['opset: 17, com.microsoft 1']);
  });

  it('count what belongs to training and what a pickle asks for', () => {
    const facts = {
      optimizer: { tensors: 2, bytes: 16 },
      requestedGlobals: 1,
      adapter: { rank: 8 },
    };
    expect(texts(facts, bytes)).toEqual([
      'adapter: rank 8',
      'optimizer: 2 tensors, 16 B',
      'globals: 1 Python name',
    ]);
  });
});

describe('the bar of dtypes', () => {
  const share = (dtype: string, size: number) => ({ dtype, tensors: 1, bytes: size });

  it('gives every part a sign and a pattern of its own', () => {
    const parts = mixParts([share('Q4_K', 75), share('F32', 25)]);
    expect(parts.map(({ slot, width, share: text }) => [slot, width, text])).toEqual([
      [0, 75, '75%'],
      [1, 25, '25%'],
    ]);
    expect(new Set(mixGlyphs).size).toBe(mixGlyphs.length);
  });

  it('sums up what there are no signs for', () => {
    const parts = mixParts(Array.from({ length: 32 }, (_, at) => share(`T${at}`, 1)));
    expect(parts).toHaveLength(mixGlyphs.length);
    expect(parts.at(-1)).toMatchObject({ dtype: '27 others', tensors: 27, bytes: 27 });
  });

  it('is empty, not broken, for tensors without bytes', () => {
    expect(mixParts([share('F32', 0)])).toMatchObject([{ width: 0, share: '0%' }]);
  });
});

describe('a long array', () => {
  const place = { arrayOf: 'string', count: 5, offset: 1, byteLength: 9, first: ['a'] };
  it('is told from every other value', () => {
    expect(longArrayOf(place)).toEqual({ count: 5, of: 'string' });
    for (const value of [
      null,
      'x',
      [place],
      {},
      { ...place, first: 'a' },
      { ...place, count: '5' },
    ]) {
      expect(longArrayOf(value)).toBeUndefined();
    }
  });
});
