import { memo } from 'react';
import { CheckMark } from './check-mark';
import type { Column } from './columns';

import type { GroupHeader, Slot } from './row-source';

export interface RowFrame {
  readonly id: string;
  readonly index: number;
  readonly top: number;
  readonly height: number;
  /** `grid-template-columns` of every row. */
  readonly template: string;
  readonly width: number;
  readonly active: boolean;
}

interface BodyRowProps<Row> extends RowFrame {
  readonly slot: Slot<Row>;
  readonly columns: readonly Column<Row>[];
  readonly checks: boolean;
  readonly selectable: boolean;
  readonly selected: boolean;
  readonly grouped: boolean;
}

const alignClass = { start: '', end: 'dt-end', center: 'dt-center' };

const join = (...names: (string | false | undefined)[]) => names.filter(Boolean).join(' ');

function BodyRowInner<Row>(props: BodyRowProps<Row>) {
  const { slot, columns, checks, selected, active, index } = props;
  const style = {
    top: props.top,
    height: props.height,
    width: props.width,
    gridTemplateColumns: props.template,
  };
  if (slot.kind === 'group') return <GroupRow {...props} group={slot.group} />;
  const loading = slot.kind === 'loading';
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the grid points at it with aria-activedescendant.
    // biome-ignore lint/a11y/useSemanticElements: a table element cannot be virtualised.
    <div
      id={props.id}
      role="row"
      data-index={index}
      className={join('dt-row', active && 'dt-active')}
      style={style}
      aria-rowindex={index + 2}
      aria-selected={props.selectable && !loading ? selected : undefined}
      aria-level={props.grouped ? 2 : undefined}
      aria-busy={loading || undefined}
    >
      {checks && (
        // biome-ignore lint/a11y/useSemanticElements: see above.
        // biome-ignore lint/a11y/useFocusableInteractive: see above.
        <div role="gridcell" aria-colindex={1} className="dt-cell" data-check>
          {!loading && <CheckMark state={selected ? 'all' : 'none'} />}
        </div>
      )}
      {columns.map((column, i) => (
        // biome-ignore lint/a11y/useSemanticElements: see above.
        // biome-ignore lint/a11y/useFocusableInteractive: see above.
        <div
          key={column.id}
          role="gridcell"
          aria-colindex={i + (checks ? 2 : 1)}
          className={join('dt-cell', alignClass[column.align ?? 'start'], column.mono && 'dt-mono')}
        >
          {slot.kind === 'row' ? <Content value={column.cell(slot.row)} /> : <Bone />}
        </div>
      ))}
    </div>
  );
}

/** Text gets an ellipsis; elements lay themselves out. */
function Content({ value }: { value: React.ReactNode }) {
  if (typeof value !== 'string' && typeof value !== 'number') return value;
  return <span className="dt-plain">{value}</span>;
}

const Bone = () => <span className="dt-bone" aria-hidden="true" />;

function GroupRow({ group, ...frame }: RowFrame & { group: GroupHeader }) {
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the grid points at it with aria-activedescendant.
    // biome-ignore lint/a11y/useSemanticElements: a table element cannot be virtualised.
    <div
      id={frame.id}
      role="row"
      data-index={frame.index}
      className={join('dt-row', 'dt-group', frame.active && 'dt-active')}
      style={{
        top: frame.top,
        height: frame.height,
        width: frame.width,
      }}
      aria-rowindex={frame.index + 2}
      aria-level={1}
      aria-expanded={!group.collapsed}
    >
      {/* biome-ignore lint/a11y/useSemanticElements: see above. */}
      {/* biome-ignore lint/a11y/useFocusableInteractive: see above. */}
      <div role="gridcell" className="dt-group-cell">
        <span className="dt-twist" aria-hidden="true">
          {group.collapsed ? '▶' : '▼'}
        </span>
        <bdi className="dt-group-label">{group.label}</bdi>
        {group.detail !== undefined && <span className="dt-group-detail">{group.detail}</span>}
      </div>
    </div>
  );
}

/** One row; drawn again only when something it shows has changed. */
export const BodyRow = memo(BodyRowInner) as typeof BodyRowInner;
