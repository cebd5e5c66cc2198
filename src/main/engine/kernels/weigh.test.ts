import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { compress } from 'zstd-napi';
import { TaskStopped } from './failure';
import { MEASURE_BYTES } from './measure-memory';
import { testKernels } from './test-support';
import { testFolder, uniform, weights, writeTensor } from './testing/pairs';
import { fileAt } from './testing/shared-data';
import { storedAlone } from './testing/stored';
import { valueKinds } from './values';
import { weighFile } from './weigh';

const kernels = testKernels(MEASURE_BYTES);
const folder = testFolder();
afterAll(() => folder.done());

const { F32, Q8_0 } = valueKinds;
const path = join(folder.path, 'file');
const bytes = new Uint8Array(weights(1, 400_000).buffer);
const target = writeTensor(path, { kind: F32, bytes });
const weigh = (task: Partial<Parameters<typeof weighFile>[0]>, checkpoint = (_: number) => {}) =>
  weighFile(
    { kind: 'weigh', task: 3, ...fileAt(path), tensors: [], bytes: [], ...task },
    kernels,
    checkpoint,
  );

describe('weighing a file', () => {
  it('predicts tensors as if they were coded alone', () => {
    const { tensors } = weigh({ tensors: [target, target] });
    expect(tensors[0]).toBe(tensors[1]);
    expect((tensors[0] ?? 0) / storedAlone(F32, bytes)).toBeCloseTo(1, 1);
  });

  it('compresses ranges of bytes in pieces, and never makes them longer', () => {
    const text = join(folder.path, 'text');
    const next = uniform(3);
    const words = Array.from({ length: 200_000 }, () => `token${Math.floor(next() * 3000)} `).join(
      '',
    );
    writeFileSync(text, words);
    const size = words.length;
    const ranges = [
      { offset: 0, length: size },
      { offset: 5, length: 1 },
      { offset: size, length: 0 },
    ];
    const task = { kind: 'weigh', task: 3, ...fileAt(text), tensors: [], bytes: ranges } as const;
    const found = weighFile(task, kernels, () => {});
    const whole = readFileSync(text);
    let expected = 0;
    for (let at = 0; at < size; at += 1_048_576) {
      expected += compress(whole.subarray(at, at + 1_048_576), { compressionLevel: 3 }).length;
    }
    expect([...found.bytes]).toEqual([expected, 1, 0]);
    const noise = weigh({ bytes: [{ offset: 24, length: 100_000 }] });
    expect(noise.bytes[0]).toBeLessThanOrEqual(100_000);
  });

  it('lets a tensor that cannot be read weigh what it takes in the file', () => {
    const broken = { ...target, inflate: { skip: 0, length: target.length } };
    const wrong = { ...target, kind: Q8_0 };
    expect([...weigh({ tensors: [broken, wrong] }).tensors]).toEqual([
      target.length,
      target.length,
    ]);
  });

  it('tells its bytes before each read, and stops there', () => {
    const seen: number[] = [];
    const ranges = [{ offset: 0, length: target.length }];
    weigh({ tensors: [target], bytes: ranges }, (done) => seen.push(done));
    expect(seen).toEqual([...seen].sort((x, y) => x - y));
    expect(seen[0]).toBe(0);
    expect(seen.at(-1)).toBeGreaterThan(target.length);
    const stop = (done: number): void => {
      if (done > 500_000) throw new TaskStopped();
    };
    expect(() => weigh({ tensors: [target] }, stop)).toThrow(TaskStopped);
    expect(weigh({ tensors: [target] }).tensors).toEqual(weigh({ tensors: [target] }).tensors);
  });

  it('refuses a range outside the file, and a file that changed', () => {
    expect(() => weigh({ bytes: [{ offset: 0, length: 2 ** 40 }] })).toThrow(RangeError);
    const other = { ...fileAt(path).expected, inode: 1n };
    const failure = expect.objectContaining({ code: 'changed' });
    expect(() => weigh({ expected: other })).toThrow(failure);
  });
});
