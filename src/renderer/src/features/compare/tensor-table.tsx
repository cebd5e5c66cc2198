import { useCallback, useEffect, useMemo, useRef } from 'react';
import type {
  ComparePage,
  CompareReport,
  CompareRow,
  CompareSortKey,
} from '../../../../shared/domain';
import { call, toClientError } from '../../client';
import { counted, formatCount, useBytes } from '../../lib/format';
import {
  byChange,
  byLayer,
  type CompareFocus,
  type CompareSort,
  noFocus,
  useCompareFocus,
  useCompareView,
} from '../../state/compare';
import { Button, Segmented } from '../../widgets/button';
import { Card } from '../../widgets/card';
import { DataTable, type Sort, type TableHandle, usePagedRows } from '../../widgets/data-table';
import { EmptyState, ErrorNote } from '../../widgets/empty-state';
import { jumpToTensor } from '../explore/inspector/sharers';
import { compareColumns } from './columns';
import type { Compared } from './compared';
import { totalsOf, wholeOf } from './status';
import './table.css';
import { TableFilter } from './table-filter';
import { useChosenRow } from './use-chosen-row';
import { useDifferenceKeys } from './use-difference-keys';
import { useRevision } from './use-revision';

const sortKeys = [
  'file',
  'name',
  'change',
  'size',
  'delta',
  'status',
] as const satisfies readonly CompareSortKey[];
const isSortKey = (column: string): column is CompareSortKey =>
  sortKeys.some((key) => key === column);

/** Handles are unique within a model's report. */
export const keyOfRow = (row: CompareRow): string => `${row.b} ${row.row}`;

interface TensorTableProps {
  readonly compared: Compared;
  readonly reports: readonly CompareReport[];
}

function usePage(compared: Compared, focus: CompareFocus) {
  const { a, b } = compared.comparison;
  const { differencesOnly, sort } = useCompareView();
  const { text, layer, model } = focus;
  const prefix = layer?.prefix ?? '';
  const getPage = useCallback(
    (offset: number, limit: number) =>
      call('compare.page', {
        a,
        b: [...b],
        filter: { differencesOnly, text, prefix, model: model ?? null },
        sort,
        offset,
        limit,
      }),
    [a, b, differencesOnly, text, prefix, model, sort],
  );
  const query = JSON.stringify([a, b, differencesOnly, text, prefix, model, sort]);
  const revision = useRevision();
  const paged = usePagedRows<CompareRow, ComparePage>({
    query,
    revision,
    getPage,
    keyOf: keyOfRow,
  });
  return { ...paged, getPage, query };
}

/** Every tensor of the models, differences first. */
export function TensorTable({ compared, reports }: TensorTableProps) {
  const { key } = compared;
  const focus = useCompareFocus(key);
  const { differencesOnly, sort, change, changeFocus } = useCompareView();
  const { source, view, getPage, query } = usePage(compared, focus);
  const bytes = useBytes();
  const several = compared.comparison.b.length > 1;
  const renamed = reports.some((report) => report.renamed > 0);
  const table = useRef<TableHandle>(null);
  const columns = useMemo(
    () => compareColumns({ bytes, nameOf: compared.nameOf, several, renamed }),
    [bytes, compared, several, renamed],
  );
  const chosen = useChosenRow(key, view);
  const newer = chosen && chosen.row !== focus.chosen?.row ? chosen : undefined;
  useEffect(() => {
    if (newer) changeFocus(key, { chosen: newer });
  }, [newer, key, changeFocus]);
  useDifferenceKeys({ key, view, getPage, table });
  useReturnTo(table, focus, view.total);
  const end = useShownFor(focus.layer);
  const selected = useMemo(() => new Set(chosen ? [keyOfRow(chosen.row)] : []), [chosen]);
  const select = (keys: ReadonlySet<string>) => {
    const [wanted] = keys;
    const found = wanted === undefined ? undefined : findRow(view, wanted);
    if (found) changeFocus(key, { chosen: found });
  };
  const error = view.error === undefined ? undefined : toClientError(view.error);
  const all = wholeOf(totalsOf(reports.map((report) => report.groups))).tensors;
  return (
    <Card
      className="cmp-table"
      title="Tensors"
      actions={
        <>
          <span className="cmp-count" role="status">
            {view.latest ? countText(view.total, all, view.latest.totalBytes, bytes) : ''}
          </span>
          <Segmented
            label="Order"
            value={orderOf(sort)}
            options={orders}
            onChange={(order) => change({ sort: order === 'layer' ? byLayer : byChange })}
          />
        </>
      }
    >
      <TableFilter compared={compared} />
      {error ? <ErrorNote error={error} /> : null}
      <DataTable
        ref={table}
        label="Tensors compared"
        columns={columns}
        source={source}
        rowHeight={28}
        selectionMode="single"
        selected={selected}
        onSelectedChange={select}
        onActivate={openInExplore}
        sort={{ column: sort.key, direction: sort.direction }}
        onSortChange={({ column, direction }: Sort) => {
          if (isSortKey(column)) change({ sort: { key: column, direction } });
        }}
        resetKey={query}
        empty={<NothingLeft focus={focus} differencesOnly={differencesOnly} compared={compared} />}
      />
      <div ref={end} />
    </Card>
  );
}

