/** What the tests of the samples read files with: nothing of the code under test. */
import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type SampleModel, sampleFamily } from './index';

export interface ReadTensor {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly bytes: Buffer;
}

/** All tensors of a model, read without the code under test. */
export async function readTensors(
  root: string,
  model: SampleModel,
): Promise<Map<string, ReadTensor>> {
  const tensors = new Map<string, ReadTensor>();
  for (const { path } of model.files.filter((file) => file.path.endsWith('.safetensors'))) {
    const bytes = await readFile(join(root, path));
    const length = Number(bytes.readBigUInt64LE(0));
    const header = JSON.parse(bytes.toString('utf8', 8, 8 + length)) as Record<
      string,
      { dtype: string; shape: number[]; data_offsets: [number, number] }
    >;
    for (const [name, entry] of Object.entries(header)) {
      if (name === '__metadata__') continue;
      const [begin, end] = entry.data_offsets;
      const slice = bytes.subarray(8 + length + begin, 8 + length + end);
      tensors.set(name, { dtype: entry.dtype, shape: entry.shape, bytes: slice });
    }
  }
  return tensors;
}

/** The sample of that name in the family of a size. */
export function modelOf(name: string, size: number): SampleModel {
  const model = sampleFamily(size).models.find((candidate) => candidate.name === name);
  if (model === undefined) throw new Error(`no sample ${name}`);
  return model;
}

export function floatsOf({ dtype, bytes }: ReadTensor): Float32Array {
  if (dtype === 'F32') return new Float32Array(Uint8Array.from(bytes).buffer);
  const halves = new Uint16Array(Uint8Array.from(bytes).buffer);
  if (dtype === 'BF16') return new Float32Array(Uint32Array.from(halves, (h) => h << 16).buffer);
  return Float32Array.from(halves, (half) => {
    const exponent = (half >> 10) & 31;
    const fraction = half & 1023;
    const magnitude =
      exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15);
    return half & 0x8000 ? -magnitude : magnitude;
  });
}

export async function treeDigest(root: string): Promise<string> {
  const hash = createHash('sha256');
  const names = (await readdir(root, { recursive: true })).sort();
  for (const name of names) {
    if (!(await stat(join(root, name))).isFile()) continue;
    hash.update(`${name}\n`).update(await readFile(join(root, name)));
  }
  return hash.digest('hex');
}
