import type { FragmentType } from '../../../shared/domain';

/** A tensor's name taken apart; everything in lower case. */
interface NameParts {
  /** Between dots, slashes and colons, without a trailing `weight` and the like; as tokens. */
  readonly parts: readonly (readonly string[])[];
  /** The tokens of all parts. */
  readonly all: ReadonlySet<string>;
  /** The last part that is not a number: `to_out` of `attn1.to_out.0.weight`. */
  readonly last: readonly string[];
  /** The word that was dropped from the end: `weight`, `bias`, `qweight` … */
  readonly parameter: string;
}

const set = (words: string): ReadonlySet<string> => new Set(words.split(' '));

const parameterWords = set(
  'weight bias weights kernel qweight qzeros scales scale zeros gamma beta data',
);
const adapterWords = set('lora lycoris loha lokr hada dora ia adapter adapters');
const positionWords = set(
  'position positions positional pos wpe rope rotary alibi relpos posemb timing',
);
const normWords = set(
  'norm norms layernorm rmsnorm groupnorm batchnorm instancenorm ln bn gn lnorm rms',
);
const embeddingWords = set(
  'embed embeds embedding embeddings embd emb embedder embedders wte shared vocab',
);
const attentionWords = set(
  'attn attention mha multihead selfattention crossattention selfattn crossattn',
);
const feedForwardWords = set('mlp mlps ff ffn ffw feedforward intermediate relu');
const expertWords = set('expert experts moe exps shexp router');
const convolutionWords = set('conv convs convolution convolutions deconv dwconv');
const headParts = set(
  'head heads classifier score predictions logits qa_outputs embed_out text_projection ' +
    'visual_projection output_projection',
);
const outputWords = set('o out output dense wo proj');
const projectionWords = set('proj projection to lin linear attn attention w');

/**
 * What a tensor does, told from its full name by tokens (never substrings) and, where names leave
 * it open, by its shape. Total and pure: any name gives a type, `generic` when nothing is known.
 */
export function fragmentTypeOf(name: string, shape: readonly number[]): FragmentType {
  const parts = nameParts(name);
  const sides = shape.filter((side) => side !== 1).length;
  if (isAdapter(name, parts)) return 'adapter';
  if (shape.length < 4 && has(parts.all, positionWords)) return 'position';
  if (isPosition(parts)) return 'position';
  if (parts.parameter === 'bias') return 'bias';
  if (sides <= 1 && isNorm(parts)) return 'normalization';
  if (isHead(parts)) return 'output-head';
  if (has(parts.all, expertWords) || isRouter(parts)) return 'expert';
  const inBlock = blockType(parts);
  if (inBlock !== undefined) return inBlock;
  if (shape.length < 4 && isEmbedding(parts)) return 'embedding';
  if (has(parts.all, convolutionWords) || shape.length >= 4 || sides === 3) return 'convolution';
  if (shape.length === 1 && parts.parameter === 'weight') return 'normalization';
  return 'generic';
}

function nameParts(name: string): NameParts {
  const parts = name.split(/[./:]+/).map(tokensOf);
  const tail = parts.at(-1) ?? [];
  const word = tail.at(-1) ?? '';
  const parameter = parameterWords.has(word) ? word : '';
  if (parameter !== '') parts[parts.length - 1] = tail.slice(0, -1);
  // Scales that quantisers put beside a weight: `weight_scale_inv`, `weight_packed`.
  else if (tail[0] === 'weight') parts[parts.length - 1] = [];
  const filled = parts.filter((tokens) => tokens.length > 0);
  return {
    parts: filled,
    all: new Set(filled.flat()),
    last: filled.findLast((tokens) => tokens.some((token) => !/^\d+$/.test(token))) ?? [],
    parameter,
  };
}

/** Words and numbers: `q_proj`, `LayerNorm`, `conv2d` → `q proj`, `layer norm`, `conv 2 d`. */
function tokensOf(text: string): string[] {
  const tokens = text.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+/g) ?? [];
  return tokens.map((token) => token.toLowerCase());
}

function has(tokens: Iterable<string>, words: ReadonlySet<string>): boolean {
  for (const token of tokens) if (words.has(token)) return true;
  return false;
}

