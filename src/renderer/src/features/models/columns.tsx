import type { ModelSummary } from '../../../../shared/domain';
import { formatCount } from '../../lib/format';
import { pathTail, visibleText } from '../../lib/hostile-text';
import { naturalCompare } from '../../lib/natural-sort';
import type { Column } from '../../widgets/data-table';
import { FormatBadge } from '../../widgets/format-badge';
import { NameText } from '../../widgets/name-text';
import { SharingBar, sharingParts } from '../../widgets/sharing-bar';
import { terms } from '../../widgets/term';
import { dtypesText } from './model-rows';

export type ModelColumn = Column<ModelSummary>;

/** Unknown values sort below every known one. */
const by =
  (value: (model: ModelSummary) => number | undefined) =>
  (a: ModelSummary, b: ModelSummary): number =>
    (value(a) ?? -1) - (value(b) ?? -1);

/** A number that is not known yet is said to be so, never shown as 0. */
function Pending({ model }: { readonly model: ModelSummary }) {
  return (
    <span className="models-pending">{model.analysis === 'failed' ? 'failed' : 'pending'}</span>
  );
}

function name(): ModelColumn {
  return {
    id: 'name',
    header: 'Model',
    minWidth: 150,
    flex: 1,
    sortable: true,
    compare: (a, b) => naturalCompare(a.name, b.name),
    text: (model) => model.name,
    cell: (model) => <NameText name={model.name} className="models-name" />,
  };
}

function format(): ModelColumn {
  return {
    id: 'format',
    header: 'Format',
    width: 106,
    sortable: true,
    compare: (a, b) => naturalCompare(a.format, b.format),
    cell: (model) => <FormatBadge format={model.format} reason={model.opaqueReason} />,
  };
}

function dtypes(): ModelColumn {
  return {
    id: 'dtypes',
    header: 'Dtype',
    tooltip: terms.dtype.meaning,
    width: 102,
    sortable: true,
    compare: (a, b) => naturalCompare(dtypesText(a.dtypes), dtypesText(b.dtypes)),
    cell: (model) => <span className="clip">{visibleText(dtypesText(model.dtypes))}</span>,
  };
}

function folder(): ModelColumn {
  return {
    id: 'folder',
    header: 'Folder',
    width: 160,
    sortable: true,
    compare: (a, b) => naturalCompare(a.folder, b.folder),
    cell: (model) => (
      <NameText name={pathTail(model.folder)} full={model.folder} className="models-folder" />
    ),
  };
}

function count(id: 'files' | 'tensors', header: string, tooltip?: string): ModelColumn {
  return {
    id,
    header,
    ...(tooltip === undefined ? {} : { tooltip }),
    width: id === 'files' ? 58 : 74,
    align: 'end',
    sortable: true,
    firstSort: 'descending',
    compare: by((model) => model[id]),
    cell: (model) => formatCount(model[id]),
  };
}

function logical(bytes: (count: number) => string): ModelColumn {
  return {
    id: 'logical',
    header: 'Logical',
    tooltip: terms.logical.meaning,
    width: 80,
    align: 'end',
    sortable: true,
    firstSort: 'descending',
    compare: by((model) => model.logicalBytes),
    cell: (model) => bytes(model.logicalBytes),
  };
}

function exclusive(bytes: (count: number) => string): ModelColumn {
  return {
    id: 'exclusive',
    header: 'Exclusive',
    tooltip: terms.exclusive.meaning,
    width: 88,
    align: 'end',
    sortable: true,
    firstSort: 'descending',
    compare: by((model) => model.bytes?.exclusiveBytes),
    cell: (model) => (model.bytes ? bytes(model.bytes.exclusiveBytes) : <Pending model={model} />),
  };
}

function sharing(width: number): ModelColumn {
  return {
    id: 'sharing',
    header: 'Sharing',
    tooltip: terms.sharing.meaning,
    width,
    sortable: true,
    firstSort: 'descending',
    compare: by((model) => sharingParts(model)?.shared),
    cell: (model) => <SharingBar model={model} />,
  };
}

/** The columns that `width` pixels have room for; those that tell models apart stay longest. */
export function modelColumns(
  bytes: (count: number) => string,
  width: number,
  withFolder: boolean,
): readonly ModelColumn[] {
  return [
    name(),
    ...(width >= 500 ? [format()] : []),
    ...(width >= 640 ? [dtypes()] : []),
    ...(withFolder && width >= 840 ? [folder()] : []),
    ...(width >= (withFolder ? 1060 : 780) ? [count('files', 'Files')] : []),
    ...(width >= (withFolder ? 990 : 710)
      ? [count('tensors', 'Tensors', terms.tensor.meaning)]
      : []),
    logical(bytes),
    exclusive(bytes),
    sharing(width >= 700 ? 136 : 118),
  ];
}
