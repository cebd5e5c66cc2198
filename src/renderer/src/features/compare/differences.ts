import type { CompareRow } from '../../../../shared/domain';

export const isDifference = (row: CompareRow): boolean => row.status !== 'identical';

export interface FoundRow {
  readonly index: number;
  readonly row: CompareRow;
}

/** Rows have no identity but their model and handle: an answer that came later has new objects. */
export const sameRow = (a: CompareRow, b: CompareRow): boolean => a.b === b.b && a.row === b.row;

/** Where a row stands now, among those at hand; `hint`: where it stood before. */
export function placeOf(
  rows: Pick<RowsToSearch, 'total' | 'rowAt'>,
  row: CompareRow,
  hint: number,
): number | undefined {
  const isThere = (index: number): boolean => {
    const found = rows.rowAt(index);
    return found !== undefined && sameRow(found, row);
  };
  if (isThere(hint)) return hint;
  for (let index = 0; index < rows.total; index += 1) if (isThere(index)) return index;
  return undefined;
}

export interface RowsToSearch {
  readonly total: number;
  /** A row that is at hand. */
  rowAt(index: number): CompareRow | undefined;
  /** Rows from `offset` on, at most `limit`. */
  load(offset: number, limit: number): Promise<readonly CompareRow[]>;
}

const CHUNK = 500;

/**
 * The first difference after (`step` 1) or before (-1) a place; -1 or `total` stand for the ends.
 * Undefined when there is none that way. Reads rows that are not at hand 500 at a time.
 */
export async function findDifference(
  rows: RowsToSearch,
  from: number,
  step: 1 | -1,
): Promise<FoundRow | undefined> {
  let loaded: { offset: number; rows: readonly CompareRow[] } = { offset: 0, rows: [] };
  const start = Math.min(from, rows.total) + step;
  for (let index = start; index >= 0 && index < rows.total; index += step) {
    let row = rows.rowAt(index) ?? loaded.rows[index - loaded.offset];
    if (row === undefined) {
      const offset = step > 0 ? index : Math.max(0, index - CHUNK + 1);
      loaded = { offset, rows: await rows.load(offset, CHUNK) };
      row = loaded.rows[index - loaded.offset];
      if (row === undefined) return undefined;
    }
    if (isDifference(row)) return { index, row };
  }
  return undefined;
}