const joined = (tokens: readonly string[]) => tokens.join('_');

function isAdapter(name: string, { all }: NameParts): boolean {
  // cloneofsimo/lora names its matrices `unet:0:up`, `text_encoder:3:down`.
  return has(all, adapterWords) || /^\w+:\d+:(up|down)$/.test(name);
}

function isPosition({ all, parts }: NameParts): boolean {
  if (all.has('inv') && all.has('freq')) return true;
  return parts.some((tokens) => joined(tokens) === 'relative_attention_bias');
}

function isNorm({ all }: NameParts): boolean {
  if (has(all, normWords)) return true;
  return all.has('running') && (all.has('mean') || all.has('var'));
}

/** Whatever turns the last hidden state into the model's answer. */
function isHead({ parts }: NameParts): boolean {
  const first = parts[0] ?? [];
  if (joined(first) === 'cls' && parts.length > 1) return true;
  if (parts.length === 1 && ['output', 'fc', 'proj_out'].includes(joined(first))) return true;
  return parts.some(
    (tokens, at) =>
      headParts.has(joined(tokens)) ||
      (tokens.at(-1) === 'head' && tokens.at(-2) !== 'multi') ||
      (joined(tokens) === 'final_layer' && joined(parts[at + 1] ?? []) === 'linear'),
  );
}

/** GGUF's name for the layer that chooses experts: `ffn_gate_inp`. */
function isRouter({ last }: NameParts): boolean {
  return last.includes('gate') && last.includes('inp');
}

function isEmbedding({ parts, all }: NameParts): boolean {
  return has(all, embeddingWords) || parts.some((tokens) => joined(tokens) === 'cls_token');
}

/** Attention and feed-forward parts; the innermost part that says which decides. */
function blockType(name: NameParts): FragmentType | undefined {
  const { parts, last } = name;
  const context = contextOf(parts);
  if (context !== 'feed-forward') {
    const projection = projectionType(last, context === 'attention');
    if (projection !== undefined) return projection;
  }
  if (context === 'attention') return has(last, outputWords) ? 'attention-output' : undefined;
  return context === 'feed-forward' || isFeedForwardByName(name) ? 'feed-forward' : undefined;
}

function contextOf(
  parts: readonly (readonly string[])[],
): 'attention' | 'feed-forward' | undefined {
  for (const tokens of [...parts].reverse()) {
    if (has(tokens, attentionWords)) return 'attention';
    if (has(tokens, feedForwardWords)) return 'feed-forward';
    if (tokens.includes('feed') && tokens.includes('forward')) return 'feed-forward';
  }
  return undefined;
}

function projectionType(last: readonly string[], inAttention: boolean): FragmentType | undefined {
  const is = (...words: string[]) => words.some((word) => last.includes(word));
  const fused = is('qkv', 'wqkv', 'kqv') || (is('query', 'q') && is('key', 'k'));
  const named = inAttention || has(last, projectionWords) || last.length === 1;
  if (fused) return 'attention-qkv';
  if (inAttention && ['c_attn', 'in_proj', 'kv'].includes(joined(last))) return 'attention-qkv';
  if (named && is('kv')) return 'attention-qkv';
  const letters = inAttention || (has(last, projectionWords) && last.length > 1);
  if (is('query', 'wq') || (letters && is('q'))) return 'attention-query';
  if (is('wk') || (named && is('key')) || (letters && is('k'))) return 'attention-key';
  if (is('wv') || (named && is('value')) || (letters && is('v'))) return 'attention-value';
  return ['o_proj', 'proj_attn'].includes(joined(last)) ? 'attention-output' : undefined;
}

/** Feed-forward layers whose names have no part for it: `fc1`, `gate_proj`, BERT's `output.dense`. */
function isFeedForwardByName({ parts, last }: NameParts): boolean {
  if (last[0] === 'fc' && parts.length > 1) return true;
  if (last.includes('proj') && ['gate', 'up', 'down'].some((word) => last.includes(word))) {
    return true;
  }
  const [before, end] = parts.slice(-2).map(joined);
  return parts.length > 2 && before === 'output' && end === 'dense';
}
