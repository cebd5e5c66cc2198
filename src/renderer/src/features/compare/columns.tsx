import type { CompareRow, CompareSortKey } from '../../../../shared/domain';
import { formatCount } from '../../lib/format';
import type { Column } from '../../widgets/data-table';
import { NameText } from '../../widgets/name-text';
import { terms } from '../../widgets/term';
import { TensorName } from '../explore/tensor-name';
import {
  dtypeText,
  nameOfRow,
  otherNameOf,
  type RowNumbers,
  rowNumbers,
  rowsSentence,
  rowsText,
  shapesText,
} from './compare-text';
import { glyphOf, statusText, toneOf } from './status';

/** Column ids that the engine can sort by are its own names for the order. */
const sortable = (key: CompareSortKey) => ({ id: key, sortable: true }) as const;

interface ColumnOptions {
  readonly bytes: (count: number) => string;
  readonly nameOf: (id: CompareRow['b']) => string;
  /** More than one model beside the base. */
  readonly several: boolean;
  /** Some rows show two names: they get the room of the shapes. */
  readonly renamed: boolean;
}

export function compareColumns(options: ColumnOptions): readonly Column<CompareRow>[] {
  const { bytes, nameOf, several, renamed } = options;
  return [
    {
      ...sortable('status'),
      header: '',
      label: 'Status',
      tooltip: '● identical, ◐ cast, ≈ near, ≠ different, ∅ only in one of the two.',
      width: 40,
      minWidth: 40,
      align: 'center',
      resizable: false,
      cell: (row) => <StatusGlyph row={row} />,
    },
    {
      ...sortable('name'),
      header: 'Tensor',
      minWidth: 170,
      flex: 2,
      cell: (row) => <Name row={row} />,
    },
    ...(several
      ? [
          {
            id: 'model',
            header: 'Model',
            minWidth: 128,
            flex: 1,
            cell: (row: CompareRow) => <NameText name={nameOf(row.b)} />,
          },
        ]
      : []),
    {
      id: 'shape',
      header: 'Shape',
      tooltip: 'The size in every dimension, of the base’s tensor first where they differ.',
      width: 146,
      mono: true,
      hideBelow: several || renamed ? 980 : 760,
      cell: (row) => <span title={shapesText(row)}>{shapesText(row)}</span>,
    },
    {
      id: 'dtype',
      header: 'Dtype',
      tooltip: terms.dtype.meaning,
      width: 94,
      hideBelow: several ? 940 : 640,
      cell: (row) => dtypeText(row),
    },
    number('cosine', 'Cosine', terms.cosine.meaning, 80, 'cosine', bytes, several ? 640 : 540),
    number('change', 'Rel. L2', terms['relative-l2'].meaning, 76, 'relativeL2', bytes),
    number('bits', 'Bits', terms['differing-bits'].meaning, 64, 'bits', bytes, 700),
    {
      ...sortable('size'),
      header: 'Size',
      align: 'end',
      width: 76,
      firstSort: 'descending',
      cell: (row) => bytes((row.tensor ?? row.other)?.byteLength ?? 0),
    },
    number('delta', 'Stored', terms['delta-size'].meaning, 80, 'stored', bytes),
  ];
}

function number(
  id: 'cosine' | 'bits' | CompareSortKey,
  header: string,
  tooltip: string,
  width: number,
  key: keyof RowNumbers,
  bytes: (count: number) => string,
  hideBelow = 0,
): Column<CompareRow> {
  const sorts = id === 'change' || id === 'delta';
  return {
    id,
    header,
    tooltip,
    align: 'end',
    width,
    hideBelow,
    ...(sorts ? { sortable: true, firstSort: 'descending' as const } : {}),
    cell: (row) => <Figure row={row} text={rowNumbers(row, bytes)[key]} of={key} />,
  };
}

export const estimateNote = 'Estimated from signatures; measuring reads all of the data.';

function Figure({ row, text, of }: { row: CompareRow; text: string; of: keyof RowNumbers }) {
  const estimated = row.metrics !== null && !row.metrics.verified && text.startsWith('~');
  const bits =
    of === 'bits' && row.metrics ? `${text} of ${formatCount(row.metrics.elementBits)}` : '';
  const title = [bits, estimated ? estimateNote : ''].filter(Boolean).join('. ');
  return (
    <span className={estimated ? 'dt-plain cmp-estimated' : 'dt-plain'} title={title || undefined}>
      {text}
    </span>
  );
}

function StatusGlyph({ row }: { readonly row: CompareRow }) {
  const text = statusText(row.status, row.nearDuplicate);
  return (
    <span className={`cmp-glyph cmp-text-${toneOf(row.status)}`} title={text}>
      <span aria-hidden="true">{glyphOf(row.status)}</span>
      <span className="visually-hidden">{text}</span>
    </span>
  );
}

/** The name, and after it the rows in common, where they are what is known of the pair. */
function Name({ row }: { readonly row: CompareRow }) {
  if (!row.rows || row.metrics) return <Names row={row} />;
  return (
    <span className="cmp-with-rows">
      <Names row={row} />
      <span className="cmp-rows" title={rowsSentence(row.rows)}>
        {rowsText(row.rows)}
      </span>
    </span>
  );
}

/** Both names where they differ. */
function Names({ row }: { readonly row: CompareRow }) {
  const other = otherNameOf(row);
  if (other === undefined) return <TensorName name={nameOfRow(row)} />;
  return (
    <span className="cmp-names">
      <TensorName name={nameOfRow(row)} />
      <span className="muted">→</span>
      <TensorName name={other} />
    </span>
  );
}
