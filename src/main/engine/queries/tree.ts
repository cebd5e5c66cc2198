import { clipMiddle, compareNatural } from '../../../shared/base';
import type { TensorTreeNode } from '../../../shared/domain';
import type { Model, ModelTensor } from '../model/model';

/** Tensor names are paths: `model.layers.0.weight`, `/encoder/conv/weight`. */
const separators = new Set(['.', '/']);
/** Labels are shown, never sent back, so they may be clipped. */
const LABEL_CHARACTERS = 500;

/** Whether `name` is `prefix` or lies below it; every name lies below the empty prefix. */
export function isBelow(name: string, prefix: string): boolean {
  if (prefix === '') return true;
  if (!name.startsWith(prefix)) return false;
  return name.length === prefix.length || separators.has(name.charAt(prefix.length));
}

interface Group {
  tensors: number;
  byteLength: number;
  firstIndex: number;
  /** Some tensor lies below this path, rather than being it. */
  isFolder: boolean;
}

/** The nodes right below `prefix`, folders first, each in natural order. */
export function treeChildren(model: Model, prefix: string): TensorTreeNode[] {
  const groups = new Map<string, Group>();
  model.tensors.forEach((tensor, index) => {
    if (!isBelow(tensor.name, prefix)) return;
    const path = childPath(tensor.name, prefix);
    const group = groups.get(path);
    if (group === undefined) groups.set(path, newGroup(tensor, index, path));
    else extend(group, tensor, path);
  });
  return [...groups]
    .map(([path, group]) => node(path, prefix, group))
    .sort((a, b) => rank(a) - rank(b) || compareNatural(a.label, b.label));
}

const rank = (item: TensorTreeNode): number => (item.tensorIndex === undefined ? 0 : 1);

/** The name up to the end of the first non-empty part after the prefix. */
function childPath(name: string, prefix: string): string {
  let at = prefix.length;
  while (at < name.length && separators.has(name.charAt(at))) at += 1;
  while (at < name.length && !separators.has(name.charAt(at))) at += 1;
  return name.slice(0, at);
}

function newGroup(tensor: ModelTensor, index: number, path: string): Group {
  return {
    tensors: 1,
    byteLength: tensor.byteLength,
    firstIndex: index,
    isFolder: tensor.name !== path,
  };
}

function extend(group: Group, tensor: ModelTensor, path: string): void {
  group.tensors += 1;
  group.byteLength += tensor.byteLength;
  if (tensor.name !== path) group.isFolder = true;
}

function node(path: string, prefix: string, group: Group): TensorTreeNode {
  const label = path.slice(prefix.length).replace(/^[./]+/, '') || path;
  return {
    label: clipMiddle(label, LABEL_CHARACTERS),
    path,
    tensors: group.tensors,
    byteLength: group.byteLength,
    ...(group.isFolder ? {} : { tensorIndex: group.firstIndex }),
  };
}
