/** Writes safetensors files of any size for tests: headers without a JSON object of all names. */
import { open } from 'node:fs/promises';

export interface TensorEntry {
  readonly name: string;
  /** F32. */
  readonly shape: readonly number[];
}

const bytesOf = (shape: readonly number[]) => shape.reduce((bytes, side) => bytes * side, 4);

/**
 * A valid file of F32 tensors, one behind the other. `data` gives the bytes behind the header; left
 * out, they are a hole of zeros, which takes no room on the disk. Returns the file's size.
 */
export async function writeSafetensors(
  file: string,
  tensors: readonly TensorEntry[],
  data?: (length: number) => Uint8Array,
): Promise<number> {
  let end = 0;
  const entries = tensors.map(({ name, shape }) => {
    const begin = end;
    end += bytesOf(shape);
    return `${JSON.stringify(name)}:{"dtype":"F32","shape":${JSON.stringify(shape)},"data_offsets":[${begin},${end}]}`;
  });
  const json = Buffer.from(`{${entries.join(',')}}`);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  const handle = await open(file, 'w');
  await handle.writev([length, json]);
  if (data === undefined) await handle.truncate(8 + json.length + end);
  else await handle.write(data(end));
  await handle.close();
  return 8 + json.length + end;
}
