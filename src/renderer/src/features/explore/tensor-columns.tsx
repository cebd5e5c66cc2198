import type { FragmentType, TensorRow } from '../../../../shared/domain';
import type { TensorSortKey } from '../../../../shared/ipc';
import { formatCount } from '../../lib/format';
import { typeWords } from '../../lib/fragment-types';
import { visibleText } from '../../lib/hostile-text';
import type { Column } from '../../widgets/data-table';
import { StatusText } from './status-text';
import { TensorName } from './tensor-name';
import { elementsOf, elementsText, shapeText } from './tensor-text';

/** Column ids that the engine can sort by are its own names for the order. */
const sortable = (key: TensorSortKey) => ({ id: key, sortable: true }) as const;

/** `narrow`: what can be said shorter is, so that the names keep room. */
export function tensorColumns(
  bytes: (count: number) => string,
  narrow: boolean,
): readonly Column<TensorRow>[] {
  return [
    {
      ...sortable('file'),
      header: '#',
      label: 'Place in the file',
      tooltip: 'The tensor’s place in the model’s files. Sort by it to see the order on disk.',
      align: 'end',
      width: 76,
      hideBelow: 1060,
      cell: (row) => <span className="muted">{formatCount(row.index)}</span>,
    },
    {
      ...sortable('name'),
      header: 'Tensor',
      minWidth: 170,
      flex: 1,
      cell: (row) => <TensorName name={row.name} />,
    },
    {
      ...sortable('dtype'),
      header: 'Dtype',
      tooltip: 'The number type of the elements: BF16 and F16 take 2 bytes, F32 takes 4.',
      width: narrow ? 58 : 78,
      cell: (row) => visibleText(row.dtype).slice(0, 40),
    },
    {
      ...sortable('type'),
      header: 'Type',
      tooltip: 'What the tensor does, told from its name.',
      width: narrow ? 74 : 124,
      hideBelow: 620,
      cell: (row) => <TypeText type={row.type} short={narrow} />,
    },
    {
      ...sortable('shape'),
      header: 'Shape',
      tooltip: 'The size in every dimension.',
      width: narrow ? 100 : 128,
      mono: true,
      hideBelow: 520,
      cell: (row) => shapeText(row.shape),
    },
    {
      id: 'elements',
      header: 'Elements',
      tooltip: 'Numbers in the tensor: the product of its shape.',
      align: 'end',
      width: 108,
      hideBelow: 900,
      cell: (row) => elementsText(elementsOf(row.shape)),
    },
    {
      ...sortable('size'),
      header: 'Size',
      align: 'end',
      width: narrow ? 74 : 80,
      firstSort: 'descending',
      cell: (row) => bytes(row.byteLength),
    },
    {
      ...sortable('shared'),
      header: 'Also in',
      tooltip:
        'How many other open models hold a tensor with exactly the same bytes. Pending until the model is fingerprinted.',
      width: narrow ? 66 : 100,
      firstSort: 'descending',
      cell: (row) => <StatusText sharedBy={row.sharedBy} style={narrow ? 'short' : 'plain'} />,
    },
  ];
}

/** What a tensor does. Short forms are for the eye alone. */
function TypeText({ type, short }: { readonly type: FragmentType; readonly short: boolean }) {
  const words = typeWords[type];
  const title = `${words.label}: ${words.meaning}`;
  if (!short || words.short === words.label) return <span title={title}>{words.label}</span>;
  return (
    <span title={title}>
      <span aria-hidden="true">{words.short}</span>
      <span className="visually-hidden">{words.label}</span>
    </span>
  );
}
