import type { TensorTreeNode } from '../../../../../shared/domain';

/** What is known of the nodes right below one prefix. */
export type Branch =
  | { readonly state: 'loading' }
  | { readonly state: 'failed'; readonly message: string }
  | { readonly state: 'loaded'; readonly nodes: readonly TensorTreeNode[] };

/** Branches by prefix; the root is the empty prefix. */
export type Branches = ReadonlyMap<string, Branch>;

export interface TreeItem {
  readonly kind: 'node';
  readonly node: TensorTreeNode;
  /** 1 for the roots. */
  readonly level: number;
  /** 1-based place among its siblings, and how many there are. */
  readonly place: number;
  readonly siblings: number;
  readonly expanded: boolean;
  /** Position of the parent in the list, -1 for roots. */
  readonly parent: number;
}

/** Stands below an expanded node whose children are not there yet. */
export interface TreeNote {
  readonly kind: 'note';
  readonly level: number;
  readonly parent: number;
  readonly prefix: string;
  /** Absent: still loading. */
  readonly failure?: string;
}

export type TreeLine = TreeItem | TreeNote;

export const isLeaf = (node: TensorTreeNode): boolean => node.tensorIndex !== undefined;

/** A node's identity: a tensor and a prefix may have the same path. */
export const nodeKey = (node: TensorTreeNode): string =>
  isLeaf(node) ? `${node.tensorIndex}:${node.path}` : `:${node.path}`;

/**
 * The visible lines in order, for the expanded prefixes. A node that is its own prefix ends the
 * descent, so no answer, however odd, makes the list endless.
 */
export function flattenTree(branches: Branches, expanded: ReadonlySet<string>): TreeLine[] {
  const lines: TreeLine[] = [];
  const walk = (prefix: string, level: number, parent: number): void => {
    const branch = branches.get(prefix);
    if (branch?.state !== 'loaded') {
      const failure = branch?.state === 'failed' ? { failure: branch.message } : {};
      lines.push({ kind: 'note', level, parent, prefix, ...failure });
      return;
    }
    branch.nodes.forEach((node, i) => {
      const open = !isLeaf(node) && expanded.has(node.path);
      const place = { level, place: i + 1, siblings: branch.nodes.length, parent };
      lines.push({ kind: 'node', node, expanded: open, ...place });
      if (open && node.path !== prefix) walk(node.path, level + 1, lines.length - 1);
    });
  };
  walk('', 1, -1);
  return lines;
}

/** Prefixes that must be loaded to draw the tree: the root and every expanded one in sight. */
export function missingBranches(branches: Branches, expanded: ReadonlySet<string>): string[] {
  return flattenTree(branches, expanded).flatMap((line) =>
    line.kind === 'note' && !branches.has(line.prefix) ? [line.prefix] : [],
  );
}

/** The prefix of which `name` is a direct child: what stands before its last separator. */
export function parentPrefix(name: string): string {
  const trimmed = name.replace(/[./]+$/, '');
  const cut = Math.max(trimmed.lastIndexOf('.'), trimmed.lastIndexOf('/'));
  return cut <= 0 ? '' : trimmed.slice(0, cut).replace(/[./]+$/, '');
}

const MAIN_SHARE = 0.8;

/** The one folder that holds nearly all tensors, if there is such a one. */
export function mainFolder(nodes: readonly TensorTreeNode[]): TensorTreeNode | undefined {
  const all = nodes.reduce((sum, node) => sum + node.tensors, 0);
  return nodes.find((node) => !isLeaf(node) && node.tensors >= all * MAIN_SHARE);
}
