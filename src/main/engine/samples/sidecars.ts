/** The JSON files beside a model's weights. The first 256 bytes of each hold `mark`. */
import type { Architecture } from './architecture';

const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;

export function configJson(mark: string, architecture: Architecture): string {
  return json({
    _generator: mark,
    architectures: ['LlamaForCausalLM'],
    model_type: 'llama',
    hidden_act: 'silu',
    hidden_size: architecture.hidden,
    intermediate_size: architecture.intermediate,
    num_hidden_layers: architecture.layers,
    num_attention_heads: architecture.heads,
    num_key_value_heads: architecture.heads / 2,
    vocab_size: architecture.vocabulary,
    max_position_embeddings: 4096,
    rms_norm_eps: 0.00001,
    rope_theta: 10000,
    tie_word_embeddings: false,
    bos_token_id: 1,
    eos_token_id: 2,
    torch_dtype: 'bfloat16',
  });
}

export function generationConfigJson(mark: string, greedy: boolean): string {
  const sampling = greedy
    ? { do_sample: false }
    : { do_sample: true, temperature: 0.7, top_p: 0.9 };
  return json({ _generator: mark, bos_token_id: 1, eos_token_id: 2, ...sampling });
}

/** Which shard holds which tensor; `total` is the tensors' bytes. */
export function indexJson(
  mark: string,
  total: number,
  shardOf: readonly (readonly [string, string])[],
): string {
  const sorted = [...shardOf].sort(([a], [b]) => (a < b ? -1 : 1));
  return json({
    metadata: { generator: mark, total_size: total },
    weight_map: Object.fromEntries(sorted),
  });
}

const onsets = 'b c d f g h j k l m n p r s t v w z br ch cl dr fl gr pl sh st th tr'.split(' ');
const vowels = 'a e i o u ai ea ie oa ou'.split(' ');

/** A tokenizer of `size` made-up tokens in the layout of the tokenizers library. */
export function tokenizerJson(mark: string, size: number): string {
  const special = ['<unk>', '<s>', '</s>'];
  const tokens = Array.from({ length: size }, (_, id) => special[id] ?? word(id - special.length));
  return json({
    version: '1.0',
    generator: mark,
    added_tokens: special.map((content, id) => ({ id, content, special: true })),
    model: {
      type: 'BPE',
      vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
      merges: [],
    },
  });
}

/** The `rank`th word of syllables; every rank gives another word. */
function word(rank: number): string {
  const syllables = onsets.length * vowels.length;
  let rest = rank;
  let text = '';
  do {
    const syllable = rest % syllables;
    text = `${onsets[syllable % onsets.length]}${vowels[Math.floor(syllable / onsets.length)]}${text}`;
    rest = Math.floor(rest / syllables) - 1;
  } while (rest >= 0);
  return `▁${text}`;
}
