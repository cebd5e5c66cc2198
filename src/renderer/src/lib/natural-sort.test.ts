import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { naturalCompare } from './natural-sort';

describe('naturalCompare', () => {
  it('puts layer 2 before layer 10', () => {
    const names = ['layers.10.mlp', 'layers.2.mlp', 'layers.1.mlp', 'Layers.3.mlp'];
    expect(names.toSorted(naturalCompare)).toEqual([
      'layers.1.mlp',
      'layers.2.mlp',
      'Layers.3.mlp',
      'layers.10.mlp',
    ]);
  });

  it('tells apart names that differ only in case, always in the same order', () => {
    expect(naturalCompare('a', 'A')).toBe(-naturalCompare('A', 'a'));
    expect(naturalCompare('a', 'A')).not.toBe(0);
  });

  it('is an order: equal only for equal names, and antisymmetric', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (a, b) => {
        expect(Math.sign(naturalCompare(a, b)) + Math.sign(naturalCompare(b, a))).toBe(0);
        expect(naturalCompare(a, b) === 0).toBe(a === b);
      }),
      { seed: 7, numRuns: 2000 },
    );
  });
});
