import { safetensorsFile } from './safetensors-cases';

/** What the npm package `safetensors` offers; it publishes no types. */
interface Oracle {
  readonly metadata: ReadonlyMap<
    string,
    { readonly dtype: string; readonly shape: number[]; readonly data_offsets: number[] }
  >;
  getTensor(name: string): Uint8Array;
}

const { SafeTensor } = (await import('safetensors' as string)) as {
  SafeTensor: new (bytes: Uint8Array) => Oracle;
};

/** One tensor as the oracle sees it. */
export interface OracleTensor {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

/**
 * Reads a valid file with the npm package. It takes `__metadata__` for a tensor and fails on it,
 * so that entry is cut out of the header first; it also needs a buffer of its own.
 */
export function oracleTensors(file: Uint8Array): OracleTensor[] {
  const length = Number(Buffer.from(file).readBigUInt64LE(0));
  const header = JSON.parse(Buffer.from(file.subarray(8, 8 + length)).toString('utf8')) as object;
  const tensors = Object.entries(header).filter(([name]) => name !== '__metadata__');
  const json = JSON.stringify(Object.fromEntries(tensors));
  const oracle = new SafeTensor(new Uint8Array(safetensorsFile(json, file.subarray(8 + length))));
  return [...oracle.metadata].map(([name, { dtype, shape }]) => ({
    name,
    dtype,
    shape,
    bytes: oracle.getTensor(name),
  }));
}
