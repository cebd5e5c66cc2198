import { defaultRangeExtractor, type Range, useVirtualizer } from '@tanstack/react-virtual';
import {
  type KeyboardEvent,
  type MouseEvent,
  useCallback,
  useEffect,
  useId,
  useMemo,
  useRef,
  useState,
} from 'react';
import type { TensorTreeNode } from '../../../../../shared/domain';
import { useBytes } from '../../../lib/format';
import { useTypeAhead } from '../../../widgets/data-table';
import { isLeaf, nodeKey, type TreeLine } from './flatten';
import { treeIntent } from './keyboard';
import { TreeRow } from './tree-row';
import './tensor-tree.css';
import type { TensorTree as TreeData } from './use-tree';

interface TensorTreeProps {
  readonly tree: TreeData;
  /** The node that limits the table, or the tensor looked at. */
  readonly isSelected: (node: TensorTreeNode) => boolean;
  readonly onToggle: (prefix: string, open: boolean) => void;
  readonly onChoose: (node: TensorTreeNode) => void;
}

const ROW_HEIGHT = 26;

const keyOf = (line: TreeLine | undefined): string | undefined =>
  line?.kind === 'node' ? nodeKey(line.node) : undefined;

/** The names of a model's tensors as a tree; only what is on screen is drawn. */
export function TensorTree({ tree, isSelected, onToggle, onChoose }: TensorTreeProps) {
  const { lines } = tree;
  const id = useId();
  const bytes = useBytes();
  const scroller = useRef<HTMLDivElement>(null);
  const [place, setPlace] = useState<{ at: number; key: string | undefined }>({ at: 0, key: '' });
  const typeAhead = useTypeAhead();
  const at = useMemo(() => settle(place, lines), [place, lines]);

  const rangeExtractor = useCallback(
    (range: Range) => [
      ...new Set([...defaultRangeExtractor(range), Math.min(at, range.count - 1)]),
    ],
    [at],
  );
  const virtualizer = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 12,
    rangeExtractor,
  });

  const moveTo = (to: number) => {
    setPlace({ at: to, key: keyOf(lines[to]) });
    virtualizer.scrollToIndex(to);
  };
  const choose = (index: number) => {
    const line = lines[index];
    if (line?.kind === 'note') {
      if (line.failure !== undefined) tree.retry(line.prefix);
    } else if (line) {
      if (!isLeaf(line.node) && !line.expanded) onToggle(line.node.path, true);
      onChoose(line.node);
    }
  };
  const search = (character: string) => {
    const found = typeAhead(character, at, lines.length, (index) => {
      const line = lines[index];
      return line?.kind === 'node' ? line.node.label : undefined;
    });
    if (found >= 0) moveTo(found);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const pageRows = Math.floor((virtualizer.scrollRect?.height ?? 0) / ROW_HEIGHT);
    const intent = treeIntent(event.key, at, lines, pageRows);
    if (!intent) return;
    event.preventDefault();
    if (intent.kind === 'move') return moveTo(intent.to);
    if (intent.kind === 'type') return search(intent.character);
    if (intent.kind === 'choose') return choose(intent.at);
    const line = lines[intent.at];
    if (line?.kind === 'node') onToggle(line.node.path, intent.kind === 'expand');
  };
  const onClick = (event: MouseEvent) => {
    const target = event.target as Element;
    const row = target.closest<HTMLElement>('[data-index]');
    if (!row) return;
    const index = Number(row.dataset.index);
    const line = lines[index];
    setPlace({ at: index, key: keyOf(line) });
    if (line?.kind === 'node' && target.closest('[data-twist]') && !isLeaf(line.node)) {
      return onToggle(line.node.path, !line.expanded);
    }
    choose(index);
  };

  const count = lines.length;
  useEffect(() => {
    if (count === 0 && scroller.current) scroller.current.scrollTop = 0;
  }, [count]);

  const rowId = (index: number) => `${id}-${index}`;
  const interaction = {
    role: 'tree',
    'aria-label': 'Tensors by name',
    'aria-activedescendant': lines.length > 0 ? rowId(at) : undefined,
    tabIndex: 0,
    onKeyDown,
    onClick,
  };
  return (
    <div ref={scroller} className="tt" {...interaction}>
      <div className="tt-body" role="none" style={{ height: lines.length * ROW_HEIGHT }}>
        {virtualizer.getVirtualItems().map(({ index }) => {
          const line = lines[index];
          if (!line) return null;
          return (
            <TreeRow
              key={index}
              id={rowId(index)}
              index={index}
              top={index * ROW_HEIGHT}
              line={line}
              bytes={bytes}
              active={index === at}
              selected={line.kind === 'node' && isSelected(line.node)}
            />
          );
        })}
      </div>
    </div>
  );
}

/** The active line after lines came or went: its node if still in sight, else within bounds. */
function settle(
  place: { at: number; key: string | undefined },
  lines: readonly TreeLine[],
): number {
  const bounded = Math.max(0, Math.min(place.at, lines.length - 1));
  if (!place.key || keyOf(lines[bounded]) === place.key) return bounded;
  const found = lines.findIndex((line) => keyOf(line) === place.key);
  return found >= 0 ? found : bounded;
}