const orders = [
  { value: 'change', label: 'By change' },
  { value: 'layer', label: 'By layer' },
] as const;

/** Other columns' orders are neither: the first is shown as off by an empty value. */
function orderOf(sort: CompareSort): 'change' | 'layer' | '' {
  if (sort.key === 'change') return 'change';
  return sort.key === 'file' ? 'layer' : '';
}

const countText = (
  total: number,
  all: number,
  totalBytes: number,
  bytes: (count: number) => string,
): string =>
  `${total === all ? counted(total, 'tensor') : `${formatCount(total)} of ${counted(all, 'tensor')}`} · ${bytes(totalBytes)}`;

/** The tensor of the model held against the base; the base's own where it is alone. */
function openInExplore({ tensor, other }: CompareRow): void {
  const ref = other ?? tensor;
  if (ref) jumpToTensor(ref.modelId, ref.index);
}

interface LoadedRows {
  readonly total: number;
  rowAt(index: number): CompareRow | undefined;
}

function findRow(view: LoadedRows, wanted: string) {
  for (let index = 0; index < view.total; index += 1) {
    const row = view.rowAt(index);
    if (row && keyOfRow(row) === wanted) return { row, index };
  }
  return undefined;
}

/** In a low window the table lies below: it comes into sight when a layer of the map is chosen. */
function useShownFor(layer: CompareFocus['layer']) {
  const end = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (layer) end.current?.scrollIntoView({ block: 'nearest' });
  }, [layer]);
  return end;
}

/** Coming back to the screen, the row looked at last is in sight again. */
function useReturnTo(
  table: React.RefObject<TableHandle | null>,
  focus: CompareFocus,
  total: number,
): void {
  const due = useRef(focus.chosen?.index);
  useEffect(() => {
    const index = due.current;
    if (index === undefined || total === 0) return;
    due.current = undefined;
    if (index < total) table.current?.goTo(index);
  }, [table, total]);
}

interface NothingLeftProps {
  readonly focus: CompareFocus;
  readonly differencesOnly: boolean;
  readonly compared: Compared;
}

function NothingLeft({ focus, differencesOnly, compared }: NothingLeftProps) {
  const { change, changeFocus } = useCompareView();
  const filtered = focus.text !== '' || focus.layer !== undefined || focus.model !== undefined;
  const showAll = () => change({ differencesOnly: false });
  return (
    <EmptyState
      title={
        filtered
          ? `No ${differencesOnly ? 'difference' : 'tensor'} passes the filter`
          : 'There is no difference'
      }
      actions={
        <>
          {filtered ? (
            <Button onPress={() => changeFocus(compared.key, { ...noFocus, chosen: focus.chosen })}>
              Clear the filter
            </Button>
          ) : null}
          {differencesOnly ? <Button onPress={showAll}>Show identical tensors too</Button> : null}
        </>
      }
    >
      {filtered ? null : 'Every tensor has the same bytes in both.'}
    </EmptyState>
  );
}
