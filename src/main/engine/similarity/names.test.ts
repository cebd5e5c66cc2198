import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normalisedName, normalisedNames, suffixOf } from './names';

/** Two spellings of one tensor, as published files have them. */
const pairs: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  wrappers: [
    ['module.layer1.0.conv1.weight', 'layer1.0.conv1.weight'],
    ['_orig_mod.transformer.h.0.ln_1.weight', 'h.0.ln_1.weight'],
    ['module._orig_mod.model.layers.0.mlp.up_proj.weight', 'model.layers.0.mlp.up_proj.weight'],
    ['_orig_mod.module.layers.0.mlp.up_proj.weight', 'layers.0.mlp.up_proj.weight'],
    ['model.layers.3.self_attn._orig_mod.q_proj.weight', 'layers.3.self_attn.q_proj.weight'],
    ['state_dict.model.fc.bias', 'fc.bias'],
    ['model_state_dict.backbone.stem.weight', 'backbone.stem.weight'],
    ['_fsdp_wrapped_module.lm_head.weight', 'lm_head.weight'],
    ['layers.1._checkpoint_wrapped_module.mlp.fc1.weight', 'layers.1.mlp.fc1.weight'],
    [
      'model.diffusion_model.input_blocks.1.0.in_layers.0.weight',
      'input_blocks.1.0.in_layers.0.weight',
    ],
    [
      'model.diffusion_model.double_blocks.7.img_attn.qkv.weight',
      'double_blocks.7.img_attn.qkv.weight',
    ],
    ['diffusion_model.joint_blocks.0.x_block.mlp.fc1.bias', 'joint_blocks.0.x_block.mlp.fc1.bias'],
    ['first_stage_model.decoder.conv_in.weight', 'decoder.conv_in.weight'],
    ['vae.decoder.mid.attn_1.q.weight', 'decoder.mid.attn_1.q.weight'],
    [
      'cond_stage_model.transformer.text_model.encoder.layers.3.mlp.fc1.weight',
      'text_model.encoder.layers.3.mlp.fc1.weight',
    ],
    [
      'conditioner.embedders.0.transformer.text_model.final_layer_norm.bias',
      'text_model.final_layer_norm.bias',
    ],
    [
      'text_encoders.clip_l.transformer.text_model.embeddings.token_embedding.weight',
      'text_model.embeddings.token_embedding.weight',
    ],
    [
      'text_encoders.t5xxl.transformer.encoder.block.0.layer.0.SelfAttention.q.weight',
      'encoder.block.0.layer.0.SelfAttention.q.weight',
    ],
    ['language_model.model.layers.0.mlp.up_proj.weight', 'model.layers.0.mlp.up_proj.weight'],
    [
      'bert.encoder.layer.0.attention.self.query.weight',
      'encoder.layer.0.attention.self.query.weight',
    ],
    ['roberta.embeddings.word_embeddings.weight', 'embeddings.word_embeddings.weight'],
    ['gpt_neox.layers.5.attention.dense.weight', 'layers.5.attention.dense.weight'],
    ['_model.encoder.0.reparam_conv.weight', 'encoder.0.reparam_conv.weight'],
  ],
  'GGUF and Llama, Qwen, Gemma': [
    ['token_embd.weight', 'model.embed_tokens.weight'],
    ['output_norm.weight', 'model.norm.weight'],
    ['output.weight', 'lm_head.weight'],
    ['blk.0.attn_q.weight', 'model.layers.0.self_attn.q_proj.weight'],
    ['blk.11.attn_k.weight', 'layers.11.self_attn.k_proj.weight'],
    ['blk.11.attn_v.bias', 'model.layers.11.self_attn.v_proj.bias'],
    ['blk.2.attn_output.weight', 'model.layers.2.self_attn.o_proj.weight'],
    ['blk.2.attn_norm.weight', 'model.layers.2.input_layernorm.weight'],
    ['blk.2.ffn_norm.weight', 'model.layers.2.post_attention_layernorm.weight'],
    ['blk.2.ffn_gate.weight', 'model.layers.2.mlp.gate_proj.weight'],
    ['blk.2.ffn_up.weight', 'model.layers.2.mlp.up_proj.weight'],
    ['blk.2.ffn_down.weight', 'model.layers.2.mlp.down_proj.weight'],
    ['blk.2.attn_q_norm.weight', 'model.layers.2.self_attn.q_norm.weight'],
    ['blk.2.attn_k_norm.weight', 'model.layers.2.self_attn.k_norm.weight'],
    ['blk.9.post_ffw_norm.weight', 'model.layers.9.post_feedforward_layernorm.weight'],
    ['blk.9.ffn_norm.weight', 'model.layers.9.pre_feedforward_layernorm.weight'],
    ['blk.0.attn_qkv.weight', 'model.layers.0.self_attn.qkv_proj.weight'],
    ['blk.0.ffn_up.weight', 'model.layers.0.mlp.gate_up_proj.weight'],
  ],
  "Meta's Llama": [
    ['tok_embeddings.weight', 'model.embed_tokens.weight'],
    ['norm.weight', 'model.norm.weight'],
    ['layers.0.attention.wq.weight', 'model.layers.0.self_attn.q_proj.weight'],
    ['layers.0.attention.wo.weight', 'blk.0.attn_output.weight'],
    ['layers.0.feed_forward.w1.weight', 'model.layers.0.mlp.gate_proj.weight'],
    ['layers.0.feed_forward.w2.weight', 'blk.0.ffn_down.weight'],
    ['layers.0.feed_forward.w3.weight', 'model.layers.0.mlp.up_proj.weight'],
    ['layers.0.attention_norm.weight', 'model.layers.0.input_layernorm.weight'],
    ['layers.0.ffn_norm.weight', 'model.layers.0.post_attention_layernorm.weight'],
  ],
  'experts, in parts': [
    ['blk.1.ffn_gate_inp.weight', 'model.layers.1.block_sparse_moe.gate.weight'],
    ['blk.1.ffn_gate.3.weight', 'model.layers.1.block_sparse_moe.experts.3.w1.weight'],
    ['model.layers.1.mlp.experts.3.down_proj.weight', 'blk.1.ffn_down.3.weight'],
    ['blk.1.ffn_up_shexp.weight', 'model.layers.1.mlp.shared_expert.up_proj.weight'],
  ],
  'GPT-2, NeoX, Qwen 1, BLOOM, Phi': [
    ['wte.weight', 'transformer.wte.weight'],
    ['token_embd.weight', 'transformer.wte.weight'],
    ['position_embd.weight', 'wpe.weight'],
    ['blk.0.attn_qkv.weight', 'transformer.h.0.attn.c_attn.weight'],
    ['blk.0.attn_qkv.bias', 'h.0.attn.c_attn.bias'],
    ['blk.0.attn_output.weight', 'transformer.h.0.attn.c_proj.weight'],
    ['blk.0.ffn_up.weight', 'transformer.h.0.mlp.c_fc.weight'],
    ['blk.0.ffn_down.bias', 'transformer.h.0.mlp.c_proj.bias'],
    ['blk.0.attn_norm.bias', 'transformer.h.0.ln_1.bias'],
    ['blk.0.ffn_norm.weight', 'transformer.h.0.ln_2.weight'],
    ['output_norm.bias', 'transformer.ln_f.bias'],
    ['blk.4.attn_qkv.weight', 'gpt_neox.layers.4.attention.query_key_value.weight'],
    ['blk.4.ffn_up.weight', 'gpt_neox.layers.4.mlp.dense_h_to_4h.weight'],
    ['blk.4.ffn_gate.weight', 'transformer.h.4.mlp.w2.weight'],
    ['blk.4.attn_qkv.weight', 'transformer.h.4.self_attention.query_key_value.weight'],
    ['blk.4.attn_output.weight', 'model.layers.4.self_attn.dense.weight'],
    ['blk.4.ffn_down.weight', 'model.layers.4.mlp.fc2.weight'],
  ],
  'BERT, T5, Whisper': [
    ['bert.embeddings.LayerNorm.gamma', 'embeddings.LayerNorm.weight'],
    ['bert.encoder.layer.3.output.LayerNorm.beta', 'encoder.layer.3.output.LayerNorm.bias'],
    ['blk.3.attn_q.weight', 'bert.encoder.layer.3.attention.self.query.weight'],
    ['blk.3.attn_output.bias', 'encoder.layer.3.attention.output.dense.bias'],
    ['blk.3.attn_output_norm.weight', 'encoder.layer.3.attention.output.LayerNorm.weight'],
    ['blk.3.layer_output_norm.bias', 'encoder.layer.3.output.LayerNorm.bias'],
    ['blk.3.ffn_up.weight', 'encoder.layer.3.intermediate.dense.weight'],
    ['blk.3.ffn_down.weight', 'encoder.layer.3.output.dense.weight'],
    ['token_types.weight', 'bert.embeddings.token_type_embeddings.weight'],
    ['enc.blk.0.attn_q.weight', 'encoder.block.0.layer.0.SelfAttention.q.weight'],
    ['enc.blk.0.ffn_norm.weight', 'encoder.block.0.layer.1.layer_norm.weight'],
    ['enc.blk.0.ffn_gate.weight', 'encoder.block.0.layer.1.DenseReluDense.wi_0.weight'],
    ['dec.blk.5.cross_attn_k.weight', 'decoder.block.5.layer.1.EncDecAttention.k.weight'],
    ['dec.blk.5.cross_attn_norm.weight', 'decoder.block.5.layer.1.layer_norm.weight'],
    ['dec.blk.5.ffn_down.weight', 'decoder.block.5.layer.2.DenseReluDense.wo.weight'],
    ['enc.output_norm.weight', 'encoder.final_layer_norm.weight'],
    ['token_embd.weight', 'shared.weight'],
    ['encoder.blocks.0.attn.query.weight', 'model.encoder.layers.0.self_attn.q_proj.weight'],
    ['encoder.blocks.0.attn_ln.bias', 'model.encoder.layers.0.self_attn_layer_norm.bias'],
    [
      'decoder.blocks.1.cross_attn.out.weight',
      'model.decoder.layers.1.encoder_attn.out_proj.weight',
    ],
    ['decoder.blocks.1.mlp.0.weight', 'model.decoder.layers.1.fc1.weight'],
    ['decoder.blocks.1.mlp_ln.weight', 'model.decoder.layers.1.final_layer_norm.weight'],
    ['decoder.positional_embedding', 'model.decoder.embed_positions.weight'],
    ['decoder.token_embedding.weight', 'model.decoder.embed_tokens.weight'],
  ],
  'ONNX, NumPy and TensorFlow': [
    [
      '/encoder/layer.0/attention/self/query/MatMul.weight',
      'encoder.layer.0.attention.self.query.weight',
    ],
    ['/conv1/weight', 'conv1.weight'],
    ['model.layers.0.attn.q_proj.MatMul.weight', 'model.layers.0.self_attn.q_proj.weight'],
    [
      'bert/encoder/layer_7/attention/self/query/kernel:0',
      'bert.encoder.layer.7.attention.self.query.weight',
    ],
    ['/conv0/W', 'conv0.weight'],
    ['conv0/b', 'conv0.bias'],
    ['bn1/moving_variance:0', 'bn1.running_var'],
  ],
  'adapters and parametrisations': [
    [
      'base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight',
      'model.layers.0.self_attn.q_proj.lora_A.default.weight',
    ],
    [
      'blk.0.attn_q.lora_B.weight',
      'base_model.model.model.layers.0.self_attn.q_proj.lora_B.weight',
    ],
    [
      'unet.mid_block.attentions.0.proj_in.lora.down.weight',
      'mid_block.attentions.0.proj_in.lora_A.weight',
    ],
    ['model.layers.0.self_attn.q_proj.base_layer.weight', 'model.layers.0.self_attn.q_proj.weight'],
    ['conv.parametrizations.weight.original0', 'conv.weight_g'],
    ['conv.parametrizations.weight.original1', 'conv.weight_v'],
    ['decoder.mid_block.attentions.0.query.weight', 'decoder.mid_block.attentions.0.to_q.weight'],
    [
      'encoder.mid_block.attentions.0.proj_attn.bias',
      'encoder.mid_block.attentions.0.to_out.0.bias',
    ],
  ],
};

