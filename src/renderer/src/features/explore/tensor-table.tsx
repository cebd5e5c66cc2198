import { useCallback, useEffect, useMemo, useRef } from 'react';
import type { ModelId } from '../../../../shared/base';
import type { ModelSummary, TensorRow } from '../../../../shared/domain';
import { type TensorPage, type TensorSortKey, tensorSortKeys } from '../../../../shared/ipc';
import { call, toClientError } from '../../client';
import { counted, useBytes } from '../../lib/format';
import { useCommands } from '../../state/commands';
import { useModels } from '../../state/sources';
import { Button } from '../../widgets/button';
import { Card } from '../../widgets/card';
import {
  DataTable,
  type Sort,
  type TableHandle,
  useClientWidth,
  usePagedRows,
} from '../../widgets/data-table';
import { EmptyState, ErrorNote } from '../../widgets/empty-state';
import { FilterBar } from './filter-bar';
import { tensorColumns } from './tensor-columns';
import { isFileOrder, isFiltered, type ModelView, withoutFilter } from './view-state';

interface TensorTableProps {
  readonly model: ModelSummary;
  readonly view: ModelView;
  readonly change: (patch: Partial<ModelView>) => void;
  /** Index of the tensor looked at. */
  readonly tensor: number | undefined;
  readonly onTensor: (index: number) => void;
}

/** Pixels below which the table says less per column. */
const NARROW = 1060;

const keyOf = (row: TensorRow): string => String(row.index);

function useTensorRows(modelId: ModelId, view: ModelView, revision: string) {
  const { text, regex, dtypes, types, shape, prefix, sort } = view;
  const getPage = useCallback(
    (offset: number, limit: number) =>
      call('tensors.page', {
        modelId,
        filter: { text, regex, dtypes: [...dtypes], types: [...types], shape, prefix },
        sort,
        offset,
        limit,
      }),
    [modelId, text, regex, dtypes, types, shape, prefix, sort],
  );
  const query = JSON.stringify([modelId, text, regex, dtypes, types, shape, prefix, sort]);
  return { ...usePagedRows<TensorRow, TensorPage>({ query, revision, getPage, keyOf }), query };
}

/**
 * A new value whenever the engine may know more about who shares this model's tensors: each time a
 * model is done, and when the model itself changes state.
 */
function useSharingRevision(model: ModelSummary): string {
  const { models } = useModels();
  const done = models.filter((one) => one.analysis === 'done').length;
  return `${model.analysis} ${done} ${model.tensors}`;
}

export function TensorTable({ model, view, change, tensor, onTensor }: TensorTableProps) {
  const revision = useSharingRevision(model);
  const { source, view: page, query } = useTensorRows(model.id, view, revision);
  const bytes = useBytes();
  const box = useRef<HTMLDivElement>(null);
  const width = useClientWidth(box);
  const narrow = width > 0 && width < NARROW;
  const columns = useMemo(() => tensorColumns(bytes, narrow), [bytes, narrow]);
  const search = useRef<HTMLInputElement>(null);
  const table = useRef<TableHandle>(null);
  const selected = useMemo(() => new Set(tensor === undefined ? [] : [String(tensor)]), [tensor]);
  useCommands([
    {
      id: 'find',
      title: 'Filter tensors by name',
      group: 'View',
      keys: 'Ctrl+F',
      run: () => {
        search.current?.focus();
        search.current?.select();
      },
    },
  ]);
  const chosenHere = useRef<number>(undefined);
  const ordered = isFileOrder(view) && !source.busy;
  useEffect(() => {
    if (tensor === undefined || tensor === chosenHere.current) return;
    if (!ordered || tensor >= source.count) return;
    chosenHere.current = tensor;
    table.current?.goTo(tensor);
  }, [tensor, ordered, source.count]);
  const select = useCallback(
    (keys: ReadonlySet<string>) => {
      const [key] = keys;
      if (key === undefined) return;
      chosenHere.current = Number(key);
      onTensor(Number(key));
    },
    [onTensor],
  );
  const setSort = useCallback(
    ({ column, direction }: Sort) => {
      if (isSortKey(column)) change({ sort: { key: column, direction } });
    },
    [change],
  );

  const error = page.error === undefined ? undefined : toClientError(page.error);
  const badFilter = error?.code === 'invalid-filter' ? error : undefined;
  const filtered = isFiltered(view);
  const total = filtered && !source.busy ? `of ${counted(model.tensors, 'tensor')}` : '';
  return (
    <Card
      fill
      title="Tensors"
      actions={
        <span className="ex-count" role="status">
          {page.latest && !badFilter ? (
            <>
              <b>{counted(page.total, 'tensor')}</b> {total && <span>{total} </span>}·{' '}
              {bytes(page.latest.totalBytes)}
            </>
          ) : null}
        </span>
      }
    >
      <div ref={box}>
        <FilterBar
          view={view}
          dtypes={page.latest?.dtypes ?? []}
          types={page.latest?.types ?? []}
          error={badFilter}
          onChange={change}
          searchRef={search}
        />
      </div>
      {error && !badFilter ? <ErrorNote error={error} /> : null}
      <DataTable
        ref={table}
        label="Tensors"
        columns={columns}
        source={source}
        rowHeight={28}
        selectionMode="single"
        selected={selected}
        onSelectedChange={select}
        sort={{ column: view.sort.key, direction: view.sort.direction }}
        onSortChange={setSort}
        resetKey={query}
        empty={
          <EmptyState
            title={badFilter ? 'This filter cannot be read.' : 'No tensor passes the filter.'}
            actions={
              filtered ? (
                <Button onPress={() => change(withoutFilter(view))}>Clear the filter</Button>
              ) : undefined
            }
          >
            {badFilter ? 'Correct it above, or clear it.' : null}
          </EmptyState>
        }
      />
    </Card>
  );
}

const isSortKey = (column: string): column is TensorSortKey =>
  tensorSortKeys.some((key) => key === column);
