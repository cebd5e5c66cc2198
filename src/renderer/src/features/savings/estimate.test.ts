import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatBytes } from '../../../../shared/base';
import type { Estimate } from '../../../../shared/domain';
import {
  basisText,
  changeText,
  headlineOf,
  rangePlaces,
  rangeText,
  secondsText,
  smallShare,
} from './estimate-text';

const bytes = (count: number) => formatBytes(count, 'decimal');
const estimate = (patch: Partial<Estimate> = {}): Estimate => ({
  logicalBytes: 32.4e9,
  storedBytes: { low: 12.1e9, expected: 12.6e9, high: 13.4e9 },
  savings: { exact: 10e9, cast: 1e9, delta: 4e9, compression: 4.8e9 },
  basis: {
    kind: 'sample',
    bytesRead: 615e6,
    milliseconds: 3210,
    models: 18,
    tensors: 5200,
    sampledTensors: 900,
  },
  ...patch,
});
const basis = (patch: Partial<Estimate['basis']>) =>
  estimate({ basis: { ...estimate().basis, ...patch } });

describe('the estimate in words', () => {
  it('is a range with what is likeliest, and what that changes', () => {
    expect(headlineOf(estimate(), bytes)).toEqual({
      range: '12.1 to 13.4 GB',
      about: '12.6 GB',
      change: '−61%',
    });
  });

  it('is one figure when it is exact', () => {
    const storedBytes = { low: 12e9, expected: 12e9, high: 12e9 };
    expect(headlineOf(estimate({ storedBytes }), bytes)).toEqual({
      range: '12.0 GB',
      change: '−63%',
    });
  });

  it('names both units where they differ, and no range where it cannot be seen', () => {
    expect(rangeText(990e6, 1.02e9, bytes)).toBe('990 MB to 1.02 GB');
    expect(rangeText(12.01e9, 12.02e9, bytes)).toBe('12.0 GB');
    expect(rangeText(0, 10, bytes)).toBe('0 to 10 B');
  });

  it('says little changes and growth as what they are', () => {
    expect(changeText(98.6, 100)).toBe('−1.4%');
    expect(changeText(95, 100)).toBe('−5%');
    expect(changeText(101, 100)).toBe('+1%');
    expect(changeText(100, 100)).toBe('±0%');
    expect(changeText(5, 0)).toBe('±0%');
  });

  it('says what it rests on', () => {
    expect(basisText(estimate(), bytes)).toBe(
      'From a sample: 615 MB, 1.9% of the bytes, of 900 tensors, read in 3.2 s (18 models, 5,200 tensors). The true size lies in the range in 19 of 20 cases.',
    );
    expect(basisText(basis({ kind: 'fingerprints' }), bytes)).toMatch(/^From fingerprints \(18/);
    expect(basisText(basis({ kind: 'measured', milliseconds: 72_000 }), bytes)).toBe(
      'Measured: every byte of 18 models, 5,200 tensors was weighed, in 1 min 12 s.',
    );
    expect([smallShare(1, 3000), smallShare(2, 100), smallShare(0, 0)]).toEqual([
      '0.033%',
      '2%',
      '0%',
    ]);
    expect([secondsText(40), secondsText(9960)]).toEqual(['0.0 s', '10 s']);
  });
});

describe('the bar of the range', () => {
  it('stays inside the files’ size and in order, whatever the figures', () => {
    const size = fc.double({ min: 0, max: 1e13, noNaN: true });
    fc.assert(
      fc.property(size, size, size, size, (logicalBytes, low, expected, high) => {
        const places = rangePlaces(
          estimate({ logicalBytes, storedBytes: { low, expected, high } }),
        );
        expect(places.low).toBeGreaterThanOrEqual(0);
        expect(places.low).toBeLessThanOrEqual(places.expected);
        expect(places.expected).toBeLessThanOrEqual(places.high);
        expect(places.high).toBeLessThanOrEqual(100);
      }),
    );
    expect(rangePlaces(estimate()).expected).toBeCloseTo(38.9, 1);
  });
});
