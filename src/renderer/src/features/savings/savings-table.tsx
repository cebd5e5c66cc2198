import { useMemo, useState } from 'react';
import type { ModelId } from '../../../../shared/base';
import type { ModelSavings } from '../../../../shared/domain';
import { formatShare, useBytes } from '../../lib/format';
import { naturalCompare } from '../../lib/natural-sort';
import {
  type Column,
  DataTable,
  type Sort,
  sortRows,
  useArrayRows,
} from '../../widgets/data-table';
import { NameText } from '../../widgets/name-text';
import { terms } from '../../widgets/term';

const keyOf = (row: ModelSavings): string => row.modelId;

type SizeKey = 'logicalBytes' | 'exclusiveBytes' | 'sharedBytes' | 'repeatedBytes';

function columnsFor(bytes: (count: number) => string): readonly Column<ModelSavings>[] {
  const size = (id: SizeKey, header: string, tooltip: string): Column<ModelSavings> => ({
    id,
    header,
    tooltip,
    align: 'end',
    width: 118,
    sortable: true,
    firstSort: 'descending',
    compare: (a, b) => a[id] - b[id],
    cell: (row) => bytes(row[id]),
  });
  return [
    {
      id: 'name',
      header: 'Model',
      minWidth: 180,
      flex: 1,
      sortable: true,
      compare: (a, b) => naturalCompare(a.name, b.name),
      text: (row) => row.name,
      cell: (row) => <NameText name={row.name} />,
    },
    size('logicalBytes', terms.logical.label, terms.logical.meaning),
    size('sharedBytes', terms.shared.label, terms.shared.meaning),
    size('repeatedBytes', 'Repeated', 'Repeats inside the model itself, counted after the first.'),
    size('exclusiveBytes', terms.exclusive.label, terms.exclusive.meaning),
    {
      id: 'share',
      header: 'Shared %',
      tooltip: 'Shared bytes as a part of the size of the model’s files.',
      align: 'end',
      width: 92,
      sortable: true,
      firstSort: 'descending',
      compare: (a, b) => ratio(a) - ratio(b),
      cell: (row) => formatShare(row.sharedBytes, row.logicalBytes),
    },
  ];
}

const ratio = (row: ModelSavings): number =>
  row.logicalBytes > 0 ? row.sharedBytes / row.logicalBytes : 0;

interface SavingsTableProps {
  readonly models: readonly ModelSavings[];
  readonly onModel: (id: ModelId) => void;
}

export function SavingsTable({ models, onModel }: SavingsTableProps) {
  const bytes = useBytes();
  const columns = useMemo(() => columnsFor(bytes), [bytes]);
  const [sort, setSort] = useState<Sort>({ column: 'logicalBytes', direction: 'descending' });
  const rows = useMemo(() => sortRows(models, columns, sort), [models, columns, sort]);
  const source = useArrayRows(rows, keyOf);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  return (
    <DataTable
      label="Savings per model"
      columns={columns}
      source={source}
      selectionMode="single"
      selected={selected}
      onSelectedChange={setSelected}
      onActivate={(row) => onModel(row.modelId)}
      sort={sort}
      onSortChange={setSort}
    />
  );
}
