import { useEffect, useRef } from 'react';
import { keyAt, type RowSource } from './row-source';
import { coverage, extendTo, type Selection, selectKeys, selectOnly, toggleKey } from './selection';

export type SelectionMode = 'none' | 'single' | 'multi';

interface SelectionOptions<Row> {
  readonly source: RowSource<Row>;
  readonly mode: SelectionMode;
  readonly selected: ReadonlySet<string>;
  readonly onSelectedChange?: ((keys: ReadonlySet<string>) => void) | undefined;
  /** The active row, where a range starts when nothing was chosen yet; -1 in the header. */
  readonly activeRow: number;
}

export interface Modifiers {
  readonly shift: boolean;
  readonly ctrl: boolean;
  /** On the row's check box. */
  readonly check: boolean;
}

/** What can be done to a table's selection. Rows are named by slot. */
export function useGridSelection<Row>(options: SelectionOptions<Row>) {
  const { source, mode, selected, onSelectedChange, activeRow } = options;
  const anchor = useRef<string>(undefined);
  const awaited = useRef<number>(undefined);

  const current = (): Selection => ({
    keys: selected,
    ...(anchor.current === undefined ? {} : { anchor: anchor.current }),
  });
  const apply = (next: Selection) => {
    anchor.current = next.anchor;
    onSelectedChange?.(next.keys);
  };
  const allKeys = () => source.keysBetween?.(0, source.count - 1) ?? [];

  /** Selects this row only, once it is loaded. */
  const follow = (index: number) => {
    const key = keyAt(source, index);
    awaited.current = key === undefined ? index : undefined;
    if (key !== undefined) apply(selectOnly(key));
  };
  useEffect(() => {
    const index = awaited.current;
    const key = index === undefined ? undefined : keyAt(source, index);
    if (key === undefined) return;
    awaited.current = undefined;
    onSelectedChange?.(new Set([key]));
  }, [source, onSelectedChange]);

  const extend = (index: number, add: boolean) => {
    const known = anchor.current === undefined ? -1 : (source.indexOfKey?.(anchor.current) ?? -1);
    const start = known >= 0 ? known : Math.max(0, activeRow);
    const base = known >= 0 ? current() : { keys: selected, anchor: keyAt(source, start) ?? '' };
    apply(extendTo(base, source.keysBetween?.(start, index) ?? [], add));
  };

  return {
    follow,
    /** The focus has moved to this row by a key. */
    moved: (index: number, shift: boolean) => {
      if (mode === 'single') follow(index);
      else if (mode === 'multi' && shift) extend(index, false);
    },
    toggle: (index: number) => {
      const key = keyAt(source, index);
      if (key === undefined) return;
      if (mode === 'multi') apply(toggleKey(current(), key));
      else if (mode === 'single') follow(index);
    },
    /** This row was clicked. */
    click: (index: number, { shift, ctrl, check }: Modifiers) => {
      const key = keyAt(source, index);
      if (key === undefined || mode === 'none') return;
      if (mode === 'single') apply(selectOnly(key));
      else if (shift) extend(index, ctrl);
      else if (ctrl || check) apply(toggleKey(current(), key));
      else apply(selectOnly(key));
    },
    selectAll: () => apply(selectKeys(allKeys())),
    toggleAll: () => {
      const keys = allKeys();
      apply(selectKeys(coverage(selected, keys) === 'all' ? [] : keys));
    },
    clear: () => apply(selectKeys([])),
  };
}
