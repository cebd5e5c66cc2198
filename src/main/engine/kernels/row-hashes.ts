import type { TensorTarget } from './targets';
import { layoutOf } from './values';

/** Smallest distinct hashes that a signature keeps beside the first row's. */
export const ROW_HASHES = 16;

/**
 * Rows that are hashed: the first ones. A row's place then decides alone, whatever the number of
 * rows, so tensors that grew by rows at their end (vocabularies, appended voices) hash the same
 * ones; a tensor of 256,000 rows costs no more than this; and signing by reads touches as few.
 */
export const ROW_POSITIONS = 1024;

const FEWEST_ROWS = 8;
const SHORTEST_ROW = 16;
const PREFIX_BYTES = 64;

/** How rows lie: the hashed bytes of row i are `length` bytes from i × `stride`. */
export interface RowPrefix {
  readonly rows: number;
  readonly stride: number;
  readonly length: number;
}

/** Undefined for tensors of few or short rows, or whose rows do not begin with a byte or a block. */
export function rowPrefix(
  target: Pick<TensorTarget, 'kind' | 'elements' | 'rows'>,
): RowPrefix | undefined {
  const { kind, elements, rows } = target;
  const layout = layoutOf(kind);
  const blocks = elements / rows / layout.elements;
  const stride = blocks * layout.bytes;
  if (rows < FEWEST_ROWS || !Number.isInteger(blocks) || stride < SHORTEST_ROW) return undefined;
  return {
    rows: Math.min(rows, ROW_POSITIONS),
    stride,
    length: Math.min(stride, PREFIX_BYTES),
  };
}
