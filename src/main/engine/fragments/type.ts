import type { FragmentType } from '../../../shared/domain';
import { has, joined, type NameParts, nameParts, type Tokens, words } from './type-name';

const adapterWords = words(
  'lora lycoris loha lokr hada dora oft boft vera glora ia adapter adapters',
);
const positionWords = words(
  'position positions positional pos wpe rope rotary alibi relpos posemb timing',
);
const normWords = words(
  'norm norms normalization layernorm rmsnorm groupnorm batchnorm instancenorm ' +
    'ln bn gn lnorm rms',
);
const embeddingWords = words(
  'embed embeds embedding embeddings embd emb embedder embedders wte shared vocab',
);
const embedderWords = words('embedder embedders');
/** Learned vectors that stand in a sequence beside the embedded ones. */
const tokenParts = words(
  'cls_token class_token mask_token dist_token register_tokens iou_token mask_tokens token_types',
);
const attentionWords = words(
  'attn attention mha multihead selfattention crossattention selfattn crossattn',
);
const feedForwardWords = words('mlp mlps ff ffn ffw feedforward intermediate relu');
const expertWords = words('expert experts moe exps shexp router');
const convolutionWords = words(
  'conv convs convolution convolutions deconv dwconv pwconv depthwise',
);
const headWords = words('head header headers classifier');
const headParts = words(
  'head heads classifier score predictions logits qa_outputs embed_out output_layer ' +
    'text_projection visual_projection output_projection',
);
const outputWords = words('o out output dense wo proj');
const projectionWords = words('proj projection to lin linear attn attention w');

/**
 * What a tensor does, told from its full name by tokens (never substrings) and, where names leave
 * it open, by its shape. Total and pure: any name gives a type, `generic` when nothing is known.
 * The values of numbers in a name do not matter, only where they stand.
 */
export function fragmentTypeOf(name: string, shape: readonly number[]): FragmentType {
  const parts = nameParts(name);
  const rank = shape.length;
  const sides = sidesOf(shape);
  if (isAdapter(name, parts)) return 'adapter';
  if (has(parts.all, positionWords) && (rank < 4 || parts.parameter === '')) return 'position';
  if (isPosition(parts)) return 'position';
  if (parts.parameter === 'bias') return 'bias';
  if (isNorm(parts) && (sides <= 1 || isNormItself(parts))) return 'normalization';
  if (isHead(parts)) return 'output-head';
  if (has(parts.all, expertWords) || isRouter(parts)) return 'expert';
  const inBlock = blockType(parts, rank);
  if (inBlock !== undefined) return inBlock;
  if (rank < 4 && isEmbedding(parts)) return 'embedding';
  if (has(parts.all, convolutionWords) || rank >= 4 || sides === 3) return 'convolution';
  if (rank === 3 && parts.parameter === 'weight') return 'convolution';
  if (rank === 1 && parts.parameter === 'weight') return 'normalization';
  return 'generic';
}

/** The types of many tensors. A network repeats its blocks, so most names are looked at once. */
export function fragmentTypesOf(
  tensors: readonly { readonly name: string; readonly shape: readonly number[] }[],
): FragmentType[] {
  const known = new Map<string, FragmentType>();
  return tensors.map(({ name, shape }) => {
    if (name.length > 1000) return fragmentTypeOf(name, shape);
    const key = `${name.replace(/\d+/g, '0')} ${shape.length} ${sidesOf(shape)}`;
    const type = known.get(key) ?? fragmentTypeOf(name, shape);
    known.set(key, type);
    return type;
  });
}

/** In how many directions it extends. */
const sidesOf = (shape: readonly number[]): number => shape.filter((side) => side !== 1).length;

function isAdapter(name: string, { all }: NameParts): boolean {
  // cloneofsimo/lora names its matrices `unet:0:up`, `text_encoder:3:down`.
  return has(all, adapterWords) || /^\w{1,40}:\d+:(up|down)$/.test(name);
}

function isPosition({ all, parts }: NameParts): boolean {
  if (all.has('inv') && all.has('freq')) return true;
  return parts.some((tokens) => joined(tokens) === 'relative_attention_bias');
}

function isNorm({ all, last }: NameParts): boolean {
  if (has(all, normWords) || joined(last) === 'num_batches_tracked') return true;
  return all.has('running') && (all.has('mean') || all.has('var'));
}