/** Tensors of one model, all distinct. */
const models: Readonly<Record<string, readonly string[]>> = {
  'Stable Diffusion': [
    'model.diffusion_model.input_blocks.0.0.weight',
    'model.diffusion_model.out.0.weight',
    'model_ema.diffusion_modelinput_blocks00weight',
    'first_stage_model.encoder.conv_in.weight',
    'first_stage_model.decoder.conv_in.weight',
    'cond_stage_model.transformer.text_model.encoder.layers.0.self_attn.q_proj.weight',
    'cond_stage_model.transformer.text_model.encoder.layers.0.layer_norm1.weight',
    'cond_stage_model.transformer.text_model.encoder.layers.0.layer_norm2.weight',
  ],
  'T5 decoder block': [
    'decoder.block.0.layer.0.SelfAttention.q.weight',
    'decoder.block.0.layer.0.layer_norm.weight',
    'decoder.block.0.layer.1.EncDecAttention.q.weight',
    'decoder.block.0.layer.1.layer_norm.weight',
    'decoder.block.0.layer.2.DenseReluDense.wi_0.weight',
    'decoder.block.0.layer.2.DenseReluDense.wi_1.weight',
    'decoder.block.0.layer.2.DenseReluDense.wo.weight',
    'decoder.block.0.layer.2.layer_norm.weight',
    'encoder.block.0.layer.0.SelfAttention.q.weight',
    'encoder.block.0.layer.1.layer_norm.weight',
  ],
  'BERT block': [
    'bert.encoder.layer.0.attention.self.query.weight',
    'bert.encoder.layer.0.attention.self.query.bias',
    'bert.encoder.layer.0.attention.output.dense.weight',
    'bert.encoder.layer.0.attention.output.LayerNorm.weight',
    'bert.encoder.layer.0.output.dense.weight',
    'bert.encoder.layer.0.output.LayerNorm.weight',
    'bert.encoder.layer.0.intermediate.dense.weight',
    'bert.pooler.dense.weight',
  ],
  Whisper: [
    'decoder.blocks.0.attn.query.weight',
    'decoder.blocks.0.cross_attn.query.weight',
    'decoder.blocks.0.attn_ln.weight',
    'decoder.blocks.0.cross_attn_ln.weight',
    'decoder.blocks.0.mlp_ln.weight',
    'decoder.ln.weight',
    'encoder.ln_post.weight',
    'encoder.blocks.0.attn.query.weight',
  ],
};

