import type { ManifestLayer, ManifestTensor } from '../../../shared/domain';
import { fragmentTypeOf } from '../fragments/type';

export type LayerTensor = Pick<ManifestTensor, 'name' | 'shape' | 'length'>;

const isNumber = (part: string) => /^\d+$/.test(part);

/**
 * The layer that a tensor belongs to: its name up to the part after the first number
 * (`model.layers.12.self_attn`), or, without a number, its name without the last part
 * (`model.embed_tokens`). Never the whole name, unless that has one part only.
 */
export function layerNameOf(tensor: string): string {
  const parts = tensor.split('.');
  const number = parts.findIndex(isNumber);
  const length = number < 0 ? parts.length - 1 : Math.min(number + 2, parts.length - 1);
  return length < 1 ? tensor : parts.slice(0, length).join('.');
}

interface Draft {
  readonly name: string;
  readonly tensors: number[];
  totalBytes: number;
}

/** What sorts a layer: stage, stack of blocks, number in it, order in the files. */
type Rank = readonly [stage: number, stack: number, block: number, order: number];

/**
 * Groups tensors into layers, in load order: what turns input into vectors first, then the blocks
 * of each stack by their number, then closing norms and heads, then optimizer state; otherwise as
 * the files have them. Indexes refer to `tensors`.
 */
export function layersOf(tensors: readonly LayerTensor[]): ManifestLayer[] {
  const drafts = new Map<string, Draft>();
  tensors.forEach((tensor, index) => {
    const name = layerNameOf(tensor.name);
    const draft = drafts.get(name) ?? { name, tensors: [], totalBytes: 0 };
    drafts.set(name, draft);
    draft.tensors.push(index);
    draft.totalBytes += tensor.length;
  });
  const stacks = new Map<string, number>();
  const ranked = [...drafts.values()].map((draft, order) => ({
    draft,
    rank: rankOf(draft, tensors[draft.tensors[0] ?? -1], stacks, order),
  }));
  ranked.sort((a, b) => compareRanks(a.rank, b.rank));
  return ranked.map(({ draft }, priority) => ({
    name: draft.name,
    priority,
    totalBytes: draft.totalBytes,
    tensors: draft.tensors,
  }));
}

function rankOf(
  { name }: Draft,
  first: LayerTensor | undefined,
  stacks: Map<string, number>,
  order: number,
): Rank {
  const parts = name.split('.');
  const number = parts.findIndex(isNumber);
  const stack = number < 0 ? name : parts.slice(0, number).join('.');
  const stackOrder = stacks.get(stack) ?? stacks.size;
  stacks.set(stack, stackOrder);
  const stage = stageOf(parts, number, first);
  const inStack = number < 0 ? 0 : Math.min(Number(parts[number]), Number.MAX_SAFE_INTEGER);
  return [stage, stage === MIDDLE ? stackOrder : 0, inStack, order];
}

const START = 0;
const MIDDLE = 1;
const CLOSING_NORM = 2;
const HEAD = 3;
const OPTIMIZER = 4;

function stageOf(parts: readonly string[], number: number, first: LayerTensor | undefined): number {
  if (parts[0] === 'optimizer') return OPTIMIZER;
  if (number >= 0) return MIDDLE;
  const types = parts.map((part) => fragmentTypeOf(`${part}.weight`, [2, 2]));
  if (types.includes('embedding') || types.includes('position')) return START;
  const type = first === undefined ? 'generic' : fragmentTypeOf(first.name, first.shape);
  if (type === 'normalization') return CLOSING_NORM;
  return type === 'output-head' ? HEAD : MIDDLE;
}

function compareRanks(a: Rank, b: Rank): number {
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2] || a[3] - b[3];
}
