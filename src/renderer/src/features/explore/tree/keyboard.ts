import { isLeaf, type TreeLine } from './flatten';

export type TreeIntent =
  | { readonly kind: 'move'; readonly to: number }
  | { readonly kind: 'expand' | 'collapse' | 'choose'; readonly at: number }
  | { readonly kind: 'type'; readonly character: string };

/** The keyboard of the ARIA tree pattern. `undefined`: the key is not ours. */
export function treeIntent(
  key: string,
  at: number,
  lines: readonly TreeLine[],
  pageRows: number,
): TreeIntent | undefined {
  if (lines.length === 0) return undefined;
  const to = (index: number): TreeIntent => ({
    kind: 'move',
    to: Math.max(0, Math.min(lines.length - 1, index)),
  });
  const line = lines[at];
  const folder = line?.kind === 'node' && !isLeaf(line.node);
  const page = Math.max(1, pageRows - 1);
  switch (key) {
    case 'ArrowDown':
      return to(at + 1);
    case 'ArrowUp':
      return to(at - 1);
    case 'PageDown':
      return to(at + page);
    case 'PageUp':
      return to(at - page);
    case 'Home':
      return to(0);
    case 'End':
      return to(lines.length - 1);
    case 'ArrowRight':
      if (!folder) return undefined;
      return line.expanded ? to(at + 1) : { kind: 'expand', at };
    case 'ArrowLeft':
      if (folder && line.expanded) return { kind: 'collapse', at };
      return line && line.parent >= 0 ? to(line.parent) : undefined;
    case 'Enter':
    case ' ':
      return { kind: 'choose', at };
    default:
      return key.length === 1 ? { kind: 'type', character: key } : undefined;
  }
}
