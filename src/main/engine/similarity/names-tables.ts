/**
 * Spellings of the same tensor by different writers, as the canonical one: Hugging Face's Llama
 * (`layers.0.self_attn.q_proj`). Sources: llama.cpp's gguf-py/gguf/tensor_mapping.py, the state
 * dictionaries of transformers, of Meta's llama, of openai/whisper and of google/flax models.
 */

const words = (text: string): readonly string[] => text.split(/\s+/).filter((word) => word !== '');

function table(spellings: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const [canonical, others] of Object.entries(spellings)) {
    for (const other of words(others)) found.set(other, canonical);
  }
  return found;
}

/** First parts that say how a network was wrapped, not what a tensor is. */
export const wrapperParts: ReadonlySet<string> = new Set(
  words(`module model _model _orig_mod _forward_module _fsdp_wrapped_module transformer base_model
    state_dict model_state_dict params diffusion_model first_stage_model cond_stage_model
    language_model net network student vae unet bert roberta distilbert albert electra deberta
    xlm-roberta camembert vit gpt_neox wav2vec2 hubert`),
);

/** Wrappers with a name of their own, at the beginning: text encoders inside image models. */
export const wrapperPatterns: readonly RegExp[] = [
  /^text_encoders\.[^.]+\.(?:transformer|model)\./,
  /^conditioner\.embedders\.\d+\.(?:transformer|model)\./,
];

/** Parts that compilers, trainers and adapters put anywhere into a name. */
export const insertedParts: ReadonlySet<string> = new Set(
  words(`_orig_mod module _fsdp_wrapped_module _checkpoint_wrapped_module _forward_module
    base_layer _module`),
);

/** What holds the numbered blocks of a network. */
export const blockContainers: ReadonlyMap<string, string> = new Map([
  ['blk', 'layers'],
  ['h', 'layers'],
  ['layers', 'layers'],
  ['decoder.layers', 'decoder.layers'],
  ['encoder.layers', 'encoder.layers'],
  ['encoder.layer', 'layers'],
  ['layer', 'layers'],
  ['encoder.block', 'encoder.layers'],
  ['decoder.block', 'decoder.layers'],
  ['enc.blk', 'encoder.layers'],
  ['dec.blk', 'decoder.layers'],
  ['encoder.blocks', 'encoder.layers'],
  ['decoder.blocks', 'decoder.layers'],
  ['v.blk', 'vision_model.encoder.layers'],
  ['t.blk', 'text_model.encoder.layers'],
  ['vision_model.encoder.layers', 'vision_model.encoder.layers'],
  ['text_model.encoder.layers', 'text_model.encoder.layers'],
]);

/** Parts of a block, without the parameter's name at their end. */
export const blockParts = table({
  'self_attn.q_proj': `attn_q attn.q_proj attention.wq attention.self.query attn.query
    attention.attention.query attention.q_lin SelfAttention.q layer.0.SelfAttention.q`,
  'self_attn.k_proj': `attn_k attn.k_proj attention.wk attention.self.key attn.key
    attention.attention.key attention.k_lin layer.0.SelfAttention.k`,
  'self_attn.v_proj': `attn_v attn.v_proj attention.wv attention.self.value attn.value
    attention.attention.value attention.v_lin layer.0.SelfAttention.v`,
  'self_attn.o_proj': `attn_output attn_out attn.o_proj attn.out_proj attn.c_proj attention.wo
    attention.output.dense attention.dense attention.out_lin self_attn.dense self_attn.out_proj
    self_attention.dense attn.out layer.0.SelfAttention.o`,
  'self_attn.qkv_proj': `attn_qkv attn.c_attn attn.qkv_proj attention.query_key_value
    self_attention.query_key_value attention.wqkv`,
  'self_attn.q_norm': 'attn_q_norm attn.q_norm self_attn.q_layernorm attention.q_norm',
  'self_attn.k_norm': 'attn_k_norm attn.k_norm self_attn.k_layernorm attention.k_norm',
  'self_attn.relative_attention_bias': 'attn_rel_b layer.0.SelfAttention.relative_attention_bias',
  'encoder_attn.q_proj': 'cross_attn_q cross_attn.query layer.1.EncDecAttention.q',
  'encoder_attn.k_proj': 'cross_attn_k cross_attn.key layer.1.EncDecAttention.k',
  'encoder_attn.v_proj': 'cross_attn_v cross_attn.value layer.1.EncDecAttention.v',
  'encoder_attn.o_proj': `cross_attn_o cross_attn.out encoder_attn.out_proj
    layer.1.EncDecAttention.o`,
  input_layernorm: `attn_norm attention_norm ln_1 ln1 self_attn_layer_norm attn_ln layernorm_before
    layer.0.layer_norm layer_norm1`,
  post_attention_layernorm: `ffn_norm ln_2 ln2 pre_feedforward_layernorm layernorm_after
    layer_norm2 mlp_ln final_layer_norm`,
  post_feedforward_layernorm: 'post_ffw_norm',
  encoder_attn_layer_norm: 'cross_attn_norm cross_attn_ln',
  attention_output_norm: 'attn_output_norm attention.output.LayerNorm sa_layer_norm',
  layer_output_norm: 'output.LayerNorm output_layer_norm',
  'mlp.gate_proj': 'ffn_gate feed_forward.w1 layer.1.DenseReluDense.wi_0',
  'mlp.up_proj': `ffn_up feed_forward.w3 mlp.c_fc mlp.fc1 mlp.fc_in fc1 intermediate.dense mlp.0
    mlp.dense_h_to_4h mlp.gate_up_proj ffn.lin1 layer.1.DenseReluDense.wi
    layer.1.DenseReluDense.wi_1`,
  'mlp.down_proj': `ffn_down feed_forward.w2 mlp.c_proj mlp.fc2 mlp.fc_out fc2 output.dense mlp.2
    mlp.dense_4h_to_h ffn.lin2 layer.1.DenseReluDense.wo`,
  'mlp.gate': 'ffn_gate_inp block_sparse_moe.gate feed_forward.gate',
  'mlp.shared_expert_gate': 'ffn_gate_inp_shexp',
  'mlp.shared_expert.gate_proj': 'ffn_gate_shexp mlp.shared_experts.gate_proj',
  'mlp.shared_expert.up_proj': 'ffn_up_shexp mlp.shared_experts.up_proj',
  'mlp.shared_expert.down_proj': 'ffn_down_shexp mlp.shared_experts.down_proj',
});

