import { describe, expect, it } from 'vitest';
import { rowPrefix } from './row-hashes';
import { valueKinds } from './values';

const { F32, F16, Q4_K, Q8_0 } = valueKinds;

describe('the rows that are hashed', () => {
  it('are the first 1024, of each at most 64 bytes', () => {
    expect(rowPrefix({ kind: F32, elements: 80_000, rows: 2000 })).toEqual({
      ...{ rows: 1024, stride: 160, length: 64 },
    });
    expect(rowPrefix({ kind: F16, elements: 80, rows: 8 })).toEqual({
      rows: 8,
      stride: 20,
      length: 20,
    });
    expect(rowPrefix({ kind: Q8_0, elements: 8 * 32, rows: 8 })).toMatchObject({ stride: 34 });
  });

  it.each([
    ['few', { kind: F32, elements: 7 * 100, rows: 7 }],
    ['short', { kind: F32, elements: 8 * 3, rows: 8 }],
    ['parts of blocks', { kind: Q4_K, elements: 8 * 256, rows: 16 }],
  ])('are none where rows are %s', (_, target) => {
    expect(rowPrefix(target)).toBeUndefined();
  });
});
