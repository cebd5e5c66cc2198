import { type KeyboardEvent, type MouseEvent, useEffect, useRef, useState } from 'react';
import { type Column, nextSort, type Sort } from './columns';
import { findTyped, type GridShape, type Intent, intentOf, type Position } from './keyboard';
import type { RowSource } from './row-source';
import { coverage, extendTo, type Selection, selectKeys, selectOnly, toggleKey } from './selection';

export type SelectionMode = 'none' | 'single' | 'multi';

export interface GridOptions<Row> {
  readonly source: RowSource<Row>;
  readonly columns: readonly Column<Row>[];
  readonly widths: readonly number[];
  readonly mode: SelectionMode;
  readonly selected: ReadonlySet<string>;
  readonly onSelectedChange?: ((keys: ReadonlySet<string>) => void) | undefined;
  readonly onActivate?: ((row: Row) => void) | undefined;
  readonly sort?: Sort | undefined;
  readonly onSortChange?: ((sort: Sort) => void) | undefined;
  readonly resize: (column: Column<Row>, width: number | undefined) => void;
  readonly pageRows: () => number;
  readonly reveal: (index: number) => void;
}

type Place = Position & { readonly key?: string | undefined };

const TYPING_PAUSE_MS = 700;
const MENU_TARGETS = 'button, a, input, select, textarea';

