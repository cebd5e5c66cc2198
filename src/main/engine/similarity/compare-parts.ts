import type { FragmentType } from '../../../shared/domain';
import { fragmentTypeOf } from '../fragments/type';

/** The rows of a layer in the map, top to bottom. */
export const layerParts = ['attention', 'feed-forward', 'other'] as const;
export type LayerPart = (typeof layerParts)[number];

/**
 * What a tensor's layer does: biases, scales and adapters count as what they belong to, since
 * `q_proj.bias` and `q_proj.lora_A.weight` are parts of an attention.
 */
export function roleOf(name: string, shape: readonly number[]): FragmentType {
  const type = fragmentTypeOf(name, shape);
  if (type !== 'bias' && type !== 'adapter') return type;
  const owner = name
    .replace(/[._](?:lora|processor)[._].*$/, '')
    .replace(/[._](?:bias|beta)$/, '')
    .concat('.weight');
  // A bias has one side; its matrix has two.
  const role = fragmentTypeOf(owner, shape.length === 1 ? [...shape, 2] : shape);
  return role === 'generic' || role === 'adapter' ? type : role;
}

export function layerPartOf(name: string, shape: readonly number[]): LayerPart {
  const role = roleOf(name, shape);
  if (role.startsWith('attention-')) return 'attention';
  return role === 'feed-forward' || role === 'expert' ? 'feed-forward' : 'other';
}

const kinds: Readonly<Partial<Record<FragmentType, string>>> = {
  'attention-query': 'attention',
  'attention-key': 'attention',
  'attention-value': 'attention',
  'attention-output': 'attention',
  'attention-qkv': 'attention',
  'feed-forward': 'feed-forward',
  expert: 'experts',
  normalization: 'normalization',
  embedding: 'embeddings',
  'output-head': 'the output head',
  convolution: 'convolutions',
  adapter: 'adapters',
  position: 'positions',
  bias: 'biases',
};

/** The word for what tensors are, as in "all attention"; undefined where it is not known. */
export function kindOf(name: string, shape: readonly number[]): string | undefined {
  return kinds[roleOf(name, shape)];
}

/** One of a stack of blocks that repeat: `model.layers` and 12. */
export interface Block {
  readonly stack: string;
  readonly number: number;
}

/** The block that a tensor lies in: the first number in its name, and what stands before it. */
export function blockOf(name: string): Block | undefined {
  const match = /(?:^|[./_])(\d{1,6})(?=[./_])/.exec(name);
  return match === null
    ? undefined
    : { stack: name.slice(0, match.index), number: Number(match[1]) };
}

/** `12`, `3 and 7`, `0–5`, `12–27`; undefined where the blocks are many and not in a row. */
export function rangeOf(blocks: Iterable<number>): string | undefined {
  const sorted = [...new Set(blocks)].sort((a, b) => a - b);
  const [first, last] = [sorted[0], sorted.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  if (first === last) return `${first}`;
  if (sorted.length === 2 && last > first + 1) return `${first} and ${last}`;
  return last - first === sorted.length - 1 ? `${first}–${last}` : undefined;
}
