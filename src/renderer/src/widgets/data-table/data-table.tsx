import { defaultRangeExtractor, type Range, useVirtualizer } from '@tanstack/react-virtual';
import {
  type ReactNode,
  type Ref,
  useCallback,
  useEffect,
  useId,
  useImperativeHandle,
  useRef,
  useState,
} from 'react';
import { BodyRow } from './body-row';
import type { Column, Sort } from './columns';
import './data-table.css';
import { HeaderRow, headerCellId } from './header-row';
import type { RowSource } from './row-source';
import { coverage } from './selection';
import { useColumns } from './use-columns';
import { useGrid } from './use-grid';
import type { SelectionMode } from './use-grid-selection';

export interface TableHandle {
  focus(): void;
  /** Makes this slot the active one and scrolls to it. */
  goTo(index: number): void;
}

export interface DataTableProps<Row> {
  /** Accessible name. */
  readonly label: string;
  /** Stable between renders (useMemo): rows are drawn again when it changes. */
  readonly columns: readonly Column<Row>[];
  readonly source: RowSource<Row>;
  /** Pixels, the same for every row. */
  readonly rowHeight?: number;
  /** Paged sources know `none` and `single` only. */
  readonly selectionMode?: SelectionMode;
  readonly selected?: ReadonlySet<string>;
  readonly onSelectedChange?: (keys: ReadonlySet<string>) => void;
  /** Enter or double click. */
  readonly onActivate?: (row: Row) => void;
  readonly sort?: Sort | undefined;
  readonly onSortChange?: (sort: Sort) => void;
  /** Shown below the header when there are no rows. */
  readonly empty?: ReactNode;
  /** Goes back to the top whenever it changes; a header cell that has the focus keeps it. */
  readonly resetKey?: string;
  readonly ref?: Ref<TableHandle>;
}

const HEADER_HEIGHT = 32;
const SKELETON_ROWS = 12;
const OVERSCAN = 8;
const nothing: ReadonlySet<string> = new Set();

/**
 * A table of any length (to about a million rows: the browser's limit on height): only what is on
 * screen is drawn. One focus stop; the active row or header cell is named by aria-activedescendant.
 */
export function DataTable<Row>(props: DataTableProps<Row>) {
  const { source, rowHeight = 30, selectionMode: mode = 'none' } = props;
  const { selected = nothing, resetKey } = props;
  const id = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const checks = mode === 'multi';
  const layout = useColumns(props.columns, checks, scroller);
  const { columns } = layout;
  const starting = source.count === 0 && source.busy;
  const drawn = starting ? SKELETON_ROWS : source.count;

  const [focused, setFocused] = useState(false);
  const reveal = useRef<(index: number) => void>(undefined);
  const pageRows = useRef((): number => 1);
  const grid = useGrid({
    source,
    columns,
    widths: layout.widths,
    mode,
    selected,
    onSelectedChange: props.onSelectedChange,
    onActivate: props.onActivate,
    sort: props.sort,
    onSortChange: props.onSortChange,
    resize: layout.resize,
    pageRows: () => pageRows.current(),
    reveal: (index) => reveal.current?.(index),
  });
  const { position, setPlace } = grid;
  const activeRow = position.area === 'body' ? position.row : -1;
  const activeColumn = position.area === 'header' ? position.column : undefined;
  const rangeExtractor = useCallback(
    (range: Range) => withActive(defaultRangeExtractor(range), activeRow, range.count),
    [activeRow],
  );
  const virtualizer = useVirtualizer({
    count: drawn,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: OVERSCAN,
    scrollMargin: HEADER_HEIGHT,
    scrollPaddingStart: HEADER_HEIGHT,
    rangeExtractor,
  });
  useEffect(() => {
    reveal.current = (index) => virtualizer.scrollToIndex(index);
    pageRows.current = () =>
      Math.floor(((virtualizer.scrollRect?.height ?? 0) - HEADER_HEIGHT) / rowHeight);
  }, [virtualizer, rowHeight]);

  useImperativeHandle(props.ref, () => ({
    focus: () => scroller.current?.focus(),
    goTo: (index) => grid.moveTo({ area: 'body', row: index }),
  }));

  const first = virtualizer.range?.startIndex ?? 0;
  const last = virtualizer.range?.endIndex ?? SKELETON_ROWS;
  useEffect(() => source.ensure?.(first, last), [source, first, last]);

  const lastReset = useRef(resetKey);
  useEffect(() => {
    if (lastReset.current === resetKey) return;
    lastReset.current = resetKey;
    if (scroller.current) scroller.current.scrollTop = 0;
    setPlace((place) => (place.area === 'header' ? place : { area: 'body', row: 0 }));
  }, [resetKey, setPlace]);

  const items = virtualizer.getVirtualItems();
  const rowId = (index: number) => `${id}-r${index}`;
  const inHeader = activeColumn !== undefined ? headerCellId(id, activeColumn) : undefined;
  const inBody = source.count > 0 && activeRow >= 0 ? rowId(activeRow) : undefined;
  const allKeys = checks ? (source.keysBetween?.(0, source.count - 1) ?? []) : [];
  const interaction = {
    role: source.grouped ? 'treegrid' : 'grid',
    'aria-label': props.label,
    'aria-rowcount': source.count + 1,
    'aria-colcount': columns.length + (checks ? 1 : 0),
    'aria-multiselectable': checks || undefined,
    'aria-busy': source.busy || undefined,
    'aria-activedescendant': inHeader ?? inBody,
    tabIndex: 0,
    onFocus: () => setFocused(true),
    onBlur: () => setFocused(false),
    onKeyDown: grid.onKeyDown,
    onClick: grid.onClick,
    onDoubleClick: grid.onDoubleClick,
  };
  return (
    <div className="dt">
      <div ref={scroller} className="dt-scroller" {...interaction}>
        <HeaderRow
          gridId={id}
          columns={columns}
          widths={layout.widths}
          template={layout.template}
          width={layout.width}
          sort={props.sort}
          checks={checks ? coverage(selected, allKeys) : undefined}
          activeColumn={activeColumn}
          keyboard={focused}
          onChoose={grid.chooseHeader}
          onResize={layout.resize}
        />
        {/* biome-ignore lint/a11y/useSemanticElements: a table element cannot be virtualised. */}
        <div
          role="rowgroup"
          className="dt-body"
          style={{ height: drawn * rowHeight, width: layout.width }}
        >
          {items.map(({ index }) => {
            const slot = source.slotAt(index);
            return (
              <BodyRow
                key={index}
                id={rowId(index)}
                index={index}
                top={index * rowHeight}
                height={rowHeight}
                template={layout.template}
                width={layout.width}
                slot={slot}
                columns={columns}
                checks={checks}
                selectable={mode !== 'none'}
                selected={slot.kind === 'row' && selected.has(slot.key)}
                grouped={source.grouped}
                active={activeRow === index}
              />
            );
          })}
        </div>
      </div>
      {source.busy && <div className="dt-busy" aria-hidden="true" />}
      {drawn === 0 && <div className="dt-empty">{props.empty ?? 'Nothing to show.'}</div>}
    </div>
  );
}

/** The slots to draw, and the active one even when it is scrolled away: it is named by its id. */
function withActive(indexes: number[], active: number, count: number): number[] {
  if (active < 0 || active >= count) return indexes;
  if (active < (indexes[0] ?? 0)) return [active, ...indexes];
  return active > (indexes.at(-1) ?? -1) ? [...indexes, active] : indexes;
}