describe('normalisedName', () => {
  for (const [group, rows] of Object.entries(pairs)) {
    it.each(rows)(`gives two spellings one name (${group}): %s = %s`, (one, other) => {
      expect(normalisedName(one)).toBe(normalisedName(other));
    });
  }

  it('is tested on sixty pairs and more', () => {
    expect(Object.values(pairs).flat().length).toBeGreaterThanOrEqual(60);
  });

  it.each([
    ['layers.1.mlp.up_proj.weight', 'layers.11.mlp.up_proj.weight'],
    ['layers.1.mlp.up_proj.weight', 'layers.1.mlp.up_proj.bias'],
    ['blk.0.attn_k.weight', 'blk.0.attn_k_norm.weight'],
    ['encoder.layers.0.fc1.weight', 'decoder.layers.0.fc1.weight'],
    ['text_model.encoder.layers.0.mlp.fc1.weight', 'vision_model.encoder.layers.0.mlp.fc1.weight'],
    ['blk.1.ffn_gate.3.weight', 'blk.1.ffn_gate.4.weight'],
    ['q_proj.lora_A.weight', 'q_proj.lora_B.weight'],
    ['conv.weight_g', 'conv.weight_v'],
  ])('keeps %s apart from %s', (one, other) => {
    expect(normalisedName(one)).not.toBe(normalisedName(other));
  });

  it.each(['onnx::MatMul_123', 'onnx::Conv_45'])('leaves the numbered %s as it is', (name) => {
    expect(normalisedName(name)).toBe(name);
  });

  it('gives any text that is more than separators a name, in bounded length', () => {
    const part = fc.constantFrom(
      'module',
      'model',
      'blk',
      '0',
      'attn_q',
      'weight',
      '',
      'h',
      'ln_f',
    );
    const name = fc.oneof(
      fc.string(),
      fc.array(part).map((parts) => parts.join('.')),
    );
    fc.assert(
      fc.property(name, (one) => {
        const normal = normalisedName(one);
        expect(normal.length > 0 || one.replace(/[./]/g, '') === '').toBe(true);
        expect(normal.length).toBeLessThanOrEqual(2 * one.length + 40);
      }),
      { seed: 7 },
    );
  });
});

