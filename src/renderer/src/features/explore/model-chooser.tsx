import { FolderTree } from 'lucide-react';
import { useMemo, useState } from 'react';
import type { ModelSummary } from '../../../../shared/domain';
import { formatCount, useBytes } from '../../lib/format';
import { naturalCompare } from '../../lib/natural-sort';
import { useNavigation } from '../../state/navigation';
import { useModels } from '../../state/sources';
import { Button } from '../../widgets/button';
import { Card, Tag } from '../../widgets/card';
import {
  type Column,
  DataTable,
  type Sort,
  sortRows,
  useArrayRows,
} from '../../widgets/data-table';
import { EmptyState, Skeleton } from '../../widgets/empty-state';
import { NameText } from '../../widgets/name-text';

const keyOf = (model: ModelSummary): string => model.id;

function columnsFor(bytes: (count: number) => string): readonly Column<ModelSummary>[] {
  return [
    {
      id: 'name',
      header: 'Model',
      minWidth: 200,
      flex: 1,
      sortable: true,
      compare: (a, b) => naturalCompare(a.name, b.name),
      text: (model) => model.name,
      cell: (model) => <NameText name={model.name} />,
    },
    {
      id: 'format',
      header: 'Format',
      width: 120,
      sortable: true,
      compare: (a, b) => naturalCompare(a.format, b.format),
      cell: (model) => <Tag>{model.format}</Tag>,
    },
    {
      id: 'tensors',
      header: 'Tensors',
      align: 'end',
      width: 100,
      sortable: true,
      firstSort: 'descending',
      compare: (a, b) => a.tensors - b.tensors,
      cell: (model) => (model.tensors === 0 ? '–' : formatCount(model.tensors)),
    },
    {
      id: 'size',
      header: 'Size',
      align: 'end',
      width: 100,
      sortable: true,
      firstSort: 'descending',
      compare: (a, b) => a.logicalBytes - b.logicalBytes,
      cell: (model) => bytes(model.logicalBytes),
    },
  ];
}

/** Explore before a model was chosen: which one? */
export function ModelChooser() {
  const { models, loaded } = useModels();
  const go = useNavigation((state) => state.go);
  const bytes = useBytes();
  const columns = useMemo(() => columnsFor(bytes), [bytes]);
  const [sort, setSort] = useState<Sort>({ column: 'name', direction: 'ascending' });
  const rows = useMemo(() => sortRows(models, columns, sort), [models, columns, sort]);
  const source = useArrayRows(rows, keyOf);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const open = (model: ModelSummary) => go({ screen: 'explore', modelId: model.id });
  const chosen = models.find((model) => selected.has(model.id));
  if (!loaded) return <Skeleton />;
  if (models.length === 0) {
    return (
      <EmptyState
        icon={<FolderTree size={20} />}
        title="No models are open"
        actions={
          <Button tone="primary" onPress={() => go({ screen: 'home' })}>
            Open models…
          </Button>
        }
      >
        Open a folder or a file on Home, or drop it anywhere on this window; then walk its tensors
        here.
      </EmptyState>
    );
  }
  return (
    <Card
      fill
      title="Choose a model to explore"
      tag={formatCount(models.length)}
      actions={
        <Button
          tone="primary"
          size="small"
          isDisabled={!chosen}
          onPress={() => chosen && open(chosen)}
        >
          Explore
        </Button>
      }
    >
      <DataTable
        label="Models to explore"
        columns={columns}
        source={source}
        selectionMode="single"
        selected={selected}
        onSelectedChange={setSelected}
        onActivate={open}
        sort={sort}
        onSortChange={setSort}
      />
    </Card>
  );
}
