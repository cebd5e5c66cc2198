import { describe, expect, it } from 'vitest';
import type { Signature } from '../kernels/signature';
import { MOST_TENSORS_PER_ROW, RowIndex } from './row-index';
import { normalValues, signed } from './testing/made-signatures';

const COLUMNS = 32;
const rowsOf = (seed: number, rows: number): Float32Array => normalValues(seed, rows * COLUMNS);

const sign = (values: Float32Array, dtype: 'F32' | 'BF16' = 'F32'): Signature =>
  signed(values, dtype, values.length / COLUMNS);

const joined = (...parts: Float32Array[]): Float32Array =>
  Float32Array.from(parts.flatMap((part) => [...part]));

describe('the row index', () => {
  it('finds the longer tensor that begins with the same rows, from the shorter one', () => {
    const vocabulary = rowsOf(1, 100);
    const index = new RowIndex();
    index.add(0, sign(vocabulary));
    index.add(1, sign(joined(vocabulary, rowsOf(2, 60))));
    index.add(2, sign(rowsOf(3, 160)));
    expect(index.candidates(0)).toEqual([1]);
    expect(index.candidates(1)).toEqual([]);
    expect(index.candidates(2)).toEqual([]);
  });

  it('finds rows that stand elsewhere in the longer tensor', () => {
    const shared = rowsOf(4, 200);
    const index = new RowIndex();
    index.add(0, sign(shared));
    index.add(1, sign(joined(rowsOf(5, 20), shared)));
    expect(index.candidates(0)).toEqual([1]);
  });

  it('puts the one with most rows in common first', () => {
    const rows = rowsOf(6, 100);
    const index = new RowIndex();
    index.add(0, sign(rows));
    index.add(1, sign(joined(rows.subarray(0, 30 * COLUMNS), rowsOf(7, 100))));
    index.add(2, sign(joined(rows, rowsOf(8, 5))));
    expect(index.candidates(0)).toEqual([2, 1]);
    expect(index.candidates(0, 1)).toEqual([2]);
  });

  it('keeps kinds and row lengths apart', () => {
    const rows = rowsOf(9, 40);
    const index = new RowIndex();
    index.add(0, sign(rows));
    index.add(1, sign(joined(rows, rowsOf(10, 8)), 'BF16'));
    index.add(2, signed(joined(rows, rowsOf(10, 8)), 'F32', (48 * COLUMNS) / 64));
    expect(index.candidates(0)).toEqual([]);
  });

  it('ignores rows that more than 64 tensors have', () => {
    const zeros = new Float32Array(COLUMNS);
    const index = new RowIndex();
    const tensors = MOST_TENSORS_PER_ROW + 1;
    for (let id = 0; id < tensors; id++)
      index.add(id, sign(joined(zeros, rowsOf(20 + id, 8 + id))));
    expect(index.candidates(0)).toEqual([]);
    index.remove(tensors - 1);
    expect(index.candidates(0, 1000)).toHaveLength(tensors - 2);
  });

  it('is after removals and additions as if what left had never been there', () => {
    const rows = rowsOf(11, 50);
    const index = new RowIndex();
    for (let id = 0; id < 6; id++) index.add(id, sign(joined(rows, rowsOf(30 + id, id + 1))));
    index.remove(3);
    index.remove(3);
    expect(index.candidates(0)).toEqual([1, 2, 4, 5]);
    index.add(3, sign(rowsOf(12, 90)));
    expect(index.candidates(0)).toEqual([1, 2, 4, 5]);
    index.add(5, sign(rowsOf(13, 90)));
    expect(index.candidates(0)).toEqual([1, 2, 4]);
    for (let id = 0; id < 6; id++) index.remove(id);
    expect(index.size).toBe(0);
    index.add(7, sign(rows));
    index.add(8, sign(joined(rows, rowsOf(14, 3))));
    expect(index.candidates(7)).toEqual([8]);
  });
});
