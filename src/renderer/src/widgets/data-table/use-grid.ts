import { type KeyboardEvent, type MouseEvent, useState } from 'react';
import { type Column, nextSort, type Sort } from './columns';
import { type GridShape, type Intent, intentOf, type Position } from './keyboard';
import { keyAt, type RowSource } from './row-source';
import { useTypeAhead } from './type-ahead';
import { type SelectionMode, useGridSelection } from './use-grid-selection';

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

/** Controls inside a cell keep their clicks. */
const CONTROLS = 'button, a, input, select, textarea';

/** Where the grid's one focus is, and what keys and clicks do to it and to the selection. */
export function useGrid<Row>(options: GridOptions<Row>) {
  const { source, columns, mode } = options;
  const [place, setPlace] = useState<Place>({ area: 'body', row: 0 });
  const position = settle(place, source);
  const row = position.area === 'body' ? position.row : -1;
  const selection = useGridSelection({ ...options, activeRow: row });
  const typeAhead = useTypeAhead();
  const checks = mode === 'multi' ? 1 : 0;

  const moveTo = (to: Position) => {
    setPlace(to.area === 'body' ? { ...to, key: keyAt(source, to.row) } : to);
    if (to.area === 'body') options.reveal(to.row);
  };
  const chooseHeader = (cell: number) => {
    if (checks && cell === 0) return selection.toggleAll();
    const column = columns[cell - checks];
    if (column?.sortable) options.onSortChange?.(nextSort(column, options.sort));
  };
  const activate = (index: number) => {
    const slot = source.slotAt(index);
    if (slot.kind === 'group') source.toggleGroup?.(slot.group.key);
    else if (slot.kind === 'row') options.onActivate?.(slot.row);
  };
  const toggle = (index: number) => {
    const slot = source.slotAt(index);
    if (slot.kind === 'group') source.toggleGroup?.(slot.group.key);
    else selection.toggle(index);
  };
  const fold = (index: number, open: boolean): boolean => {
    const slot = source.slotAt(index);
    if (slot.kind !== 'group') return false;
    if (slot.group.collapsed === open) source.toggleGroup?.(slot.group.key);
    return true;
  };
  const resize = (delta: number): boolean => {
    const index = position.area === 'header' ? position.column - checks : -1;
    const column = columns[index];
    if (!column || column.resizable === false) return false;
    options.resize(column, (options.widths[index] ?? 0) + delta);
    return true;
  };
  const search = (character: string): boolean => {
    const text = columns.find((column) => column.text)?.text;
    if (!text) return false;
    const found = typeAhead(character, row, source.count, (index) => {
      const slot = source.slotAt(index);
      return slot.kind === 'row' ? text(slot.row) : undefined;
    });
    if (found < 0) return true;
    moveTo({ area: 'body', row: found });
    selection.moved(found, false);
    return true;
  };

  /** False when the key was of no use here and belongs to someone else. */
  const perform = (intent: Intent): boolean => {
    switch (intent.kind) {
      case 'move':
        moveTo(intent.to);
        if (intent.to.area === 'body') selection.moved(intent.to.row, intent.extend);
        return true;
      case 'activate':
        if (position.area === 'header') chooseHeader(position.column);
        else activate(row);
        return true;
      case 'toggle':
        toggle(row);
        return true;
      case 'select-all':
        if (mode === 'multi') selection.selectAll();
        return mode === 'multi';
      case 'clear':
        if (mode !== 'multi' || options.selected.size === 0) return false;
        selection.clear();
        return true;
      case 'fold':
        return fold(row, intent.open);
      case 'resize':
        return resize(intent.delta);
      case 'type':
        return search(intent.character);
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
    const intent = intentOf(pressed(event), position, shape);
    if (intent && perform(intent)) event.preventDefault();
  };
  const onClick = (event: MouseEvent<HTMLElement>) => {
    const index = slotOf(event);
    if (index === undefined) return;
    setPlace({ area: 'body', row: index, key: keyAt(source, index) });
    const slot = source.slotAt(index);
    if (slot.kind === 'group') return source.toggleGroup?.(slot.group.key);
    const ctrl = event.ctrlKey || event.metaKey;
    selection.click(index, { shift: event.shiftKey, ctrl, check: onCheck(event) });
  };
  const onDoubleClick = (event: MouseEvent<HTMLElement>) => {
    const index = slotOf(event);
    if (index === undefined || onCheck(event)) return;
    if (source.slotAt(index).kind === 'row') activate(index);
  };

  return { position, setPlace, moveTo, chooseHeader, onKeyDown, onClick, onDoubleClick };
}

const pressed = (event: KeyboardEvent) => ({
  key: event.key,
  shift: event.shiftKey,
  ctrl: event.ctrlKey || event.metaKey,
  alt: event.altKey,
});

/** The slot that a mouse event is on, unless it is on a control inside. */
function slotOf(event: MouseEvent): number | undefined {
  const target = event.target as Element;
  if (target.closest(CONTROLS)) return undefined;
  const row = target.closest<HTMLElement>('[data-index]');
  return row ? Number(row.dataset.index) : undefined;
}

const onCheck = (event: MouseEvent): boolean =>
  (event.target as Element).closest('[data-check]') !== null;

/** The place after the rows changed: with its row when that is still there, else within bounds. */
function settle<Row>(place: Place, source: RowSource<Row>): Position {
  if (place.area === 'header') return place;
  const found = place.key === undefined ? -1 : (source.indexOfKey?.(place.key) ?? -1);
  const row = found >= 0 ? found : Math.max(0, Math.min(place.row, source.count - 1));
  return { area: 'body', row };
}
