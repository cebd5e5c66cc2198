import { Search, X } from 'lucide-react';
import { useMemo, useRef, useState } from 'react';
import { Button as AriaButton, Input, SearchField } from 'react-aria-components';
import type { ModelId } from '../../../../shared/base';
import type { ModelSummary } from '../../../../shared/domain';
import { formatCount, useBytes } from '../../lib/format';
import { useWidth } from '../../lib/use-width';
import { useCommands } from '../../state/commands';
import { useNavigation } from '../../state/navigation';
import { useSelection } from '../../state/selection';
import { useModels, useSources } from '../../state/sources';
import { Button, Segmented } from '../../widgets/button';
import { Card } from '../../widgets/card';
import {
  DataTable,
  type Sort,
  sortRows,
  useArrayRows,
  useGroupedRows,
} from '../../widgets/data-table';
import { modelColumns } from './columns';
import { filterModels, groupByFolder } from './model-rows';
import { useModelsView } from './view-state';

const keyOf = (model: ModelSummary): string => model.id;
const nothing: readonly ModelSummary[] = [];

export function ModelsTable() {
  const { models } = useModels();
  const { query, grouping, sort, change } = useModelsView();
  const bytes = useBytes();
  const [box, width] = useWidth<HTMLDivElement>();
  const shown = useMemo(() => filterModels(models, query), [models, query]);
  const columns = useMemo(
    () => modelColumns(bytes, width, grouping === 'flat'),
    [bytes, width, grouping],
  );
  const rows = useMemo(() => sortRows(shown, columns, sort), [shown, columns, sort]);
  const source = useRowSource(rows, grouping === 'folders');
  const table = useTableSelection(models);
  const count =
    shown.length === models.length
      ? formatCount(models.length)
      : `${formatCount(shown.length)} of ${formatCount(models.length)}`;
  return (
    <Card
      title={grouping === 'folders' ? 'Models by folder' : 'Models'}
      tag={count}
      fill
      actions={
        <>
          <FilterBox />
          <Segmented
            label="Grouping"
            value={grouping}
            options={[
              { value: 'folders', label: 'Folders' },
              { value: 'flat', label: 'Flat' },
            ]}
            onChange={(value) => change({ grouping: value })}
          />
        </>
      }
    >
      <div ref={box} className="models-table">
        <DataTable
          label="Models"
          columns={columns}
          source={source}
          selectionMode="multi"
          selected={table.selected}
          onSelectedChange={table.select}
          onActivate={table.open}
          sort={sort}
          onSortChange={(next: Sort) => change({ sort: next })}
          resetKey={`${query} ${grouping}`}
          empty={<NothingFits />}
        />
      </div>
    </Card>
  );
}

function useRowSource(rows: readonly ModelSummary[], grouped: boolean) {
  const sources = useSources();
  const bytes = useBytes();
  const groups = useMemo(
    () => (grouped ? groupByFolder(rows, sources, bytes) : []),
    [grouped, rows, sources, bytes],
  );
  const groupedRows = useGroupedRows(groups, keyOf);
  const flatRows = useArrayRows(grouped ? nothing : rows, keyOf);
  return grouped ? groupedRows : flatRows;
}

function useTableSelection(models: readonly ModelSummary[]) {
  const chosen = useSelection((state) => state.models);
  const set = useSelection((state) => state.set);
  const go = useNavigation((state) => state.go);
  const selected = useMemo(() => new Set<string>(chosen), [chosen]);
  const byKey = useMemo(
    () => new Map<string, ModelId>(models.map((model) => [model.id, model.id])),
    [models],
  );
  const select = (keys: ReadonlySet<string>) =>
    set([...keys].flatMap((key) => byKey.get(key) ?? []));
  const open = (model: ModelSummary) => go({ screen: 'explore', modelId: model.id });
  return { selected, select, open };
}

function FilterBox() {
  const { query, change } = useModelsView();
  const input = useRef<HTMLInputElement>(null);
  useCommands([
    {
      id: 'find',
      group: 'View',
      title: 'Filter the models',
      keys: 'Ctrl+F',
      run: () => {
        input.current?.focus();
        input.current?.select();
      },
    },
  ]);
  return (
    <SearchField
      className="filter"
      aria-label="Filter by name, format, dtype or folder"
      value={query}
      maxLength={200}
      onChange={(value) => change({ query: value })}
    >
      <Search size={14} aria-hidden="true" />
      <Input ref={input} className="filter-input" placeholder="Filter: name, format, dtype" />
      {query === '' ? null : (
        <AriaButton className="filter-clear" aria-label="Clear the filter">
          <X size={13} aria-hidden="true" />
        </AriaButton>
      )}
    </SearchField>
  );
}

function NothingFits() {
  const { query, change } = useModelsView();
  const [shown] = useState(query);
  return (
    <div className="models-nothing">
      <p>No model fits “{query || shown}”.</p>
      <Button size="small" onPress={() => change({ query: '' })}>
        Clear the filter
      </Button>
    </div>
  );
}
