/** A model of one tensor, for tests that only need something to open. */
import { writeFile } from 'node:fs/promises';

/** Writes a valid safetensors file with `elements` F32 values, `value` each. */
export async function writeTinyModel(file: string, elements: number, value: number): Promise<void> {
  const bytes = elements * 4;
  const header = JSON.stringify({
    'layer.weight': { dtype: 'F32', shape: [elements], data_offsets: [0, bytes] },
  });
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  const values = Buffer.from(new Float32Array(elements).fill(value).buffer);
  await writeFile(file, Buffer.concat([length, Buffer.from(header), values]));
}
