import { normalisedName } from './names';
import type { SimilarModel, SimilarTensor } from './types';

/** One layer that an adapter changes: its product B·A has the layer's shape. */
export interface AdapterLayer {
  /** Spellings of the layer's name, parts joined by `_`; empty where the adapter names none. */
  readonly names: readonly string[];
  readonly out: number;
  readonly in: number;
}

export interface AdapterShape {
  readonly layers: readonly AdapterLayer[];
  /** Equal for adapters of equal layers. */
  readonly key: string;
}

type Half = 'down' | 'up';

/**
 * How the factors are called: PEFT's and diffusers' `lora_A`/`lora_B` (also lower case, as in GGUF),
 * sd-scripts' `lora_down`/`lora_up`, diffusers' attention processors `to_q_lora.down`, LyCORIS's
 * LoHa first factors, and cloneofsimo/lora's `unet:0:down`.
 */
const factors: readonly (readonly [RegExp, Half])[] = [
  [/\.lora_(?:embedding_)?a(?:\.[\w-]+){0,2}$/i, 'down'],
  [/\.lora_(?:embedding_)?b(?:\.[\w-]+){0,2}$/i, 'up'],
  [/\.lora_down(?:\.weight)?$/, 'down'],
  [/\.lora_up(?:\.weight)?$/, 'up'],
  [/[._]lora(?:_linear_layer)?\.down\.weight$/, 'down'],
  [/[._]lora(?:_linear_layer)?\.up\.weight$/, 'up'],
  [/\.hada_w1_b$/, 'down'],
  [/\.hada_w1_a$/, 'up'],
  [/:\d+:down$/, 'down'],
  [/:\d+:up$/, 'up'],
];

/** An adapter's pairs hold at least this share of its bytes: a base that kept a few is none. */
const MIN_PAIR_BYTES = 0.5;
const MIN_LAYERS = 2;

/**
 * The layers that a model's tensors would change, if it is an adapter of low rank; undefined if it
 * is none. Shapes: A is [r, in], B [out, r]; of convolutions [r, in, kh, kw] and [out, r, 1, 1].
 */
export function adapterOf(model: SimilarModel): AdapterShape | undefined {
  const named = namedPairs(model);
  const pairs = named.size > 0 ? [...named.values()] : numberedPairs(model);
  const layers: AdapterLayer[] = [];
  let bytes = 0;
  for (const { down, up, base } of pairs) {
    const layer = down && up && layerOf(down, up, base);
    if (layer === undefined) continue;
    layers.push(layer);
    bytes += (down?.byteLength ?? 0) + (up?.byteLength ?? 0);
  }
  const all = model.tensors.reduce((sum, { byteLength }) => sum + byteLength, 0);
  if (layers.length < MIN_LAYERS || bytes < all * MIN_PAIR_BYTES) return undefined;
  const key = layers.map((layer) => `${layer.names[0] ?? ''}:${layer.out}x${layer.in}`).sort();
  return { layers, key: key.join('\n') };
}

interface Pair {
  down?: SimilarTensor;
  up?: SimilarTensor;
  /** The layer's name as it stands; empty: none. */
  readonly base: string;
}

function namedPairs({ tensors }: SimilarModel): Map<string, Pair> {
  const pairs = new Map<string, Pair>();
  for (const tensor of tensors) {
    const factor = factors.find(([pattern]) => pattern.test(tensor.name));
    if (factor === undefined) continue;
    const key = tensor.name.replace(factor[0], (suffix) =>
      suffix.startsWith(':') ? suffix.replace(/[a-z]+$/, '') : '',
    );
    const pair = pairs.get(key) ?? { base: key.includes(':') ? '' : key };
    pair[factor[1]] = tensor;
    pairs.set(key, pair);
  }
  return pairs;
}

