import { type PointerEvent, useEffect, useRef, useState } from 'react';
import { CheckMark } from './check-mark';
import type { Column, Sort } from './columns';
import { HeaderTip } from './header-tip';

interface HeaderRowProps<Row> {
  readonly gridId: string;
  readonly columns: readonly Column<Row>[];
  readonly widths: readonly number[];
  readonly template: string;
  readonly width: number;
  readonly sort: Sort | undefined;
  /** State of the check box for all rows; absent without check boxes. */
  readonly checks?: 'none' | 'some' | 'all' | undefined;
  /** Cell the keyboard is at, counting the check box column. */
  readonly activeColumn: number | undefined;
  /** The grid has the focus: the active cell explains itself. */
  readonly keyboard: boolean;
  readonly onChoose: (column: number) => void;
  readonly onResize: (column: Column<Row>, width: number | undefined) => void;
}

export const headerCellId = (gridId: string, column: number) => `${gridId}-h${column}`;

const alignClass = { start: '', end: 'dt-end', center: 'dt-center' };

export function HeaderRow<Row>(props: HeaderRowProps<Row>) {
  const { gridId, columns, checks, activeColumn } = props;
  const shift = checks === undefined ? 0 : 1;
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the grid points at its cells.
    // biome-ignore lint/a11y/useSemanticElements: a table element cannot be virtualised.
    <div
      role="row"
      aria-rowindex={1}
      className="dt-header"
      style={{ gridTemplateColumns: props.template, width: props.width }}
    >
      {checks !== undefined && (
        // biome-ignore lint/a11y/useFocusableInteractive: the grid points at it.
        // biome-ignore lint/a11y/useSemanticElements: see above.
        // biome-ignore lint/a11y/useKeyWithClickEvents: the grid handles the keys.
        <div
          role="columnheader"
          id={headerCellId(gridId, 0)}
          aria-colindex={1}
          className={activeColumn === 0 ? 'dt-header-cell dt-active' : 'dt-header-cell'}
          onClick={() => props.onChoose(0)}
        >
          <CheckMark state={checks} />
          <span className="visually-hidden">
            {checks === 'all' ? 'All selected: press to select none' : 'Press to select all'}
          </span>
        </div>
      )}
      {columns.map((column, i) => (
        <HeaderCell
          key={column.id}
          id={headerCellId(gridId, i + shift)}
          column={column}
          position={i + shift}
          width={props.widths[i] ?? 0}
          sort={props.sort}
          active={activeColumn === i + shift}
          keyboard={props.keyboard}
          onChoose={props.onChoose}
          onResize={props.onResize}
        />
      ))}
    </div>
  );
}

interface HeaderCellProps<Row> {
  readonly id: string;
  readonly column: Column<Row>;
  readonly position: number;
  readonly width: number;
  readonly sort: Sort | undefined;
  readonly active: boolean;
  readonly keyboard: boolean;
  readonly onChoose: (column: number) => void;
  readonly onResize: (column: Column<Row>, width: number | undefined) => void;
}

function HeaderCell<Row>(props: HeaderCellProps<Row>) {
  const { column, sort, position } = props;
  const sorted = sort?.column === column.id ? sort.direction : undefined;
  const { rested, rest, leave } = useRest();
  const explained = rested || (props.active && props.keyboard);
  const classes = [
    'dt-header-cell',
    alignClass[column.align ?? 'start'],
    column.sortable && 'dt-sortable',
    column.tooltip !== undefined && 'dt-explained',
    props.active && 'dt-active',
  ];
  const mark = sorted && (
    <span className="dt-sort-mark" aria-hidden="true">
      {sorted === 'ascending' ? '▲' : '▼'}
    </span>
  );
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the grid points at it.
    // biome-ignore lint/a11y/useSemanticElements: see above.
    // biome-ignore lint/a11y/useKeyWithClickEvents: the grid handles the keys.
    <div
      role="columnheader"
      id={props.id}
      aria-colindex={position + 1}
      aria-sort={column.sortable ? (sorted ?? 'none') : undefined}
      aria-description={column.tooltip}
      className={classes.filter(Boolean).join(' ')}
      onClick={() => props.onChoose(position)}
      onPointerEnter={rest}
      onPointerLeave={leave}
      onPointerDown={leave}
    >
      {column.align === 'end' && mark}
      <span className="dt-header-text">{column.header}</span>
      {column.label !== undefined && <span className="visually-hidden">{column.label}</span>}
      {column.align !== 'end' && mark}
      {column.resizable !== false && (
        <ResizeHandle width={props.width} onResize={(width) => props.onResize(column, width)} />
      )}
      {explained && column.tooltip !== undefined && (
        <HeaderTip cell={props.id} text={column.tooltip} />
      )}
    </div>
  );
}

const REST_MS = 350;

/** Whether the pointer has rested here for a moment. */
function useRest() {
  const [rested, setRested] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const rest = () => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setRested(true), REST_MS);
  };
  const leave = () => {
    clearTimeout(timer.current);
    setRested(false);
  };
  return { rested, rest, leave };
}

interface ResizeHandleProps {
  readonly width: number;
  /** `undefined` returns to the column's own width. */
  readonly onResize: (width: number | undefined) => void;
}

/** Mouse only; Shift+Left/Right on the header cell does the same from the keyboard. */
function ResizeHandle({ width, onResize }: ResizeHandleProps) {
  const drag = useRef<{ x: number; width: number }>(undefined);
  const start = (event: PointerEvent<HTMLSpanElement>) => {
    event.preventDefault();
    event.currentTarget.setPointerCapture(event.pointerId);
    event.currentTarget.dataset.dragging = '';
    drag.current = { x: event.clientX, width };
  };
  const move = (event: PointerEvent<HTMLSpanElement>) => {
    if (drag.current) onResize(drag.current.width + event.clientX - drag.current.x);
  };
  const end = (event: PointerEvent<HTMLSpanElement>) => {
    delete event.currentTarget.dataset.dragging;
    drag.current = undefined;
  };
  return (
    <span
      className="dt-handle"
      aria-hidden="true"
      onPointerDown={start}
      onPointerMove={move}
      onPointerUp={end}
      onPointerCancel={end}
      onClick={(event) => event.stopPropagation()}
      onDoubleClick={() => onResize(undefined)}
    />
  );
}
