import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { byteTicks } from './byte-ticks';
import { clipLabel } from './clip-label';
import { type Part, partsText, partWidths } from './parts';

describe('ticks of an axis of bytes', () => {
  it('are round in the unit system of the person', () => {
    expect(byteTicks(22.5e9, 'decimal')).toEqual([0, 5e9, 10e9, 15e9, 20e9, 25e9]);
    expect(byteTicks(3 * 1024 ** 2, 'binary')).toEqual([0, 1, 2, 3].map((n) => n * 1024 ** 2));
    expect(byteTicks(0, 'decimal')).toEqual([0, 1]);
  });

  it('cover the largest value, evenly and in bounded number, for any size of a disk', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
        fc.constantFrom('decimal' as const, 'binary' as const),
        (max, system) => {
          const ticks = byteTicks(max, system);
          expect(ticks.length).toBeLessThanOrEqual(7);
          expect(ticks.at(-1)).toBeGreaterThanOrEqual(max);
          expect(ticks.at(-2)).toBeLessThan(max);
        },
      ),
    );
  });
});

describe('a label of an axis', () => {
  it('keeps the start and the end of a long name', () => {
    expect(clipLabel('short', 20)).toBe('short');
    expect(clipLabel('Qwen2.5-7B-Instruct-math', 16)).toBe('Qwen2.5-…ct-math');
  });

  it('is never longer than asked, and shows what is invisible', () => {
    expect(clipLabel('a\u202eb', 20)).toBe('a\\u{202E}b');
    fc.assert(
      fc.property(fc.string({ maxLength: 2000, unit: 'binary' }), (name) => {
        expect([...clipLabel(name, 24)].length).toBeLessThanOrEqual(24);
      }),
    );
    expect([...clipLabel('n'.repeat(1_000_000), 24)]).toHaveLength(24);
  });
});

describe('a bar of parts', () => {
  const part = (value: number): Part => ({ tone: 'shared', label: 'shared', value, text: '1 MB' });

  it('has widths in proportion, and never more than the whole', () => {
    expect(partWidths([part(1), part(3)], 4)).toEqual([25, 75]);
    expect(partWidths([part(3), part(3)], 4)).toEqual([75, 25]);
    expect(partWidths([part(3)], 0)).toEqual([0]);
  });

  it('can be read out', () => {
    expect(partsText([part(1), { ...part(2), label: 'exclusive' }])).toBe(
      'shared 1 MB, exclusive 1 MB',
    );
  });
});