/** Where the grid's one focus is, and what keys and clicks do to it and to the selection. */
export function useGrid<Row>(options: GridOptions<Row>) {
  const { source, columns, mode, selected, onSelectedChange } = options;
  const [place, setPlace] = useState<Place>({ area: 'body', row: 0 });
  const anchor = useRef<string>(undefined);
  const awaited = useRef<number>(undefined);
  const typed = useRef({ text: '', at: 0 });
  const checks = mode === 'multi' ? 1 : 0;
  const position = settle(place, source);

  const keyAt = (index: number): string | undefined => {
    const slot = source.slotAt(index);
    return slot.kind === 'row' ? slot.key : undefined;
  };
  const current = (): Selection => ({
    keys: selected,
    ...(anchor.current === undefined ? {} : { anchor: anchor.current }),
  });
  const apply = (next: Selection) => {
    anchor.current = next.anchor;
    onSelectedChange?.(next.keys);
  };
  const moveTo = (to: Position) => {
    setPlace(to.area === 'body' ? { ...to, key: keyAt(to.row) } : to);
    if (to.area === 'body') options.reveal(to.row);
  };
  /** In a single-selection table the selection follows the focus, once the row is loaded. */
  const follow = (index: number) => {
    const key = keyAt(index);
    awaited.current = key === undefined ? index : undefined;
    if (key !== undefined) apply(selectOnly(key));
  };
  const extend = (index: number, add: boolean) => {
    const from = anchor.current === undefined ? -1 : (source.indexOfKey?.(anchor.current) ?? -1);
    const start = from < 0 ? (position.area === 'body' ? position.row : 0) : from;
    const base = from < 0 ? { keys: selected, anchor: keyAt(start) ?? '' } : current();
    apply(extendTo(base, source.keysBetween?.(start, index) ?? [], add));
  };
  const allKeys = () => source.keysBetween?.(0, source.count - 1) ?? [];
  const toggleAll = () => {
    const keys = allKeys();
    apply(selectKeys(coverage(selected, keys) === 'all' ? [] : keys));
  };
  const chooseHeader = (cell: number) => {
    if (checks && cell === 0) return toggleAll();
    const column = columns[cell - checks];
    if (column?.sortable) options.onSortChange?.(nextSort(column, options.sort));
  };
  const activate = (index: number) => {
    const slot = source.slotAt(index);
    if (slot.kind === 'group') source.toggleGroup?.(slot.group.key);
    else if (slot.kind === 'row') options.onActivate?.(slot.row);
  };

  useEffect(() => {
    const index = awaited.current;
    if (index === undefined || mode !== 'single') return;
    const slot = source.slotAt(index);
    if (slot.kind !== 'row') return;
    awaited.current = undefined;
    onSelectedChange?.(new Set([slot.key]));
  }, [source, mode, onSelectedChange]);

  const typeAhead = (character: string, from: number): boolean => {
    const text = columns.find((column) => column.text)?.text;
    if (!text) return false;
    const now = performance.now();
    const fresh = now - typed.current.at > TYPING_PAUSE_MS;
    typed.current = { text: fresh ? character : typed.current.text + character, at: now };
    const found = findTyped(typed.current.text, fresh ? from + 1 : from, source.count, (index) => {
      const slot = source.slotAt(index);
      return slot.kind === 'row' ? text(slot.row) : undefined;
    });
    if (found < 0) return true;
    moveTo({ area: 'body', row: found });
    if (mode === 'single') follow(found);
    return true;
  };

  /** False when the key was of no use here and belongs to someone else. */
  const perform = (intent: Intent): boolean => {
    const row = position.area === 'body' ? position.row : -1;
    switch (intent.kind) {
      case 'move':
        moveTo(intent.to);
        if (intent.to.area === 'body') {
          if (mode === 'single') follow(intent.to.row);
          else if (mode === 'multi' && intent.extend) extend(intent.to.row, false);
        }
        return true;
      case 'activate':
        if (position.area === 'header') chooseHeader(position.column);
        else activate(row);
        return true;
      case 'toggle': {
        const slot = source.slotAt(row);
        if (slot.kind === 'group') source.toggleGroup?.(slot.group.key);
        else if (slot.kind === 'row' && mode === 'multi') apply(toggleKey(current(), slot.key));
        else if (slot.kind === 'row' && mode === 'single') follow(row);
        return true;
      }
      case 'select-all':
        if (mode !== 'multi') return false;
        apply(selectKeys(allKeys()));
        return true;
      case 'clear':
        if (mode !== 'multi' || selected.size === 0) return false;
        apply(selectKeys([]));
        return true;
      case 'fold': {
        const slot = source.slotAt(row);
        if (slot.kind !== 'group') return false;
        if (slot.group.collapsed === intent.open) source.toggleGroup?.(slot.group.key);
        return true;
      }
      case 'resize': {
        const index = position.area === 'header' ? position.column - checks : -1;
        const column = columns[index];
        if (!column || column.resizable === false) return false;
        options.resize(column, (options.widths[index] ?? 0) + intent.delta);
        return true;
      }
      case 'type':
        return typeAhead(intent.character, row);
    }
  };

  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    if (event.target !== event.currentTarget) return;
    const shape: GridShape = {
      rows: source.count,
      columns: columns.length + checks,
      pageRows: options.pageRows(),
      homeColumn: Math.min(checks, columns.length),
    };
    const key = {
      key: event.key,
      shift: event.shiftKey,
      ctrl: event.ctrlKey || event.metaKey,
      alt: event.altKey,
    };
    const intent = intentOf(key, position, shape);
    if (intent && perform(intent)) event.preventDefault();
  };

  const rowOf = (event: MouseEvent): number | undefined => {
    const target = event.target as Element;
    if (target.closest(MENU_TARGETS)) return undefined;
    const row = target.closest<HTMLElement>('[data-index]');
    return row ? Number(row.dataset.index) : undefined;
  };
  const onClick = (event: MouseEvent<HTMLElement>) => {
    const index = rowOf(event);
    if (index === undefined) return;
    const slot = source.slotAt(index);
    setPlace({ area: 'body', row: index, key: keyAt(index) });
    if (slot.kind === 'group') return source.toggleGroup?.(slot.group.key);
    if (slot.kind !== 'row' || mode === 'none') return;
    const ctrl = event.ctrlKey || event.metaKey;
    const onCheck = (event.target as Element).closest('[data-check]') !== null;
    if (mode === 'single') apply(selectOnly(slot.key));
    else if (event.shiftKey) extend(index, ctrl);
    else if (ctrl || onCheck) apply(toggleKey(current(), slot.key));
    else apply(selectOnly(slot.key));
  };
  const onDoubleClick = (event: MouseEvent<HTMLElement>) => {
    const index = rowOf(event);
    const onCheck = (event.target as Element).closest('[data-check]') !== null;
    if (index !== undefined && !onCheck && source.slotAt(index).kind === 'row') activate(index);
  };

  return { position, setPlace, moveTo, chooseHeader, onKeyDown, onClick, onDoubleClick };
}

/** The place after the rows changed: with its row when that is still there, else within bounds. */
function settle<Row>(place: Place, source: RowSource<Row>): Position {
  if (place.area === 'header') return place;
  const found = place.key === undefined ? -1 : (source.indexOfKey?.(place.key) ?? -1);
  const row = found >= 0 ? found : Math.max(0, Math.min(place.row, source.count - 1));
  return { area: 'body', row };
}
