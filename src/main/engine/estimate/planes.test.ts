import { describe, expect, it } from 'vitest';
import { type ValueKind, valueKinds } from '../kernels/values';
import { randomStream } from './hash';
import { alonePlanes, converted, differencesOf } from './planes';

const { F64, F32, F16, BF16, I16, I64, U8 } = valueKinds;

const singles = (...values: number[]): Uint8Array =>
  new Uint8Array(Float32Array.from(values).buffer);
const doubles = (...values: number[]): Uint8Array =>
  new Uint8Array(Float64Array.from(values).buffer);
const halves = (...words: number[]): Uint8Array => new Uint8Array(Uint16Array.from(words).buffer);
const list = (array: ArrayLike<number>): number[] => Array.from(array);

describe('alonePlanes', () => {
  it('moves the sign of floats to the lowest bit', () => {
    expect(alonePlanes(BF16, halves(0x3f80, 0xbf80)).map(list)).toEqual([
      [0x00, 0x01],
      [0x7f, 0x7f],
    ]);
  });

  it('leaves integers as they are', () => {
    expect(alonePlanes(I16, halves(0x8001)).map(list)).toEqual([[0x01], [0x80]]);
  });
});

describe('differencesOf', () => {
  it('is 0 bits of equal elements, of neighbours 1 or 2, in both directions and across zero', () => {
    const smallest = 2 ** -149;
    const a = singles(1, 1 + 2 ** -23, 1, -smallest, 0);
    const b = singles(1, 1, 1 + 2 ** -23, -0, -0);
    expect(list(differencesOf(F32, a, b).lengths)).toEqual([0, 2, 1, 1, 2]);
  });

  it('groups by the exponent of the base', () => {
    expect(list(differencesOf(F32, singles(9, 9), singles(-1, 2)).groups)).toEqual([127, 128]);
    expect(list(differencesOf(F16, halves(0, 0), halves(0x3c00, 0xc000)).groups)).toEqual([15, 16]);
  });

  it('agrees between 8 and 4 bytes on how far numbers are apart', () => {
    const random = randomStream(5);
    for (let round = 0; round < 50; round++) {
      const [x, y] = [Math.fround(random() + 0.1), Math.fround(random() + 0.1)];
      const [long] = differencesOf(F64, doubles(x), doubles(y)).lengths;
      const [short] = differencesOf(F32, singles(x), singles(y)).lengths;
      // A double has 29 more bits below.
      expect(Math.abs((long ?? 0) - (short ?? 0) - 29)).toBeLessThanOrEqual(1);
    }
  });

  it('takes integers as they are', () => {
    expect(list(differencesOf(U8, Uint8Array.of(5, 0), Uint8Array.of(5, 1)).lengths)).toEqual([
      0, 1,
    ]);
    const longs = new Uint8Array(BigInt64Array.of(7n, -1n).buffer);
    const zeros = new Uint8Array(BigInt64Array.of(7n, 0n).buffer);
    expect(list(differencesOf(I64, longs, zeros).lengths)).toEqual([0, 1]);
  });
});

describe('converted', () => {
  const values = [1, -2.5, 65504, 65520, 6e-8, 1e-9, 0, -0, Number.NaN, Number.POSITIVE_INFINITY];
  const back = (kind: ValueKind, bytes: Uint8Array): number[] => {
    const single = converted(kind, bytes, F32) ?? new Uint8Array();
    return list(new Float32Array(single.slice().buffer));
  };

  it('rounds to halves, to nearest', () => {
    const half = converted(F32, singles(...values), F16) ?? new Uint8Array();
    const small = 2 ** -24;
    const infinite = Number.POSITIVE_INFINITY;
    expect(back(F16, half)).toEqual([
      1,
      -2.5,
      65504,
      infinite,
      small,
      0,
      0,
      -0,
      Number.NaN,
      infinite,
    ]);
  });

  it('rounds to bfloat16, ties to even', () => {
    const brain =
      converted(F32, singles(1 + 2 ** -8, 1 + 3 * 2 ** -8, 3), BF16) ?? new Uint8Array();
    expect(back(BF16, brain)).toEqual([1, 1 + 2 ** -6, 3]);
  });

  it('is not done between other kinds', () => {
    expect(converted(I16, halves(1), F32)).toBeUndefined();
  });
});
