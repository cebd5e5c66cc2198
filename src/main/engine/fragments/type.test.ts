import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type FragmentType, fragmentTypes } from '../../../shared/domain';
import { fragmentTypeOf } from './type';

type Row = readonly [name: string, shape: readonly number[], type: FragmentType];

/** Real names, with shapes as in the published files. */
const families: Readonly<Record<string, readonly Row[]>> = {
  Llama: [
    ['model.embed_tokens.weight', [128256, 4096], 'embedding'],
    ['model.layers.12.self_attn.q_proj.weight', [4096, 4096], 'attention-query'],
    ['model.layers.12.self_attn.k_proj.weight', [1024, 4096], 'attention-key'],
    ['model.layers.12.self_attn.v_proj.weight', [1024, 4096], 'attention-value'],
    ['model.layers.12.self_attn.o_proj.weight', [4096, 4096], 'attention-output'],
    ['model.layers.12.self_attn.rotary_emb.inv_freq', [64], 'position'],
    ['model.layers.12.mlp.gate_proj.weight', [14336, 4096], 'feed-forward'],
    ['model.layers.12.mlp.up_proj.weight', [14336, 4096], 'feed-forward'],
    ['model.layers.12.mlp.down_proj.weight', [4096, 14336], 'feed-forward'],
    ['model.layers.12.input_layernorm.weight', [4096], 'normalization'],
    ['model.layers.12.post_attention_layernorm.weight', [4096], 'normalization'],
    ['model.norm.weight', [4096], 'normalization'],
    ['lm_head.weight', [128256, 4096], 'output-head'],
    ['tok_embeddings.weight', [32000, 4096], 'embedding'],
    ['layers.0.attention.wq.weight', [4096, 4096], 'attention-query'],
    ['layers.0.attention.wk.weight', [4096, 4096], 'attention-key'],
    ['layers.0.attention.wv.weight', [4096, 4096], 'attention-value'],
    ['layers.0.attention.wo.weight', [4096, 4096], 'attention-output'],
    ['layers.0.feed_forward.w1.weight', [11008, 4096], 'feed-forward'],
    ['layers.0.attention_norm.weight', [4096], 'normalization'],
    ['layers.0.ffn_norm.weight', [4096], 'normalization'],
    ['norm.weight', [4096], 'normalization'],
    ['output.weight', [32000, 4096], 'output-head'],
    ['rope.freqs', [64], 'position'],
    ['model.layers.0.self_attn.q_proj.qweight', [512, 4096], 'attention-query'],
    ['model.layers.0.self_attn.q_proj.weight_scale_inv', [32, 32], 'attention-query'],
  ],
  Qwen: [
    ['model.layers.0.self_attn.q_proj.bias', [3584], 'bias'],
    ['model.layers.0.self_attn.q_norm.weight', [128], 'normalization'],
    ['model.layers.0.self_attn.k_norm.weight', [128], 'normalization'],
    ['transformer.h.0.attn.c_attn.weight', [12288, 4096], 'attention-qkv'],
    ['transformer.h.0.attn.c_proj.weight', [4096, 4096], 'attention-output'],
    ['transformer.h.0.mlp.w1.weight', [11008, 4096], 'feed-forward'],
    ['model.layers.0.mlp.experts.5.down_proj.weight', [2048, 1408], 'expert'],
    ['model.layers.0.mlp.shared_expert.gate_proj.weight', [5632, 2048], 'expert'],
    ['visual.patch_embed.proj.weight', [1280, 3, 2, 14, 14], 'convolution'],
    ['visual.blocks.0.attn.qkv.weight', [3840, 1280], 'attention-qkv'],
    ['visual.blocks.0.attn.proj.weight', [1280, 1280], 'attention-output'],
    ['visual.blocks.0.norm1.weight', [1280], 'normalization'],
  ],
  Gemma: [
    ['model.layers.3.pre_feedforward_layernorm.weight', [2304], 'normalization'],
    ['model.layers.3.post_feedforward_layernorm.weight', [2304], 'normalization'],
    ['model.layers.3.self_attn.o_proj.weight', [2304, 2048], 'attention-output'],
    ['language_model.model.layers.0.mlp.up_proj.weight', [15360, 3840], 'feed-forward'],
  ],
  Mistral: [
    ['layers.1.attention.wo.weight', [4096, 4096], 'attention-output'],
    ['layers.1.feed_forward.w3.weight', [14336, 4096], 'feed-forward'],
  ],
  Mixtral: [
    ['model.layers.0.block_sparse_moe.gate.weight', [8, 4096], 'expert'],
    ['model.layers.0.block_sparse_moe.experts.7.w2.weight', [4096, 14336], 'expert'],
    ['model.layers.0.self_attn.k_proj.weight', [1024, 4096], 'attention-key'],
  ],
  DeepSeek: [
    ['model.layers.0.self_attn.q_a_proj.weight', [1536, 7168], 'attention-query'],
    ['model.layers.0.self_attn.q_a_layernorm.weight', [1536], 'normalization'],
    ['model.layers.0.self_attn.kv_a_proj_with_mqa.weight', [576, 7168], 'attention-qkv'],
    ['model.layers.0.self_attn.kv_b_proj.weight', [32768, 512], 'attention-qkv'],
    ['model.layers.3.mlp.gate.e_score_correction_bias', [256], 'bias'],
  ],
  Phi: [
    ['model.layers.0.self_attn.qkv_proj.weight', [9216, 3072], 'attention-qkv'],
    ['model.layers.0.mlp.gate_up_proj.weight', [16384, 3072], 'feed-forward'],
  ],
  'GPT-2': [
    ['wte.weight', [50257, 768], 'embedding'],
    ['wpe.weight', [1024, 768], 'position'],
    ['h.0.ln_1.weight', [768], 'normalization'],
    ['h.0.ln_1.bias', [768], 'bias'],
    ['h.0.attn.c_attn.weight', [768, 2304], 'attention-qkv'],
    ['h.0.attn.c_attn.bias', [2304], 'bias'],
    ['h.0.attn.c_proj.weight', [768, 768], 'attention-output'],
    ['h.0.mlp.c_fc.weight', [768, 3072], 'feed-forward'],
    ['h.0.mlp.c_proj.weight', [3072, 768], 'feed-forward'],
    ['ln_f.weight', [768], 'normalization'],
  ],
  'GPT-NeoX': [
    ['gpt_neox.embed_in.weight', [50432, 6144], 'embedding'],
    ['embed_out.weight', [50432, 6144], 'output-head'],
    ['gpt_neox.layers.0.attention.query_key_value.weight', [18432, 6144], 'attention-qkv'],
    ['gpt_neox.layers.0.attention.dense.weight', [6144, 6144], 'attention-output'],
    ['gpt_neox.layers.0.mlp.dense_h_to_4h.weight', [24576, 6144], 'feed-forward'],
  ],
  BERT: [
    ['bert.embeddings.word_embeddings.weight', [30522, 768], 'embedding'],
    ['bert.embeddings.position_embeddings.weight', [512, 768], 'position'],
    ['bert.embeddings.token_type_embeddings.weight', [2, 768], 'embedding'],
    ['bert.embeddings.LayerNorm.weight', [768], 'normalization'],
    ['bert.embeddings.LayerNorm.gamma', [768], 'normalization'],
    ['bert.encoder.layer.0.attention.self.query.weight', [768, 768], 'attention-query'],
    ['bert.encoder.layer.0.attention.self.key.weight', [768, 768], 'attention-key'],
    ['bert.encoder.layer.0.attention.self.value.weight', [768, 768], 'attention-value'],
    ['bert.encoder.layer.0.attention.output.dense.weight', [768, 768], 'attention-output'],
    ['bert.encoder.layer.0.attention.output.LayerNorm.weight', [768], 'normalization'],
    ['bert.encoder.layer.0.intermediate.dense.weight', [3072, 768], 'feed-forward'],
    ['bert.encoder.layer.0.output.dense.weight', [768, 3072], 'feed-forward'],
    ['bert.encoder.layer.0.output.dense.bias', [768], 'bias'],
    ['bert.pooler.dense.weight', [768, 768], 'generic'],
    ['cls.predictions.decoder.weight', [30522, 768], 'output-head'],
    ['classifier.weight', [2, 768], 'output-head'],
  ],
  RoBERTa: [
    ['roberta.encoder.layer.3.attention.self.value.weight', [768, 768], 'attention-value'],
    ['lm_head.dense.weight', [768, 768], 'output-head'],
    ['classifier.out_proj.weight', [2, 768], 'output-head'],
    ['distilbert.transformer.layer.0.attention.q_lin.weight', [768, 768], 'attention-query'],
    ['distilbert.transformer.layer.0.attention.out_lin.weight', [768, 768], 'attention-output'],
    ['distilbert.transformer.layer.0.ffn.lin1.weight', [3072, 768], 'feed-forward'],
  ],
  T5: [
    ['shared.weight', [32128, 768], 'embedding'],
    ['encoder.block.0.layer.0.SelfAttention.q.weight', [768, 768], 'attention-query'],
    ['encoder.block.0.layer.0.SelfAttention.k.weight', [768, 768], 'attention-key'],
    ['encoder.block.0.layer.0.SelfAttention.v.weight', [768, 768], 'attention-value'],
    ['encoder.block.0.layer.0.SelfAttention.o.weight', [768, 768], 'attention-output'],
    ['encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight', [32, 12], 'position'],
    ['decoder.block.0.layer.1.EncDecAttention.o.weight', [768, 768], 'attention-output'],
    ['encoder.block.0.layer.1.DenseReluDense.wi_0.weight', [2048, 768], 'feed-forward'],
    ['encoder.block.0.layer.1.DenseReluDense.wo.weight', [768, 2048], 'feed-forward'],
    ['encoder.block.0.layer.1.layer_norm.weight', [768], 'normalization'],
    ['encoder.final_layer_norm.weight', [768], 'normalization'],
  ],
  CLIP: [
    ['text_model.embeddings.token_embedding.weight', [49408, 768], 'embedding'],
    ['text_model.embeddings.position_embedding.weight', [77, 768], 'position'],
    ['text_model.encoder.layers.0.self_attn.out_proj.weight', [768, 768], 'attention-output'],
    ['text_model.encoder.layers.0.mlp.fc1.weight', [3072, 768], 'feed-forward'],
    ['text_model.encoder.layers.0.layer_norm1.weight', [768], 'normalization'],
    ['vision_model.embeddings.patch_embedding.weight', [1024, 3, 14, 14], 'convolution'],
    ['vision_model.embeddings.class_embedding', [1024], 'embedding'],
    ['vision_model.pre_layrnorm.weight', [1024], 'normalization'],
    ['visual.transformer.resblocks.0.attn.in_proj_weight', [2304, 768], 'attention-qkv'],
    ['visual.transformer.resblocks.0.attn.in_proj_bias', [2304], 'bias'],
    ['visual.transformer.resblocks.0.mlp.c_fc.weight', [3072, 768], 'feed-forward'],
    ['positional_embedding', [77, 512], 'position'],
    ['text_projection.weight', [768, 768], 'output-head'],
    ['cls_token', [1, 1, 768], 'embedding'],
    ['head.weight', [1000, 768], 'output-head'],
  ],
  'SDXL UNet': [
    ['conv_in.weight', [320, 4, 3, 3], 'convolution'],
    ['time_embedding.linear_1.weight', [1280, 320], 'embedding'],
    ['down_blocks.0.resnets.0.norm1.weight', [320], 'normalization'],
    ['down_blocks.0.resnets.0.conv1.weight', [320, 320, 3, 3], 'convolution'],
    ['down_blocks.0.resnets.0.conv1.bias', [320], 'bias'],
    ['down_blocks.1.attentions.0.proj_in.weight', [640, 640], 'generic'],
    [
      'down_blocks.1.attentions.0.transformer_blocks.0.attn1.to_q.weight',
      [640, 640],
      'attention-query',
    ],
    [
      'down_blocks.1.attentions.0.transformer_blocks.0.attn2.to_k.weight',
      [640, 2048],
      'attention-key',
    ],
    [
      'down_blocks.1.attentions.0.transformer_blocks.0.attn2.to_out.0.weight',
      [640, 640],
      'attention-output',
    ],
    [
      'up_blocks.1.attentions.0.transformer_blocks.0.ff.net.0.proj.weight',
      [5120, 640],
      'feed-forward',
    ],
    ['up_blocks.1.attentions.0.transformer_blocks.0.ff.net.2.weight', [640, 2560], 'feed-forward'],
    ['conv_norm_out.weight', [320], 'normalization'],
    ['model.diffusion_model.input_blocks.0.0.weight', [320, 4, 3, 3], 'convolution'],
    ['model.diffusion_model.input_blocks.1.0.in_layers.0.weight', [320], 'normalization'],
    ['model.diffusion_model.input_blocks.1.0.in_layers.2.weight', [320, 320, 3, 3], 'convolution'],
    [
      'model.diffusion_model.input_blocks.4.1.transformer_blocks.0.attn1.to_v.weight',
      [640, 640],
      'attention-value',
    ],
    ['model.diffusion_model.input_blocks.4.1.proj_out.weight', [640, 640], 'generic'],
    ['model.diffusion_model.label_emb.0.0.weight', [1280, 2816], 'embedding'],
    ['model.diffusion_model.out.2.bias', [4], 'bias'],
  ],
  'SD3 and Flux': [
    ['transformer_blocks.0.attn.add_q_proj.weight', [1536, 1536], 'attention-query'],
    ['transformer_blocks.0.attn.to_add_out.weight', [1536, 1536], 'attention-output'],
    ['transformer_blocks.0.ff_context.net.2.weight', [1536, 6144], 'feed-forward'],
    ['transformer_blocks.0.norm1.linear.weight', [9216, 1536], 'generic'],
    ['pos_embed.proj.weight', [1536, 16, 2, 2], 'convolution'],
    ['pos_embed.pos_embed', [1, 36864, 1536], 'position'],
    ['context_embedder.weight', [1536, 4096], 'embedding'],
    ['double_blocks.0.img_attn.qkv.weight', [9216, 3072], 'attention-qkv'],
    ['double_blocks.0.txt_attn.proj.weight', [3072, 3072], 'attention-output'],
    ['double_blocks.0.img_mlp.0.weight', [12288, 3072], 'feed-forward'],
    ['double_blocks.0.img_attn.norm.query_norm.scale', [128], 'normalization'],
    ['single_transformer_blocks.0.proj_mlp.weight', [12288, 3072], 'feed-forward'],
    ['final_layer.linear.weight', [64, 3072], 'output-head'],
  ],
  VAE: [
    ['decoder.mid_block.attentions.0.to_q.weight', [512, 512], 'attention-query'],
    ['decoder.mid_block.attentions.0.query.weight', [512, 512], 'attention-query'],
    ['decoder.mid_block.attentions.0.proj_attn.weight', [512, 512], 'attention-output'],
    ['decoder.mid_block.attentions.0.group_norm.weight', [512], 'normalization'],
    ['first_stage_model.decoder.mid.attn_1.q.weight', [512, 512, 1, 1], 'attention-query'],
    ['first_stage_model.decoder.mid.attn_1.proj_out.weight', [512, 512, 1, 1], 'attention-output'],
    ['first_stage_model.encoder.down.0.downsample.conv.weight', [128, 128, 3, 3], 'convolution'],
    ['quant_conv.weight', [8, 8, 1, 1], 'convolution'],
    ['decoder.up_blocks.2.resnets.0.conv_shortcut.weight', [256, 512, 1, 1], 'convolution'],
  ],
  Whisper: [
    ['model.encoder.conv1.weight', [768, 80, 3], 'convolution'],
    ['model.encoder.embed_positions.weight', [1500, 768], 'position'],
    ['model.decoder.embed_tokens.weight', [51865, 768], 'embedding'],
    ['model.decoder.layers.0.encoder_attn.v_proj.weight', [768, 768], 'attention-value'],
    ['model.decoder.layers.0.encoder_attn_layer_norm.weight', [768], 'normalization'],
    ['model.decoder.layers.0.fc2.weight', [768, 3072], 'feed-forward'],
    ['decoder.blocks.0.cross_attn.key.weight', [768, 768], 'attention-key'],
    ['decoder.blocks.0.attn.out.weight', [768, 768], 'attention-output'],
    ['decoder.blocks.0.mlp_ln.weight', [768], 'normalization'],
    ['proj_out.weight', [51865, 768], 'output-head'],
  ],
  GGUF: [
    ['token_embd.weight', [32000, 4096], 'embedding'],
    ['blk.0.attn_q.weight', [4096, 4096], 'attention-query'],
    ['blk.0.attn_k.weight', [1024, 4096], 'attention-key'],
    ['blk.0.attn_v.weight', [1024, 4096], 'attention-value'],
    ['blk.0.attn_output.weight', [4096, 4096], 'attention-output'],
    ['blk.0.attn_qkv.weight', [12288, 4096], 'attention-qkv'],
    ['blk.0.attn_q.bias', [4096], 'bias'],
    ['blk.0.attn_norm.weight', [4096], 'normalization'],
    ['blk.0.attn_q_norm.weight', [128], 'normalization'],
    ['blk.0.ffn_gate.weight', [14336, 4096], 'feed-forward'],
    ['blk.0.ffn_up.weight', [14336, 4096], 'feed-forward'],
    ['blk.0.ffn_down.weight', [4096, 14336], 'feed-forward'],
    ['blk.0.ffn_norm.weight', [4096], 'normalization'],
    ['blk.0.ffn_gate_exps.weight', [8, 14336, 4096], 'expert'],
    ['blk.0.ffn_gate_inp.weight', [8, 4096], 'expert'],
    ['output_norm.weight', [4096], 'normalization'],
    ['output.weight', [32000, 4096], 'output-head'],
    ['rope_freqs.weight', [64], 'position'],
    ['position_embd.weight', [1024, 768], 'position'],
  ],
  LoRA: [
    ['base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight', [8, 4096], 'adapter'],
    [
      'base_model.model.roberta.encoder.layer.0.attention.self.query.lora_B.weight',
      [768, 8],
      'adapter',
    ],
    ['lora_unet_down_blocks_0_attentions_0_proj_in.lora_down.weight', [4, 320, 1, 1], 'adapter'],
    ['lora_te_text_model_encoder_layers_0_mlp_fc1.alpha', [], 'adapter'],
    ['unet:0:up', [320, 4], 'adapter'],
    ['text_encoder:3:down', [4, 768], 'adapter'],
  ],
  MobileNet: [
    ['features.0.0.weight', [32, 3, 3, 3], 'convolution'],
    ['features.0.1.weight', [32], 'normalization'],
    ['features.0.1.running_mean', [32], 'normalization'],
    ['classifier.1.weight', [1000, 1280], 'output-head'],
    ['layer1.0.bn1.weight', [64], 'normalization'],
    ['fc.weight', [1000, 512], 'output-head'],
  ],
};

