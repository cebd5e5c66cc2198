import { afterAll, describe, expect, it } from 'vitest';
import { MEASURE_BYTES } from './measure-memory';
import type { ValueMeasure } from './messages';
import { referenceConversion } from './reference/measure';
import { transposed } from './tensor-reader-transposed';
import { testKernels } from './test-support';
import {
  measured,
  type TestTensor,
  testFolder,
  uniform,
  valueMeasure,
  weights,
} from './testing/pairs';
import { layoutOf, valueKinds } from './values';

const kernels = testKernels(MEASURE_BYTES);
const folder = testFolder();
afterAll(() => folder.done());

const { F64, F32, BF16, U8, Q8_0 } = valueKinds;
const ELEMENTS = 4096;
const base = weights(1, ELEMENTS);
const plain: TestTensor = { kind: F32, bytes: new Uint8Array(base.buffer) };
const measure = (a: TestTensor, b: TestTensor): ValueMeasure =>
  valueMeasure(measured(kernels, folder, a, b, 'transposed'));

describe('a transposed base', () => {
  it('is compared element by element, whatever the sides and the element’s size', () => {
    for (const [rows, columns] of [
      [2, 2],
      [3, 700],
      [511, 129],
      [2, 70_000],
      [70_001, 2],
    ] as const) {
      for (const kind of [F64, F32, BF16, U8]) {
        const size = layoutOf(kind).bytes;
        const bytes = randomBytes(rows * columns, rows * columns * size);
        const b = { kind, bytes, rows };
        const a = { kind, bytes: exchanged(bytes, size, rows), rows: columns };
        const found = measure(a, b);
        expect(found).toMatchObject({
          equal: true,
          castFromBase: true,
          castToBase: true,
          differingBits: 0,
        });
        a.bytes[a.bytes.length - 1] = (a.bytes[a.bytes.length - 1] ?? 0) ^ 1;
        expect(measure(a, b)).toMatchObject({ equal: false, castFromBase: false });
      }
    }
  });

  it('may be of another kind', () => {
    const rows = 64;
    const narrow = referenceConversion(F32, BF16, plain.bytes);
    const a = { kind: BF16, bytes: exchanged(narrow.bytes, 2, rows), rows: ELEMENTS / rows };
    const found = measure(a, { ...plain, rows });
    expect(found).toMatchObject({ equal: false, castFromBase: true, castToBase: false });
  });

  it('is no base for other sides, for blocks and for what is no matrix', () => {
    const b = { ...plain, rows: 64 };
    const pair = (a: TestTensor, to: TestTensor) => measured(kernels, folder, a, to, 'transposed');
    expect(pair({ ...plain, rows: 32 }, b)).toBe(null);
    expect(pair(plain, b)).toBe(null);
    const blocks = { kind: Q8_0, bytes: new Uint8Array(34 * 8), rows: 2 };
    expect(pair(blocks, blocks)).toBe(null);
  });
});

describe('strips of a matrix', () => {
  it('give what the whole matrix gives, however few columns fit, and however it is read', () => {
    for (const [rows, columns, most] of [
      [37, 101, 37 * 4 * 5],
      [37, 101, 37 * 4],
      [3, 5000, 1e6],
      [700, 3, 700 * 4 * 2 + 3],
    ] as const) {
      const bytes = randomBytes(rows + columns, rows * columns * 4);
      const target = {
        offset: 0,
        length: bytes.length,
        kind: F32,
        elements: rows * columns,
        rows,
        matrix: true,
      };
      let read = 0;
      const reader = transposed(
        {
          target,
          length: bytes.length,
          read: (into, at) => {
            into.set(bytes.subarray(at, at + into.length));
            read += into.length;
          },
        },
        most,
      );
      const found = new Uint8Array(bytes.length);
      for (const step of [400, 4, 3000, 40]) {
        for (let at = 0; at < found.length && step > 3; at += step) {
          reader?.read(found.subarray(at, Math.min(found.length, at + step)), at);
        }
        expect(Buffer.compare(found, exchanged(bytes, 4, rows))).toBe(0);
        found.fill(0);
      }
      expect(read).toBeLessThanOrEqual(4 * bytes.length);
    }
  });

  it('are none where a column is too long', () => {
    const target = { offset: 0, length: 400, kind: F32, elements: 100, rows: 10, matrix: true };
    expect(transposed({ target, length: 400, read: () => {} }, 39)).toBe(null);
  });
});

/** The bytes of a matrix of `rows` rows with its sides exchanged. */
function exchanged(bytes: Uint8Array, size: number, rows: number): Uint8Array {
  const columns = bytes.length / size / rows;
  const result = new Uint8Array(bytes.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const from = (row * columns + column) * size;
      result.set(bytes.subarray(from, from + size), (column * rows + row) * size);
    }
  }
  return result;
}

function randomBytes(seed: number, length: number): Uint8Array {
  const next = uniform(seed);
  return Uint8Array.from({ length }, () => next() * 256);
}
