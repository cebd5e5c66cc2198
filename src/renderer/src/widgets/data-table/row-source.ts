/** A header above rows that belong together. */
export interface GroupHeader {
  readonly key: string;
  readonly label: string;
  /** Said after the label, quieter: `7 models · 91.4 GB`. */
  readonly detail?: string;
  readonly collapsed: boolean;
}

export type Slot<Row> =
  | { readonly kind: 'row'; readonly key: string; readonly row: Row }
  | { readonly kind: 'group'; readonly key: string; readonly group: GroupHeader }
  | { readonly kind: 'loading' };

/**
 * What a table draws: `count` slots, each a row, a group header, or a row that is still on its way.
 * A new object whenever anything in it changed; methods may be called in any order.
 */
export interface RowSource<Row> {
  readonly count: number;
  readonly grouped: boolean;
  /** A newer answer is on its way; what is shown belongs to the one before. */
  readonly busy: boolean;
  slotAt(index: number): Slot<Row>;
  /** Tells which slots are on screen (both ends included), so that they get loaded. */
  ensure?(first: number, last: number): void;
  /** Keys of the data rows among these slots. Absent where not every row is known (paged sources). */
  keysBetween?(first: number, last: number): readonly string[];
  /** Slot of a row's key, -1 if it is not there. Absent for paged sources. */
  indexOfKey?(key: string): number;
  toggleGroup?(key: string): void;
}

export const LOADING = { kind: 'loading' } as const;

/** Key of the row in a slot; undefined for group headers and rows that are not loaded. */
export function keyAt<Row>(source: RowSource<Row>, index: number): string | undefined {
  const slot = source.slotAt(index);
  return slot.kind === 'row' ? slot.key : undefined;
}
