import { describe, expect, it } from 'vitest';
import { ggmlTypes, ggufFixedBytes, ggufValueTypes, removedGgmlTypes } from './gguf-types';

const half = 2;
const K = 256;
/** Elements and the parts of a block, field by field, as the structs of ggml-common.h list them. */
const structs: Readonly<Record<string, readonly [number, ...(readonly number[])]>> = {
  F32: [1, 4],
  F16: [1, 2],
  BF16: [1, 2],
  F64: [1, 8],
  I8: [1, 1],
  I16: [1, 2],
  I32: [1, 4],
  I64: [1, 8],
  Q1_0: [128, half, 128 / 8],
  Q2_0: [64, half, 64 / 4],
  Q4_0: [32, half, 32 / 2],
  Q4_1: [32, half, half, 32 / 2],
  MXFP4: [32, 1, 32 / 2],
  NVFP4: [64, 64 / 16, 64 / 2],
  Q5_0: [32, half, 4, 32 / 2],
  Q5_1: [32, half, half, 4, 32 / 2],
  Q8_0: [32, half, 32],
  TQ1_0: [K, (K - (4 * K) / 64) / 5, K / 64, half],
  TQ2_0: [K, K / 4, half],
  Q2_K: [K, K / 16, K / 4, half, half],
  Q3_K: [K, K / 8, K / 4, 12, half],
  Q4_K: [K, half, half, 12, K / 2],
  Q5_K: [K, half, half, 12, K / 8, K / 2],
  Q6_K: [K, K / 2, K / 4, K / 16, half],
  Q8_K: [K, 4, K, (K / 16) * 2],
  IQ2_XXS: [K, half, (K / 8) * 2],
  IQ2_XS: [K, half, (K / 8) * 2, K / 32],
  IQ2_S: [K, half, K / 4, K / 32, K / 32],
  IQ3_XXS: [K, half, (3 * K) / 8],
  IQ3_S: [K, half, K / 4, K / 32, K / 8, K / 64],
  IQ1_S: [K, half, K / 8, (K / 32) * 2],
  IQ1_M: [K, K / 8, K / 16, K / 32],
  IQ4_NL: [32, half, 32 / 2],
  IQ4_XS: [K, half, 2, K / 64, K / 2],
};

describe('ggml types', () => {
  it('have the block sizes of their structs', () => {
    const { Q8_1, ...sized } = Object.fromEntries(
      [...ggmlTypes.values()].map(({ dtype, elements, bytes }) => [dtype, [elements, bytes]]),
    );
    expect(Q8_1).toEqual([32, undefined]);
    const expected = Object.entries(structs).map(([dtype, [elements, ...fields]]) => [
      dtype,
      [elements, fields.reduce((sum, field) => sum + field, 0)],
    ]);
    expect(sized).toEqual(Object.fromEntries(expected));
  });

  it('leave out the removed ones, and have a number each up to 42', () => {
    const numbers = [...ggmlTypes.keys(), ...removedGgmlTypes.keys()].sort((a, b) => a - b);
    expect(numbers).toEqual(Array.from({ length: 43 }, (_, index) => index));
  });
});

describe('value types', () => {
  it('are the 13 of the format, each with its size', () => {
    expect(ggufValueTypes).toHaveLength(13);
    expect(ggufValueTypes.map((type) => ggufFixedBytes[type])).toEqual([
      1,
      1,
      2,
      2,
      4,
      4,
      4,
      1,
      undefined,
      undefined,
      8,
      8,
      8,
    ]);
  });
});
