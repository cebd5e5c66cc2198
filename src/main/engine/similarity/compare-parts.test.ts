import { describe, expect, it } from 'vitest';
import { blockOf, kindOf, layerPartOf, rangeOf } from './compare-parts';

describe('layerPartOf', () => {
  it.each([
    ['model.layers.0.self_attn.q_proj.weight', [64, 64], 'attention'],
    ['model.layers.0.self_attn.q_proj.bias', [64], 'attention'],
    ['h.0.attn.c_attn.weight', [64, 192], 'attention'],
    ['model.layers.0.mlp.up_proj.weight', [176, 64], 'feed-forward'],
    ['h.0.mlp.c_fc.bias', [256], 'feed-forward'],
    ['model.layers.0.mlp.experts.3.up_proj.weight', [8, 8], 'feed-forward'],
    ['base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight', [8, 64], 'attention'],
    ['model.layers.0.mlp.up_proj.lora_B.weight', [176, 8], 'feed-forward'],
    ['model.layers.0.input_layernorm.weight', [64], 'other'],
    ['model.embed_tokens.weight', [160, 64], 'other'],
    ['conv1.weight', [8, 3, 3, 3], 'other'],
    ['onnx::MatMul_12', [64, 64], 'other'],
  ] as const)('puts %s into its part', (name, shape, part) => {
    expect(layerPartOf(name, shape)).toBe(part);
  });
});

describe('kindOf', () => {
  it('has a word for what it knows and none for the rest', () => {
    expect(kindOf('model.layers.0.self_attn.v_proj.bias', [64])).toBe('attention');
    expect(kindOf('model.norm.weight', [64])).toBe('normalization');
    expect(kindOf('x.lora_A.weight', [8, 64])).toBe('adapters');
    expect(kindOf('onnx::MatMul_12', [64, 64])).toBeUndefined();
  });
});

describe('blocks', () => {
  it('are named by what stands before their number', () => {
    expect(blockOf('model.layers.12.mlp.up_proj.weight')).toEqual({
      stack: 'model.layers',
      number: 12,
    });
    expect(blockOf('3.weight')).toEqual({ stack: '', number: 3 });
    expect(blockOf('conv1.weight')).toBeUndefined();
  });

  it.each([
    [[3], '3'],
    [[1, 0], '0–1'],
    [[7, 3], '3 and 7'],
    [[12, 14, 13], '12–14'],
    [[1, 2, 4], undefined],
    [[], undefined],
  ])('%j are told as %s', (numbers, range) => {
    expect(rangeOf(numbers)).toBe(range);
  });
});
