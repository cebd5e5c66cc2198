import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { readHeader } from '../../formats';
import type { FileAt } from '../messages';
import type { TensorTarget } from '../targets';
import { valueLayout } from '../values';

/** Models that lie beside the checkout on some machines. */
export const sharedData = join(import.meta.dirname, '../../../../../../shared/data');
export const hasSharedData = existsSync(sharedData);

export interface NamedTarget extends TensorTarget {
  readonly name: string;
  readonly dtype: string;
}

/** A file as tasks name it. */
export function fileAt(path: string): FileAt {
  const { size, mtimeNs, ino } = statSync(path, { bigint: true });
  return { path, expected: { size: Number(size), mtimeNs, inode: ino } };
}

/** The tensors of one file whose values can be read. */
export function targetsOf(path: string): NamedTarget[] {
  return readHeader(path).tensors.flatMap((tensor) => {
    const layout = valueLayout(tensor.dtype);
    if (layout === undefined || tensor.encoding !== 'raw' || tensor.fileIndex !== 0) return [];
    const { name, dtype, shape, offset, byteLength: length, inflate } = tensor;
    const elements = shape.reduce((product, side) => product * side, 1);
    const rows = shape.find((side) => side > 1) ?? 1;
    const matrix = shape.filter((side) => side > 1).length === 2;
    const target = { name, dtype, offset, length, kind: layout.kind, elements, rows, matrix };
    return [inflate === undefined ? target : { ...target, inflate }];
  });
}
