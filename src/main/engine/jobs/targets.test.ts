import { describe, expect, it } from 'vitest';
import { valueKinds } from '../kernels/values';
import type { ModelTensor } from '../model/model';
import { tensorTargets } from './targets';

const tensor: ModelTensor = {
  name: 'w',
  dtype: 'F32',
  shape: [3, 4],
  file: 0,
  offset: 100,
  byteLength: 48,
  encoding: 'raw',
};

const targetOf = (change: Partial<ModelTensor>) => tensorTargets([{ ...tensor, ...change }])[0];

describe('targets of tensors', () => {
  it('say where the values lie and what they mean', () => {
    expect(targetOf({})).toEqual({
      ...{ offset: 100, length: 48, kind: valueKinds.F32, elements: 12, rows: 3, matrix: true },
    });
  });

  it.each([
    [[], 1, false],
    [[1, 1], 1, false],
    [[7], 7, false],
    [[1, 7, 1], 7, false],
    [[1, 3, 1, 4], 3, true],
    [[2, 3, 4], 2, false],
  ])('of shape %j have %i rows', (shape, rows, matrix) => {
    const elements = shape.reduce((product, each) => product * each, 1);
    expect(targetOf({ shape, byteLength: 4 * elements })).toMatchObject({ elements, rows, matrix });
  });

  it('of block types count elements, not blocks', () => {
    const found = targetOf({ dtype: 'Q4_K', shape: [2, 512], byteLength: 576 });
    expect(found).toMatchObject({ kind: valueKinds.Q4_K, elements: 1024, rows: 2 });
  });

  it('of deflated tensors tell how to inflate them', () => {
    const inflate = { skip: 128, length: 48 };
    const found = targetOf({ encoding: 'encoded', inflate, byteLength: 30 });
    expect(found).toMatchObject({ length: 30, inflate });
  });

  it.each([
    ['an unknown dtype', { dtype: 'C64' }],
    ['a format’s own encoding', { encoding: 'encoded' as const }],
    ['no elements', { shape: [0, 4], byteLength: 0 }],
    ['bytes that are too few', { byteLength: 47 }],
    ['part of a block', { dtype: 'Q8_0', shape: [3, 11], byteLength: 34 }],
    ['more elements than numbers', { shape: [2 ** 40, 2 ** 40] }],
  ])('are none for %s', (_, change) => expect(targetOf(change)).toBeUndefined());
});