/** Cohere's norms of several heads are matrices; a layer inside a norm (`norm1.linear`) is none. */
const isNormItself = ({ last }: NameParts): boolean =>
  has(last, normWords) && !last.includes('modulation');

/** Whatever turns the last hidden state into the model's answer. */
function isHead({ parts, last }: NameParts): boolean {
  const first = parts[0] ?? [];
  if (joined(first) === 'cls') return true;
  if (parts.length === 1 && ['output', 'fc', 'proj_out'].includes(joined(first))) return true;
  if (!isHeadPart(last) && contextOf(parts) === 'attention') return false;
  return parts.some(
    (tokens, at) =>
      isHeadPart(tokens) ||
      (joined(tokens) === 'final_layer' && joined(parts[at + 1] ?? []) === 'linear'),
  );
}

function isHeadPart(tokens: Tokens): boolean {
  if (headParts.has(joined(tokens))) return true;
  if (!headWords.has(tokens.at(-1) ?? '')) return false;
  return !['multi', 'conv'].includes(tokens.at(-2) ?? '');
}

/** What chooses experts: GGUF's `ffn_gate_inp`, `mlp.gate` of Qwen and DeepSeek. */
function isRouter({ parts, last }: NameParts): boolean {
  if (last.includes('gate') && last.includes('inp')) return true;
  return parts.slice(-2).map(joined).join('.') === 'mlp.gate';
}

function isEmbedding({ parts, all }: NameParts): boolean {
  return has(all, embeddingWords) || parts.some((tokens) => tokenParts.has(joined(tokens)));
}

/** Attention and feed-forward parts; the innermost part that says which decides. */
function blockType(name: NameParts, rank: number): FragmentType | undefined {
  const { parts, last } = name;
  const context = contextOf(parts);
  if (context !== 'feed-forward') {
    const projection = projectionType(name, context === 'attention');
    if (projection !== undefined) return projection;
  }
  if (context === 'attention') return has(last, outputWords) ? 'attention-output' : undefined;
  // Time and label embedders are small networks of their own: `t_embedder.mlp.0`.
  if (context === 'feed-forward') {
    return has(name.all, embedderWords) ? undefined : 'feed-forward';
  }
  return rank < 4 && isFeedForwardByName(name) ? 'feed-forward' : undefined;
}

function contextOf(parts: readonly Tokens[]): 'attention' | 'feed-forward' | undefined {
  for (const tokens of [...parts].reverse()) {
    if (has(tokens, attentionWords)) return 'attention';
    if (has(tokens, feedForwardWords)) return 'feed-forward';
    if (tokens.includes('feed') && tokens.includes('forward')) return 'feed-forward';
  }
  return undefined;
}

function projectionType({ last, parameter }: NameParts, inAttention: boolean) {
  const is = (...some: string[]) => some.some((word) => last.includes(word));
  const fused = is('qkv', 'wqkv', 'kqv', 'qkvz') || (is('query', 'q') && is('key', 'k'));
  // A word that stands alone counts where it names a layer: `query.weight`, not `Shape.value`.
  const alone = last.length === 1 && parameter !== '';
  const named = inAttention || has(last, projectionWords) || alone;
  if (fused) return 'attention-qkv';
  if (inAttention && ['c_attn', 'in_proj', 'kv'].includes(joined(last))) return 'attention-qkv';
  if (named && is('kv')) return 'attention-qkv';
  const letters = inAttention || (has(last, projectionWords) && last.length > 1);
  if (is('wq') || (named && is('query')) || (letters && is('q'))) return 'attention-query';
  if (is('wk') || (named && is('key')) || (letters && is('k'))) return 'attention-key';
  if (is('wv') || (named && is('value')) || (letters && is('v'))) return 'attention-value';
  return ['o_proj', 'proj_attn'].includes(joined(last)) ? 'attention-output' : undefined;
}

/** Feed-forward layers whose names have no part for it: `fc1`, `gate_proj`, BERT's `output.dense`. */
function isFeedForwardByName(name: NameParts): boolean {
  const { parts, last } = name;
  // A fully connected layer inside a norm makes that norm's scale and shift.
  if (last.includes('fc') && parts.length > 1) return !isNorm(name);
  if (last.includes('proj') && ['gate', 'up', 'down'].some((word) => last.includes(word))) {
    return true;
  }
  const [before, end] = parts.slice(-2).map(joined);
  return parts.length > 2 && before === 'output' && end === 'dense';
}
