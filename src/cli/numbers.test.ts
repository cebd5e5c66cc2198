import { describe, expect, it } from 'vitest';
import { decimals, numberOrNull } from './numbers';

describe('decimals', () => {
  it.each([
    [null, '?'],
    [0, '0'],
    [1, '1'],
    [-1, '-1'],
    [1 - 1e-12, '1'],
    [0.99999, '>0.9999'],
    [-0.99999, '<-0.9999'],
    [0.9987, '0.9987'],
    [0.00001234, '1.2e-5'],
    [123456, '1.2e+5'],
    [1.5, '1.5000'],
  ])('writes %j as %s', (value, text) => {
    expect(decimals(value)).toBe(text);
  });
});

describe('numberOrNull', () => {
  it('keeps what JSON can hold', () => {
    const values = [0, -1.5, Number.NaN, Number.POSITIVE_INFINITY, null, undefined];
    expect(values.map(numberOrNull)).toEqual([0, -1.5, null, null, null, null]);
  });
});
