import { memoryByteSource } from '../../io/byte-source';
import { FormatError } from '../errors';
import { readPytorch } from '../pytorch';
import type { PytorchHeader } from '../pytorch-header';

/** The header, the refusal, or undefined; anything else thrown fails the test. */
export function attempt(bytes: Uint8Array, name = 'a.pt'): PytorchHeader | FormatError | undefined {
  try {
    return readPytorch(memoryByteSource(name, bytes));
  } catch (error) {
    if (error instanceof FormatError) return error;
    throw error;
  }
}

export function read(bytes: Uint8Array): PytorchHeader {
  const outcome = attempt(bytes);
  if (outcome === undefined || outcome instanceof FormatError) {
    throw outcome ?? new Error('not recognised');
  }
  return outcome;
}

/**
 * What is wrong with a header, in words: ranges outside the file, names that are not distinct,
 * `raw` where the bytes cannot be the elements. Empty for a sound one.
 */
export function faults(header: PytorchHeader, size: number): string[] {
  const distinct = new Set(header.tensors.map(({ name }) => name)).size;
  const found = distinct === header.tensors.length ? [] : ['names are not distinct'];
  for (const { name, offset, byteLength, shape, encoding, dtype } of header.tensors) {
    const range = `${name}: ${byteLength} bytes at ${offset}`;
    const inside = offset >= 0 && byteLength >= 0 && offset + byteLength <= size;
    if (!Number.isSafeInteger(offset) || !inside) found.push(range);
    const elements = shape.reduce((product, dimension) => product * dimension, 1);
    const bits = Number(/\d+/.exec(dtype === 'BOOL' ? '8' : dtype)?.[0]);
    if (encoding === 'raw' && byteLength !== (elements * bits) / 8) found.push(range);
  }
  return found;
}

export const names = (header: PytorchHeader) => header.tensors.map(({ name }) => name);
