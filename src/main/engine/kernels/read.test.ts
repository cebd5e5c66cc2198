import {
  appendFileSync,
  mkdtempSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ReadTask } from './messages';
import { pieceOf } from './packed';
import type { TaskFailure } from './pass';
import { MAX_READ_BYTES, readRanges } from './read';
import type { ByteRange } from './targets';
import { testKernels } from './test-support';

const kernels = testKernels(1);
const content = Uint8Array.from({ length: 3_000_000 }, (_, i) => i % 251);

let path = '';
beforeAll(() => {
  path = join(mkdtempSync(join(tmpdir(), 'tessera-read-')), 'file');
});
afterAll(() => rmSync(join(path, '..'), { recursive: true, force: true }));

function task(ranges: readonly ByteRange[]): ReadTask {
  writeFileSync(path, content);
  const stat = statSync(path, { bigint: true });
  const expected = { size: content.length, mtimeNs: stat.mtimeNs, inode: stat.ino };
  return { kind: 'read', task: 4, path, ranges, expected };
}

function failureOf(call: () => unknown): TaskFailure | undefined {
  try {
    call();
  } catch (error) {
    return error as TaskFailure;
  }
  return undefined;
}

describe('reading ranges', () => {
  it('gives their bytes as they are, in the task’s order', () => {
    const ranges = [
      { offset: 2_900_000, length: 100_000 },
      { offset: 0, length: 0 },
      { offset: 5, length: 2_500_000 },
      { offset: 7, length: 1 },
    ];
    const seen: number[] = [];
    const done = readRanges(task(ranges), kernels, (bytes) => seen.push(bytes));
    expect(done).toMatchObject({ kind: 'read', task: 4 });
    ranges.forEach(({ offset, length }, i) => {
      const found = pieceOf(done.pieces, i);
      expect(Buffer.compare(found, content.subarray(offset, offset + length))).toBe(0);
    });
    expect(seen).toEqual([0, 100_000, 1_148_576, 2_197_152, 2_600_000]);
  });

  it('that a file no longer has tells that it changed', () => {
    const range = { offset: content.length - 1, length: 2 };
    expect(failureOf(() => readRanges(task([range]), kernels, () => {}))).toMatchObject({
      code: 'changed',
    });
  });

  it.each([
    ['grows', () => appendFileSync(path, 'x')],
    ['is cut short', () => truncateSync(path, 10)],
  ])('of a file that %s on the way is refused', (_, change) => {
    const reading = task([{ offset: 0, length: content.length }]);
    let calls = 0;
    const disturb = (): void => {
      calls += 1;
      if (calls === 2) change();
    };
    expect(failureOf(() => readRanges(reading, kernels, disturb))).toMatchObject({
      code: 'changed',
    });
  });

  it.each([
    { offset: -1, length: 4 },
    { offset: 0.5, length: 4 },
    { offset: 0, length: Number.NaN },
  ])('refuses $offset+$length, which is no range', (range) => {
    expect(() => readRanges(task([range]), kernels, () => {})).toThrow(RangeError);
  });

  it('allocates nothing for more than its bound', () => {
    const range = { offset: 0, length: content.length };
    const count = Math.ceil(MAX_READ_BYTES / content.length) + 1;
    const ranges = Array.from({ length: count }, () => range);
    expect(() => readRanges(task(ranges), kernels, () => {})).toThrow(/at most/);
  });
});