describe('fragment types', () => {
  for (const [family, rows] of Object.entries(families)) {
    it(`of ${family} are told from its real names`, () => {
      const got = rows.map(([name, shape]) => [name, fragmentTypeOf(name, shape)]);
      expect(got).toEqual(rows.map(([name, , type]) => [name, type]));
    });
  }

  it('never come from a piece of a word', () => {
    const plain = [
      'model.diffusion_model.middle.weight', // "ff"
      'offset.weight', // "ff"
      'normal_map.weight', // "norm"
      'convert.weight', // "conv"
      'keyboard.weight', // "key"
      'ahead.weight', // "head"
      'unembossed.weight', // "emb"
      'deposit.weight', // "pos"
      'explorations.weight', // "lora"
    ];
    for (const name of plain)
      expect([name, fragmentTypeOf(name, [8, 8])]).toEqual([name, 'generic']);
  });

  it('exist for any name and shape whatever', () => {
    const shape = fc.array(fc.nat({ max: 1e6 }), { maxLength: 6 });
    fc.assert(
      fc.property(fc.string({ maxLength: 60 }), shape, (name, sides) => {
        expect(fragmentTypes).toContain(fragmentTypeOf(name, sides));
      }),
      { seed: 7, numRuns: 500 },
    );
  });

  it('are found quickly in a name of a million bytes', () => {
    const started = performance.now();
    fragmentTypeOf('a.b_c'.repeat(200_000), [4, 4]);
    fragmentTypeOf('A'.repeat(1_000_000), [4, 4]);
    fragmentTypeOf('Aa'.repeat(500_000), [4, 4]);
    expect(performance.now() - started).toBeLessThan(3000);
  });
});
