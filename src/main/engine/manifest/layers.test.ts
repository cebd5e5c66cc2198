import { describe, expect, it } from 'vitest';
import { layerNameOf, layersOf } from './layers';

describe('layers', () => {
  const tensor = (name: string) => ({
    name,
    shape: name.includes('norm') ? [16] : [4, 4],
    length: 32,
  });
  const order = (...names: string[]) => layersOf(names.map(tensor)).map((layer) => layer.name);

  it('are the names up to the part after the first number', () => {
    expect(layerNameOf('model.layers.12.self_attn.q_proj.weight')).toBe(
      'model.layers.12.self_attn',
    );
    expect(layerNameOf('model.layers.12.input_layernorm.weight')).toBe(
      'model.layers.12.input_layernorm',
    );
    expect(layerNameOf('model.layers.0.mlp.experts.7.w2.weight')).toBe('model.layers.0.mlp');
    expect(layerNameOf('blk.0.attn_q.weight')).toBe('blk.0.attn_q');
    expect(layerNameOf('features.0.weight')).toBe('features.0');
    expect(layerNameOf('0.weight')).toBe('0');
    expect(layerNameOf('lm_head.weight')).toBe('lm_head');
    expect(layerNameOf('positional_embedding')).toBe('positional_embedding');
    expect(layerNameOf('')).toBe('');
  });

  it('load embeddings first, blocks by number, norm and head last, optimizer state after all', () => {
    expect(
      order(
        'lm_head.weight',
        'model.layers.10.mlp.up_proj.weight',
        'model.layers.2.self_attn.q_proj.weight',
        'model.layers.2.mlp.up_proj.weight',
        'optimizer.state.model.embed_tokens.weight.exp_avg',
        'model.norm.weight',
        'model.embed_tokens.weight',
        'model.layers.1.mlp.up_proj.weight',
      ),
    ).toEqual([
      'model.embed_tokens',
      'model.layers.1.mlp',
      'model.layers.2.self_attn',
      'model.layers.2.mlp',
      'model.layers.10.mlp',
      'model.norm',
      'lm_head',
      'optimizer.state.model.embed_tokens.weight',
    ]);
  });

  it('keep stacks apart and otherwise follow the file', () => {
    expect(
      order(
        'decoder.layers.0.fc1.weight',
        'encoder.layers.1.fc1.weight',
        'decoder.layers.1.fc1.weight',
        'pooler.dense.weight',
        'encoder.layers.0.fc1.weight',
      ),
    ).toEqual([
      'decoder.layers.0.fc1',
      'decoder.layers.1.fc1',
      'encoder.layers.0.fc1',
      'encoder.layers.1.fc1',
      'pooler.dense',
    ]);
  });

  it('treat names such as __proto__ like any other', () => {
    expect(order('__proto__.weight', 'constructor.weight')).toEqual(['__proto__', 'constructor']);
  });
});