describe('normalisedNames', () => {
  it.each(Object.entries(models))('merges no two tensors of %s', (_, names) => {
    expect(new Set(normalisedNames(names)).size).toBe(names.length);
    expect(normalisedNames(names)).not.toContain(undefined);
  });

  it('leaves out what two tensors of one model would both be called', () => {
    const names = ['model.norm.weight', 'module.norm.weight', 'lm_head.weight'];
    expect(normalisedNames(names)).toEqual([undefined, undefined, 'lm_head.weight']);
  });

  it("tells the four norms of Gemma's blocks apart, and finds them in GGUF", () => {
    const norms = ['input_layernorm', 'post_attention_layernorm', 'pre_feedforward_layernorm'];
    const ours = [...norms, 'post_feedforward_layernorm'].map((n) => `model.layers.0.${n}.weight`);
    const gguf = ['attn_norm', 'post_attention_norm', 'ffn_norm', 'post_ffw_norm'];
    expect(normalisedNames(ours)).toEqual(normalisedNames(gguf.map((n) => `blk.0.${n}.weight`)));
    expect(new Set(normalisedNames(ours)).size).toBe(4);
  });
});

describe('suffixOf', () => {
  it('gives the last parts of a name', () => {
    expect(suffixOf('a.b.c', 1)).toBe('c');
    expect(suffixOf('a.b.c', 2)).toBe('b.c');
    expect(suffixOf('a.b.c', 9)).toBe('a.b.c');
    expect(suffixOf('', 1)).toBe('');
  });
});
