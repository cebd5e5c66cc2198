import type { ReactNode } from 'react';

export type SortDirection = 'ascending' | 'descending';

export interface Sort {
  readonly column: string;
  readonly direction: SortDirection;
}

/** What one column shows. Widths are CSS pixels. */
export interface Column<Row> {
  readonly id: string;
  /** Header text; also the column's accessible name. May be empty when `label` is set. */
  readonly header: string;
  /** Read out after the header, where that shows nothing or only a sign. */
  readonly label?: string;
  /** What the column means, one or two sentences. */
  readonly tooltip?: string;
  readonly align?: 'start' | 'end' | 'center';
  readonly mono?: boolean;
  /** Width of a fixed column; starting width of a flexible one. Default 120. */
  readonly width?: number;
  /** Default 48. */
  readonly minWidth?: number;
  /** Share of the room left over; 0 (the default) keeps `width`. */
  readonly flex?: number;
  /** Left out while the table is narrower than this; what it says must stand elsewhere too. */
  readonly hideBelow?: number;
  readonly resizable?: boolean;
  readonly sortable?: boolean;
  /** Direction of the first click on the header; `ascending` unless told. */
  readonly firstSort?: SortDirection;
  /** For in-memory sorting, ascending. */
  readonly compare?: (a: Row, b: Row) => number;
  /** Plain text of the cell, for type-ahead; the first column that has it is searched. */
  readonly text?: (row: Row) => string;
  readonly cell: (row: Row) => ReactNode;
}

export const DEFAULT_WIDTH = 120;
export const DEFAULT_MIN_WIDTH = 48;
export const MAX_WIDTH = 2000;

type Sized = Pick<Column<never>, 'id' | 'width' | 'minWidth' | 'flex'>;

const minOf = (column: Sized): number => column.minWidth ?? DEFAULT_MIN_WIDTH;
const widthOf = (column: Sized): number => Math.max(minOf(column), column.width ?? DEFAULT_WIDTH);

/**
 * Pixel widths of all columns for `available` pixels. Flexible columns share what fixed ones leave,
 * never below their minimum; a width that the person chose (`chosen`) makes a column fixed.
 * The sum equals `available` unless minimums exceed it (then the table scrolls sideways)
 * or nothing is flexible.
 */
export function layoutColumns(
  columns: readonly Sized[],
  chosen: ReadonlyMap<string, number>,
  available: number,
): readonly number[] {
  const flexible = columns.map((column) => !chosen.has(column.id) && (column.flex ?? 0) > 0);
  const widths = columns.map((column, i) =>
    flexible[i] ? minOf(column) : Math.round(chosen.get(column.id) ?? widthOf(column)),
  );
  let room = Math.floor(available) - widths.reduce((sum, width) => sum + width, 0);
  let weight = columns.reduce((sum, c, i) => sum + (flexible[i] ? (c.flex ?? 0) : 0), 0);
  columns.forEach((column, i) => {
    if (!flexible[i] || room <= 0) return;
    const flex = column.flex ?? 0;
    const part = Math.round((room * flex) / weight);
    widths[i] = (widths[i] ?? 0) + part;
    room -= part;
    weight -= flex;
  });
  return widths;
}

export function clampWidth(column: Sized, width: number): number {
  return Math.min(MAX_WIDTH, Math.max(minOf(column), Math.round(width)));
}

/** The sort after the header of `column` was chosen: flips, or starts with its first direction. */
export function nextSort<Row>(column: Column<Row>, current: Sort | undefined): Sort {
  if (current?.column !== column.id) {
    return { column: column.id, direction: column.firstSort ?? 'ascending' };
  }
  const direction = current.direction === 'ascending' ? 'descending' : 'ascending';
  return { column: column.id, direction };
}

/** A stably sorted copy; the rows themselves when the column knows no order. */
export function sortRows<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  sort: Sort | undefined,
): readonly Row[] {
  const compare = columns.find((column) => column.id === sort?.column)?.compare;
  if (!compare || !sort) return rows;
  const sign = sort.direction === 'ascending' ? 1 : -1;
  return rows.toSorted((a, b) => sign * compare(a, b));
}
