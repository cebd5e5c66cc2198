/** Sizes of a decoder-only transformer of the Llama kind, and its tensors in file order. */
export interface Architecture {
  readonly hidden: number;
  readonly layers: number;
  readonly heads: number;
  /** Width of keys and values together over their heads (grouped-query attention). */
  readonly keyValue: number;
  readonly intermediate: number;
  readonly vocabulary: number;
}

export type Role =
  | 'embedding'
  | 'query'
  | 'key'
  | 'value'
  | 'output'
  | 'gate'
  | 'up'
  | 'down'
  | 'input-norm'
  | 'post-norm'
  | 'final-norm'
  | 'head';

/** One weight tensor; `layer` is -1 outside the blocks. */
export interface Weight {
  readonly name: string;
  readonly role: Role;
  readonly layer: number;
  readonly shape: readonly number[];
}

export const attentionRoles: ReadonlySet<Role> = new Set(['query', 'key', 'value', 'output']);

const sides = (hidden: number) => ({
  hidden,
  heads: Math.max(2, hidden / 64),
  keyValue: hidden / 2,
  intermediate: Math.ceil((hidden * 8) / 3 / 32) * 32,
  vocabulary: Math.min(32_000, hidden * 40),
});

function perLayer({ hidden, keyValue, intermediate }: ReturnType<typeof sides>): number {
  return 2 * hidden * hidden + 2 * hidden * keyValue + 3 * hidden * intermediate + 2 * hidden;
}

function outsideLayers({ hidden, vocabulary }: ReturnType<typeof sides>): number {
  return 2 * vocabulary * hidden + hidden;
}

export function parametersOf(architecture: Architecture): number {
  return outsideLayers(architecture) + architecture.layers * perLayer(architecture);
}

const widths = [
  16, 32, 64, 128, 256, 384, 512, 640, 768, 1024, 1280, 1536, 2048, 2560, 3072, 4096, 5120, 6144,
  8192,
];
const FEWEST_LAYERS = 2;

/**
 * The architecture nearest below `parameters`: the widest that leaves room for about one layer per
 * 64 units of width (at most 32), then as many layers as fit. Never smaller than width 16, 2 layers.
 */
export function architectureFor(parameters: number): Architecture {
  const wanted = (hidden: number) => Math.max(FEWEST_LAYERS, Math.min(32, hidden / 64));
  const fits = (hidden: number) => {
    const side = sides(hidden);
    return outsideLayers(side) + wanted(hidden) * perLayer(side) <= parameters;
  };
  const side = sides(widths.findLast(fits) ?? 16);
  const layers = Math.floor((parameters - outsideLayers(side)) / perLayer(side));
  return { ...side, layers: Math.max(FEWEST_LAYERS, Math.min(256, layers)) };
}

/** All weights with their Hugging Face names, in the order in which a file holds them. */
export function weightsOf(architecture: Architecture): readonly Weight[] {
  const { hidden, keyValue, intermediate, vocabulary } = architecture;
  const outside = (name: string, role: Role, shape: readonly number[]): Weight => ({
    name,
    role,
    layer: -1,
    shape,
  });
  const block = (layer: number): Weight[] => {
    const weight = (part: string, role: Role, ...shape: number[]): Weight => ({
      name: `model.layers.${layer}.${part}.weight`,
      role,
      layer,
      shape,
    });
    return [
      weight('input_layernorm', 'input-norm', hidden),
      weight('self_attn.q_proj', 'query', hidden, hidden),
      weight('self_attn.k_proj', 'key', keyValue, hidden),
      weight('self_attn.v_proj', 'value', keyValue, hidden),
      weight('self_attn.o_proj', 'output', hidden, hidden),
      weight('post_attention_layernorm', 'post-norm', hidden),
      weight('mlp.gate_proj', 'gate', intermediate, hidden),
      weight('mlp.up_proj', 'up', intermediate, hidden),
      weight('mlp.down_proj', 'down', hidden, intermediate),
    ];
  };
  return [
    outside('model.embed_tokens.weight', 'embedding', [vocabulary, hidden]),
    ...Array.from({ length: architecture.layers }, (_, layer) => block(layer)).flat(),
    outside('model.norm.weight', 'final-norm', [hidden]),
    outside('lm_head.weight', 'head', [vocabulary, hidden]),
  ];
}

const originalParts: Readonly<Record<Role, string>> = {
  embedding: 'tok_embeddings',
  query: 'attention.wq',
  key: 'attention.wk',
  value: 'attention.wv',
  output: 'attention.wo',
  gate: 'feed_forward.w1',
  up: 'feed_forward.w3',
  down: 'feed_forward.w2',
  'input-norm': 'attention_norm',
  'post-norm': 'ffn_norm',
  'final-norm': 'norm',
  head: 'output',
};

/** The name that the original (not Hugging Face) Llama release gives the same weight. */
export function originalName(weight: Weight): string {
  const prefix = weight.layer < 0 ? '' : `layers.${weight.layer}.`;
  return `${prefix}${originalParts[weight.role]}.weight`;
}
