import type { Dtype } from '../../../../shared/domain';
import { planSegments } from '../../fragments/plan';
import { safetensorsBits } from '../dtypes';
import type { ReadHeader } from '../index';
import { unsafePath } from '../relative-path';

/** Bits of one element, where the dtype's name is one of the plain ones. */
const bitsOf = (dtype: Dtype): number | undefined => safetensorsBits.get(dtype);

/**
 * What is wrong with a header of a file of `size` bytes, in words; empty for a sound one: ranges lie
 * inside the file and tile it together with the gaps, `raw` ranges are as long as shape and dtype
 * make them, an opaque header holds nothing and says why, external files lie in the folder.
 */
export function faultsOf(header: ReadHeader, size: number): string[] {
  const found: string[] = [];
  if (header.format === 'opaque') {
    if (header.tensors.length > 0) found.push('an opaque header with tensors');
    if ((header.opaqueReason ?? '') === '') found.push('an opaque header without a reason');
  } else if (header.opaqueReason !== undefined) found.push('a reason without being opaque');
  for (const { name, offset, byteLength, shape, encoding, dtype, fileIndex } of header.tensors) {
    const where = `${JSON.stringify(name.slice(0, 40))}: ${byteLength} bytes at ${offset}`;
    const whole = [offset, byteLength, ...shape].every((n) => Number.isSafeInteger(n) && n >= 0);
    if (!whole) found.push(`${where}: not whole numbers`);
    if (fileIndex === 0 && offset + byteLength > size) found.push(`${where}: past the end`);
    if (fileIndex > header.externals.length || fileIndex < 0) found.push(`${where}: no such file`);
    const bits = encoding === 'raw' ? bitsOf(dtype) : undefined;
    const elements = shape.reduce((product, dimension) => product * dimension, 1);
    if (bits !== undefined && byteLength !== Math.ceil((elements * bits) / 8)) {
      found.push(`${where}: not the size of ${dtype} [${shape.slice(0, 8)}]`);
    }
  }
  for (const name of header.externals) {
    if (unsafePath(name) !== undefined) found.push(`${name}: leads out`);
  }
  if (found.length === 0 && !tiles(header, size)) found.push('the segments do not tile the file');
  return found;
}

/** Tensor ranges and the gaps between them cover every byte of the file once. */
function tiles(header: ReadHeader, size: number): boolean {
  const ranges = header.tensors
    .filter(({ fileIndex }) => fileIndex === 0)
    .map(({ offset, byteLength }) => ({ offset, length: byteLength, rowBytes: 1 }));
  const plan = planSegments(size, ranges);
  let end = 0;
  for (const [index, offset] of plan.offsets.entries()) {
    if (offset !== end) return false;
    end += plan.lengths[index] ?? Number.NaN;
  }
  return end === size;
}
