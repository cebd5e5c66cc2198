import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { MEASURE_BYTES } from './measure-memory';
import type { RowMeasure } from './messages';
import { measurePairs } from './pair';
import { rowTable } from './rows-table';
import { testKernels } from './test-support';
import { measured, rowMeasure, type TestTensor, testFolder, uniform } from './testing/pairs';
import { fileAt, hasSharedData, sharedData, targetsOf } from './testing/shared-data';
import { valueKinds } from './values';

const kernels = testKernels(MEASURE_BYTES);
const folder = testFolder();
afterAll(() => folder.done());

const { U8, F32 } = valueKinds;
const match = (a: TestTensor, b: TestTensor): RowMeasure =>
  rowMeasure(measured(kernels, folder, a, b, 'rows'));

/** A tensor whose rows are the named ones: equal names, equal bytes. */
function rowsOf(names: readonly number[], rowBytes: number): TestTensor {
  const bytes = new Uint8Array(names.length * rowBytes);
  names.forEach((name, row) => {
    const next = uniform(name);
    for (let at = 0; at < rowBytes; at++) bytes[row * rowBytes + at] = next() * 256;
  });
  return { kind: U8, bytes, rows: names.length };
}

describe('rows of two tensors', () => {
  it('are counted as sets of rows say, whatever stands where', () => {
    const names = fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 1, maxLength: 60 });
    const rowBytes = fc.constantFrom(8, 33, 256, 4097);
    fc.assert(
      fc.property(names, names, fc.nat(40), rowBytes, (ours, theirs, shared, bytes) => {
        const a = [...ours, ...theirs.slice(0, shared)];
        const b = [...ours.slice(0, shared), ...theirs];
        const found = match(rowsOf(a, bytes), rowsOf(b, bytes));
        const differ = a.findIndex((name, row) => name !== b[row]);
        const prefix = differ < 0 ? a.length : differ;
        const common = a.filter((name, row) => row < prefix || b.includes(name)).length;
        expect(found).toEqual({ how: 'rows', prefix, common, rows: a.length, baseRows: b.length });
      }),
      { numRuns: 80, seed: 1 },
    );
  });

  it('may be longer than what is read at once', () => {
    const found = match(rowsOf([1, 2, 3], 600_000), rowsOf([1, 4, 3, 2], 600_000));
    expect(found).toEqual({ how: 'rows', prefix: 1, common: 3, rows: 3, baseRows: 4 });
  });

  it('of a vocabulary that grew are a prefix', () => {
    const before = Array.from({ length: 3000 }, (_, row) => row + 1);
    const after = [...before, 9001, 9002, 17];
    expect(match(rowsOf(after, 64), rowsOf(before, 64))).toMatchObject({
      prefix: 3000,
      common: 3001,
    });
    expect(match(rowsOf(before, 64), rowsOf(after, 64))).toMatchObject({
      prefix: 3000,
      common: 3000,
    });
  });

  it('differ by one bit', () => {
    const [a, b] = [rowsOf([1, 2, 3, 4], 100), rowsOf([1, 2, 3, 4], 100)];
    b.bytes[250] = (b.bytes[250] ?? 0) ^ 1;
    expect(match(a, b)).toMatchObject({ prefix: 2, common: 3 });
  });

  it('are not matched between kinds, row lengths, or beyond the most rows', () => {
    const a = rowsOf([1, 2, 3, 4], 100);
    expect(measured(kernels, folder, a, { ...a, kind: F32 }, 'rows')).toBe(null);
    expect(measured(kernels, folder, a, { ...a, rows: 2 }, 'rows')).toBe(null);
    const many = { kind: U8, bytes: new Uint8Array(4_194_305), rows: 4_194_305 };
    expect(measured(kernels, folder, many, many, 'rows')).toBe(null);
  });

  it('are compared by their bytes: equal hashes prove nothing', () => {
    const collide = { ...kernels, exports: { ...kernels.exports, hashRows: sameHash } };
    const a = rowsOf([1, 2, 3, 4], 40);
    const found = rowMeasure(measured(collide, folder, a, rowsOf([5, 2, 3, 9], 40), 'rows'));
    expect(found).toMatchObject({ prefix: 0, common: 0 });
  });
});

describe('the table of rows', () => {
  it('finds the first row of every hash, and no other', () => {
    const next = uniform(9);
    const hashes = Array.from({ length: 20_000 }, () =>
      [next() * 2 ** 32, next() * 2 ** 32].map(Math.floor),
    );
    const table = rowTable(hashes.length);
    hashes.forEach(([low = 0, high = 0], row) => {
      table.add(low, high, row);
    });
    for (const [low = 0, high = 0] of hashes) table.add(low, high, 7);
    const found = hashes.map(([low = 0, high = 0]) => table.find(low, high));
    expect(found.filter((row, at) => row !== at)).toEqual([]);
    expect(table.find(1, 2)).toBe(-1);
  });

  it('does bounded work for hashes that were made to collide', () => {
    const table = rowTable(100_000);
    for (let row = 0; row < 100_000; row++) table.add(row * 2 ** 20, 5, row);
    expect(table.find(0, 5)).toBe(0);
  });
});

describe.skipIf(!hasSharedData)('the voices', () => {
  it('of Kokoro have exact prefixes of 510 rows between versions', () => {
    const voices = join(sharedData, 'kokoro_voices_us');
    const pairs = [
      ['af.pt', 'af_v0.pt'],
      ['voices__af_bella.pt', 'af_v0bella.pt'],
      ['voices__af_nicole.pt', 'af_v0nicole.pt'],
      ['voices__af_sarah.pt', 'af_v0sarah.pt'],
      ['voices__am_adam.pt', 'am_v0adam.pt'],
      ['af_v0bella.pt', 'v1_0__af_bella.pt'],
    ].map(([a = '', b = '']) => {
      const [first, second] = [join(voices, a), join(voices, b)];
      const [ofA, ofB] = [targetsOf(first)[0], targetsOf(second)[0]];
      if (ofA === undefined || ofB === undefined) throw new Error('expected a tensor each');
      const pair = { a: ofA, b: ofB, how: 'rows' as const };
      const task = {
        kind: 'pair',
        task: 1,
        a: fileAt(first),
        b: fileAt(second),
        pairs: [pair],
      } as const;
      const { prefix, common, rows } = rowMeasure(
        measurePairs(task, kernels, () => {}).measures[0] ?? null,
      );
      return `${a} of ${b}: ${prefix} of ${rows}, ${common}`;
    });
    // The 511th row of the later versions repeats an earlier one.
    expect(pairs).toEqual([
      'af.pt of af_v0.pt: 510 of 511, 511',
      'voices__af_bella.pt of af_v0bella.pt: 510 of 511, 511',
      'voices__af_nicole.pt of af_v0nicole.pt: 510 of 511, 511',
      'voices__af_sarah.pt of af_v0sarah.pt: 510 of 511, 511',
      'voices__am_adam.pt of am_v0adam.pt: 510 of 511, 511',
      'af_v0bella.pt of v1_0__af_bella.pt: 0 of 510, 0',
    ]);
  });
});

function sameHash(_from: number, _rowBytes: number, rows: number, to: number): void {
  new BigUint64Array(kernels.buffer.buffer, to, rows).fill(42n);
}