/** T5's decoder has a cross-attention between the two, so its numbers mean other parts. */
export const decoderParts = table({
  encoder_attn_layer_norm: 'layer.1.layer_norm',
  post_attention_layernorm: 'layer.2.layer_norm',
  'mlp.gate_proj': 'layer.2.DenseReluDense.wi_0',
  'mlp.up_proj': 'layer.2.DenseReluDense.wi layer.2.DenseReluDense.wi_1',
  'mlp.down_proj': 'layer.2.DenseReluDense.wo',
});

export const encoderParts = table({ post_attention_layernorm: 'layer.1.layer_norm' });

/** Qwen's first generation, in blocks named `h`: w2 is the gate. */
export const qwenParts = table({ 'mlp.up_proj': 'mlp.w1', 'mlp.gate_proj': 'mlp.w2' });

/** Parts of one expert; its number stays. */
export const expertParts = table({
  gate_proj: 'w1 gate_proj ffn_gate',
  up_proj: 'w3 up_proj ffn_up',
  down_proj: 'w2 down_proj ffn_down',
});

/** Parts outside the blocks, without the parameter's name. */
export const outerParts = table({
  embed_tokens: `token_embd tok_embeddings wte word_embeddings embed_in shared
    embeddings.word_embeddings`,
  position_embeddings: 'position_embd wpe embeddings.position_embeddings',
  token_type_embeddings: 'token_types embeddings.token_type_embeddings',
  embeddings_norm: 'token_embd_norm embeddings.LayerNorm word_embeddings_layernorm',
  norm: 'output_norm ln_f final_layernorm final_layer_norm',
  lm_head: 'output embed_out',
  'encoder.norm': 'enc.output_norm encoder.final_layer_norm encoder.ln_post encoder.layer_norm',
  'decoder.norm': 'dec.output_norm decoder.final_layer_norm decoder.ln decoder.layer_norm',
  'decoder.embed_tokens': 'decoder.token_embedding',
  'decoder.embed_positions': 'decoder.positional_embedding',
  'encoder.embed_positions': 'encoder.positional_embedding',
});

/** Last parts: what kind of parameter it is. */
export const parameterParts = table({
  weight: 'gamma kernel W embedding',
  bias: 'beta b',
  running_mean: 'moving_mean avg_mean',
  running_var: 'moving_variance avg_var',
});

/** Ends of names, whole parts. */
export const endings: readonly (readonly [RegExp, string])[] = [
  [/\.parametrizations\.weight\.original0$/, '.weight_g'],
  [/\.parametrizations\.weight\.original1$/, '.weight_v'],
  [/\.(lora_(?:embedding_)?[AB])\.(?:default|adapter)\.weight$/, '.$1.weight'],
  [/\.(?:lora_down|lora\.down|lora_linear_layer\.down)\.weight$/, '.lora_A.weight'],
  [/\.(?:lora_up|lora\.up|lora_linear_layer\.up)\.weight$/, '.lora_B.weight'],
  [/\.(?:MatMul|Gemm|Conv|Add)\.(weight|bias)$/, '.$1'],
  [/\.attentions\.(\d+)\.query\.(weight|bias)$/, '.attentions.$1.to_q.$2'],
  [/\.attentions\.(\d+)\.key\.(weight|bias)$/, '.attentions.$1.to_k.$2'],
  [/\.attentions\.(\d+)\.value\.(weight|bias)$/, '.attentions.$1.to_v.$2'],
  [/\.attentions\.(\d+)\.proj_attn\.(weight|bias)$/, '.attentions.$1.to_out.0.$2'],
];
