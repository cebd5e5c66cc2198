import { expect } from 'vitest';
import type { MetadataValue } from '../../../../shared/domain';
import { openByteSource } from '../../io/byte-source';
import { ggmlTypes } from '../gguf-types';
import { GGUF_PREVIEW_ITEMS, ggufArrayPlace, MAX_GGUF_PAGE, readGgufArray } from '../gguf-values';
import type { FileHeader } from '../reader';

type OracleValue = string | number | bigint | boolean | readonly OracleValue[];

/** What the npm package `@huggingface/gguf` offers, as far as it is used here. */
interface Oracle {
  readonly metadata: Readonly<Record<string, OracleValue>>;
  readonly tensorInfos: readonly {
    readonly name: string;
    readonly shape: readonly bigint[];
    readonly dtype: number;
    readonly offset: bigint;
  }[];
  readonly tensorDataOffset: bigint;
}

const { gguf, GGMLQuantizationType } = (await import('@huggingface/gguf' as string)) as {
  gguf: (path: string, options: { allowLocalFile: true }) => Promise<Oracle>;
  /** A TypeScript enum: names to numbers, and back. */
  GGMLQuantizationType: Readonly<Record<string, number | string>>;
};

/** Number and name of every tensor type that the package knows. */
export const oracleTypes: readonly (readonly [number, string])[] = Object.entries(
  GGMLQuantizationType,
).flatMap(([name, number]) => (typeof number === 'number' ? [[number, name] as const] : []));

/** Its values as the reader gives them; it drops a byte order mark that begins a string. */
function fromOracle(value: OracleValue): MetadataValue {
  if (typeof value === 'bigint') {
    return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  }
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value === 'object') return value.map(fromOracle);
  return value;
}

function withoutMark(value: MetadataValue): MetadataValue {
  if (typeof value === 'string') return value.replace(/^\ufeff/, '');
  return Array.isArray(value) ? value.map(withoutMark) : value;
}

/** Demands the same keys, values (long arrays read page by page) and tensors, in the same order. */
export async function expectOracleAgrees(path: string, header: FileHeader): Promise<void> {
  const oracle = await gguf(path, { allowLocalFile: true });
  const { version, tensor_count, kv_count, ...pairs } = oracle.metadata;
  expect(header.version).toBe(String(version));
  expect(header.tensors).toHaveLength(Number(tensor_count));
  expect(Object.keys(header.metadata)).toHaveLength(Number(kv_count));
  for (const [key, value] of Object.entries(pairs)) {
    expect([key, wholeValue(path, header.metadata[key])]).toEqual([key, fromOracle(value)]);
  }
  const dataStart = Number(oracle.tensorDataOffset);
  const expected = oracle.tensorInfos.map(({ name, shape, dtype, offset }) => ({
    name,
    shape: shape.map(Number).toReversed(),
    dtype: ggmlTypes.get(dtype)?.dtype,
    offset: dataStart + Number(offset),
  }));
  const found = header.tensors.map(({ name, shape, dtype, offset }) => ({
    name,
    shape,
    dtype,
    offset,
  }));
  expect(found).toEqual(expected);
}

/** A value with all its items, however many. */
function wholeValue(path: string, value: MetadataValue | undefined): MetadataValue | undefined {
  const place = ggufArrayPlace(value);
  if (place === undefined) return value === undefined ? undefined : withoutMark(value);
  const source = openByteSource(path);
  try {
    const items: MetadataValue[] = [];
    while (items.length < place.count) {
      const page = readGgufArray(source, place, items.length, MAX_GGUF_PAGE);
      items.push(...page);
    }
    expect((value as { first: MetadataValue[] }).first).toEqual(items.slice(0, GGUF_PREVIEW_ITEMS));
    return withoutMark(items);
  } finally {
    source.close();
  }
}
