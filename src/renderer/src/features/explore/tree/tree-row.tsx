import { memo } from 'react';
import { formatCount } from '../../../lib/format';
import { NameText } from '../../../widgets/name-text';
import { isLeaf, type TreeItem, type TreeLine, type TreeNote } from './flatten';

interface TreeRowProps {
  readonly id: string;
  readonly index: number;
  readonly top: number;
  readonly line: TreeLine;
  readonly bytes: (count: number) => string;
  readonly active: boolean;
  readonly selected: boolean;
}

const INDENT = 14;

function TreeRowInner({ line, ...frame }: TreeRowProps) {
  return line.kind === 'note' ? <Note line={line} {...frame} /> : <Node line={line} {...frame} />;
}

/** `/model` and `model` are different roots: the separator that a path starts with is part of it. */
function shownLabel({ node, level }: TreeItem): string {
  const lead = level === 1 ? (/^[./]/.exec(node.path)?.[0] ?? '') : '';
  return node.label.startsWith(lead) ? node.label : lead + node.label;
}

function Node({ line, ...frame }: TreeRowProps & { line: TreeItem }) {
  const { node, level } = line;
  const leaf = isLeaf(node);
  const size = frame.bytes(node.byteLength);
  const count = leaf
    ? ''
    : `${formatCount(node.tensors)} ${node.tensors === 1 ? 'tensor' : 'tensors'}, `;
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the tree points at it with aria-activedescendant.
    <div
      id={frame.id}
      role="treeitem"
      data-index={frame.index}
      className={`tt-row ${frame.active ? 'tt-active' : ''} ${leaf ? 'tt-leaf' : ''}`}
      style={{ transform: `translateY(${frame.top}px)`, paddingLeft: 6 + (level - 1) * INDENT }}
      aria-level={level}
      aria-posinset={line.place}
      aria-setsize={line.siblings}
      aria-selected={frame.selected}
      aria-expanded={leaf ? undefined : line.expanded}
      title={`${count}${size}`}
    >
      <span className="tt-twist" data-twist aria-hidden="true">
        {leaf ? '' : <Chevron open={line.expanded} />}
      </span>
      <NameText name={shownLabel(line)} full={node.path} className="tt-name" />
      <span className="tt-count">{leaf ? '' : formatCount(node.tensors)}</span>
      <span className="tt-size">{size}</span>
    </div>
  );
}

function Note({ line, ...frame }: TreeRowProps & { line: TreeNote }) {
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: see above.
    <div
      id={frame.id}
      role="treeitem"
      data-index={frame.index}
      className={`tt-row tt-note ${frame.active ? 'tt-active' : ''}`}
      style={{
        transform: `translateY(${frame.top}px)`,
        paddingLeft: 24 + (line.level - 1) * INDENT,
      }}
      aria-level={line.level}
      aria-selected={false}
    >
      {line.failure === undefined ? 'Loading…' : `${line.failure} Press to try again.`}
    </div>
  );
}

function Chevron({ open }: { open: boolean }) {
  return (
    <svg width="10" height="10" viewBox="0 0 10 10" fill="none" aria-hidden="true">
      <path
        d={open ? 'M2 3.5 5 6.5 8 3.5' : 'M3.5 2 6.5 5 3.5 8'}
        stroke="currentColor"
        strokeWidth="1.5"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}

export const TreeRow = memo(TreeRowInner);
