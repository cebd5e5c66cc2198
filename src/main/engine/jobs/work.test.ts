import { describe, expect, it } from 'vitest';
import type { Model, ModelTensor } from '../model/model';
import { modelWork, NO_BYTES, NOT_HASHED, tensorDigests } from './work';

const tensor = (offset: number, byteLength: number): ModelTensor => ({
  name: `${offset}+${byteLength}`,
  dtype: 'U8',
  shape: [byteLength],
  file: 0,
  offset,
  byteLength,
  encoding: 'raw',
});

const model = (size: number, tensors: ModelTensor[]): Model => ({
  id: '0'.repeat(16) as Model['id'],
  name: 'm',
  folder: '/',
  kind: 'file',
  format: 'onnx',
  files: [
    {
      realPath: '/m',
      path: 'm',
      role: 'weights',
      format: 'onnx',
      stamp: { size, mtimeNs: 1n, inode: 2n, device: 3n },
    },
  ],
  tensors,
  metadata: {},
});

describe('modelWork', () => {
  it('gives segments, views and empty tensors their digests', () => {
    const made = model(100, [tensor(0, 40), tensor(10, 20), tensor(0, 40), tensor(5, 0)]);
    const work = modelWork(made);
    const pieces = { segments: Int32Array.of(7, 8), views: Int32Array.of(9) };
    expect([...tensorDigests(made, work, [pieces])]).toEqual([7, 9, 7, NO_BYTES]);
  });

  it('takes a file as bytes when its tensors overlap beyond measure or leave the file', () => {
    const overlapping = Array.from({ length: 200 }, (_, at) => tensor(at, 1000));
    for (const made of [model(2000, overlapping), model(10, [tensor(5, 6)])]) {
      const work = modelWork(made);
      expect(work.files[0]?.uncut).toMatch(/expected/);
      expect([...(work.files[0]?.plan.lengths ?? [])]).toEqual([made.files[0]?.stamp.size]);
      const pieces = { segments: Int32Array.of(7), views: Int32Array.of() };
      expect(tensorDigests(made, work, [pieces])[0]).toBe(NOT_HASHED);
    }
  });
});