/** cloneofsimo/lora's .pt: a bare list, B before A of each layer. Every tensor must fit that. */
function numberedPairs({ tensors }: SimilarModel): Pair[] {
  const pairs: Pair[] = [];
  if (tensors.length % 2 !== 0) return [];
  for (let at = 0; at < tensors.length; at += 2) {
    const [up, down] = [tensors[at], tensors[at + 1]];
    const isPair = up?.name === String(at) && down?.name === String(at + 1);
    if (!isPair || layerOf(down, up, '') === undefined) return [];
    pairs.push({ up, down, base: '' });
  }
  return pairs;
}

function layerOf(down: SimilarTensor, up: SimilarTensor, base: string): AdapterLayer | undefined {
  const [rank = 0, input = 0] = down.shape;
  const [out = 0, upRank = 0] = up.shape;
  if (down.shape.length < 2 || up.shape.length < 2 || rank !== upRank) return undefined;
  if (rank < 1 || rank >= Math.max(input, out)) return undefined;
  return { names: base === '' ? [] : spellings(base), out, in: input };
}

const wrappers =
  /^(?:base_model\.model\.|base_model\.|model\.diffusion_model\.|diffusion_model\.|lora_unet_|lora_transformer_|lora_prior_unet_|lora_te[123]?_|unet\.|transformer\.|text_encoder(?:_[23])?\.|te[123]?\.)/;

/** The names under which a base may have the layer. */
function spellings(name: string): string[] {
  const plain = name.replace(/\.processor(?=[._])/, '').replace(/\.weight$/, '');
  const found = new Set([
    joinedName(plain),
    joinedName(withoutWeight(normalisedName(`${plain}.weight`))),
  ]);
  let rest = plain;
  for (let once = rest.replace(wrappers, ''); once !== rest; once = rest.replace(wrappers, '')) {
    rest = once;
    found.add(joinedName(rest));
    found.add(joinedName(withoutWeight(normalisedName(`${rest}.weight`))));
  }
  for (const one of [...found]) found.add(latentDiffusionName(one));
  return [...found];
}

const withoutWeight = (name: string): string => name.replace(/\.weight$/, '');
export const joinedName = (name: string): string => name.replaceAll(/[.:/]+/g, '_');

/**
 * Diffusers' name of a Stable Diffusion UNet layer as the single-file checkpoints have it: every
 * stage has three blocks down and up, the fourth place of which changes the size
 * (diffusers, scripts/convert_original_stable_diffusion_to_diffusers.py).
 */
function latentDiffusionName(name: string): string {
  return name
    .replace(
      /^down_blocks_(\d+)_attentions_(\d+)/,
      (_, i, j) => `input_blocks_${3 * +i + +j + 1}_1`,
    )
    .replace(/^down_blocks_(\d+)_resnets_(\d+)/, (_, i, j) => `input_blocks_${3 * +i + +j + 1}_0`)
    .replace(/^down_blocks_(\d+)_downsamplers_0_conv/, (_, i) => `input_blocks_${3 * +i + 3}_0_op`)
    .replace(/^mid_block_attentions_0/, 'middle_block_1')
    .replace(/^mid_block_resnets_(\d)/, (_, j) => `middle_block_${2 * +j}`)
    .replace(/^up_blocks_(\d+)_attentions_(\d+)/, (_, i, j) => `output_blocks_${3 * +i + +j}_1`)
    .replace(/^up_blocks_(\d+)_resnets_(\d+)/, (_, i, j) => `output_blocks_${3 * +i + +j}_0`)
    .replace(
      /^(input_blocks_\d+_0|output_blocks_\d+_0|middle_block_[02])_(conv1|conv2|time_emb_proj|conv_shortcut)$/,
      (_, block, part) => `${block}_${resnetParts[part] ?? part}`,
    );
}

const resnetParts: Readonly<Record<string, string>> = {
  conv1: 'in_layers_2',
  conv2: 'out_layers_3',
  time_emb_proj: 'emb_layers_1',
  conv_shortcut: 'skip_connection',
};
