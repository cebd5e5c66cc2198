import type { Dtype } from '../../../shared/domain';

/**
 * Bits per element of every dtype that a safetensors header may name
 * (`Dtype::bitsize` of the safetensors crate).
 */
export const safetensorsBits: ReadonlyMap<Dtype, number> = new Map([
  ['BOOL', 8],
  ['F4', 4],
  ['F6_E2M3', 6],
  ['F6_E3M2', 6],
  ['U8', 8],
  ['I8', 8],
  ['F8_E5M2', 8],
  ['F8_E4M3', 8],
  ['F8_E8M0', 8],
  ['F8_E4M3FNUZ', 8],
  ['F8_E5M2FNUZ', 8],
  ['I16', 16],
  ['U16', 16],
  ['F16', 16],
  ['BF16', 16],
  ['I32', 32],
  ['U32', 32],
  ['F32', 32],
  ['C64', 64],
  ['F64', 64],
  ['I64', 64],
  ['U64', 64],
]);

/** Most dimensions that a reader accepts; the frameworks stop at 64. */
export const MAX_RANK = 1024;
/** Most tensors in one file; the largest published shards hold some ten thousand. */
export const MAX_TENSORS = 500_000;
/** Most dimensions in one file, all tensors together: bounds the memory that shapes take. */
export const MAX_DIMENSIONS = 4_000_000;

/**
 * Product of the dimensions, or undefined when it (or that of the dimensions that are not zero)
 * is beyond 2^53: a size that no file can have.
 */
export function elementCount(shape: readonly number[]): number | undefined {
  let product = 1;
  let empty = false;
  for (const dimension of shape) {
    if (dimension === 0) empty = true;
    else product *= dimension;
    if (product > Number.MAX_SAFE_INTEGER) return undefined;
  }
  return empty ? 0 : product;
}
