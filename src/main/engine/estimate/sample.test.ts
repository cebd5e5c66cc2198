import { describe, expect, it } from 'vitest';
import { valueKinds } from '../kernels/values';
import type { Population, Unit } from './population';
import { planSample, SAMPLE_SHARE } from './sample';

const unitOf = (file: number, name: string, elements: number, bytesEach = 4): Unit => ({
  file,
  offset: 0,
  length: elements * bytesEach,
  values: { kind: bytesEach === 4 ? valueKinds.F32 : valueKinds.BF16, elements },
  name,
});

const plain = (file: number, length: number): Unit => ({
  file,
  offset: 1000,
  length,
  values: undefined,
  name: 'before a',
});

function populationOf(units: readonly Unit[]): Population {
  const logicalBytes = units.reduce((sum, { length }) => sum + length, 0);
  return { files: [], units, logicalBytes, models: 1, tensors: units.length };
}

describe('planSample', () => {
  const sizes = [1, 16, 64, 1000, 4096, 30_000, 1_000_000];
  const small = Array.from({ length: 300 }, (_, at) =>
    unitOf(at % 3, `layer.${Math.floor(at / 3)}`, sizes[Math.floor(at / 3) % sizes.length] ?? 1),
  );

  it.each([
    ['tensors of all sizes', small],
    ['one small tensor', [unitOf(0, 'a', 100)]],
    ['plain bytes', [plain(0, 100_000), plain(1, 3_000_000), plain(2, 50)]],
    ['nothing', []],
    ['empty units', [plain(0, 0)]],
  ])('reads at most its share: %s', (_, units) => {
    const population = populationOf(units);
    const { bytes, choices } = planSample(population);
    expect(bytes).toBeLessThanOrEqual(population.logicalBytes * SAMPLE_SHARE);
    for (const { unit, ranges } of choices) {
      const { offset, length } = units[unit] as Unit;
      let end = offset;
      for (const range of ranges) {
        expect(range.offset).toBeGreaterThanOrEqual(end);
        expect(range.length).toBeGreaterThan(0);
        end = range.offset + range.length;
      }
      expect(end).toBeLessThanOrEqual(offset + length);
    }
  });

  it('uses most of its share when there is much to read', () => {
    const population = populationOf(small.filter(({ length }) => length < 1e6));
    expect(planSample(population).bytes).toBeGreaterThan(0.015 * population.logicalBytes);
  });

  it('reads little of very large tensors', () => {
    const population = populationOf([unitOf(0, 'a', 1e9), unitOf(0, 'b', 1e9)]);
    expect(planSample(population).bytes).toBeLessThan(64 * 1024);
  });

  it('samples copies, casts and fine-tunes at the same elements', () => {
    const single = [unitOf(0, 'a', 50_000), unitOf(0, 'b', 700)];
    const half = [unitOf(1, 'a', 50_000, 2), unitOf(1, 'b', 700, 2)];
    const more = Array.from({ length: 40 }, (_, at) => unitOf(2, `c.${at}`, 900));
    const { choices } = planSample(populationOf([...single, ...more, ...half]));
    const elementsOf = (unit: number, bytesEach: number): number[] | undefined =>
      choices
        .find((choice) => choice.unit === unit)
        ?.ranges.map(({ offset }) => offset / bytesEach);
    expect(elementsOf(0, 4)?.length).toBeGreaterThan(5);
    expect(elementsOf(0, 4)).toEqual(elementsOf(42, 2));
    expect(elementsOf(1, 4)).toEqual(elementsOf(43, 2));
  });

  it('looks at some thousand units at most, partners together', () => {
    const units = Array.from({ length: 12_000 }, (_, at) =>
      unitOf(at % 2, `t.${at >> 1}`, 200_000),
    );
    const { choices } = planSample(populationOf(units));
    expect(choices.length).toBeGreaterThan(3000);
    expect(choices.length).toBeLessThan(5000);
    const chosen = new Set(choices.map(({ unit }) => unit));
    for (const unit of chosen) expect(chosen.has(unit ^ 1)).toBe(true);
    for (const { probability } of choices) expect(probability).toBeCloseTo(1 / 3, 1);
  });

  it('looks at every stratum that it can pay for', () => {
    const units = [
      unitOf(0, 'a', 1_000_000),
      ...Array.from({ length: 6 }, (_, at) => plain(at, 9000)),
    ];
    const { choices } = planSample(populationOf(units));
    expect(choices.some(({ unit }) => units[unit]?.values === undefined)).toBe(true);
  });
});
