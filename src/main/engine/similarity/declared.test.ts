import { describe, expect, it } from 'vitest';
import type { ModelId } from '../../../shared/base';
import { answers, declaredBases, modelNameOf, namesOf } from './declared';
import type { FamilyModel } from './families-input';

const modelAt = (folder: string, name: string, rest: Partial<FamilyModel> = {}): FamilyModel => ({
  model: { id: '0'.repeat(16) as ModelId, name, tensors: [] },
  logicalBytes: 0,
  format: 'safetensors',
  folder,
  facts: {},
  metadata: {},
  ...rest,
});

const matches = (text: string, model: FamilyModel): number => {
  const name = modelNameOf(text);
  return name === undefined ? 0 : answers(name, namesOf(model));
};

describe('declared bases', () => {
  const hub = modelAt('/hf/models--Qwen--Qwen2-7B/snapshots/abc', 'Qwen2-7B');

  it.each(['Qwen/Qwen2-7B', 'https://huggingface.co/Qwen/Qwen2-7B', 'qwen/qwen2-7b/'])(
    'name a model in a hub’s cache by its full id: %s',
    (text) => expect(matches(text, hub)).toBe(2),
  );

  it('match by the last part where an owner is not known', () => {
    expect(matches('Qwen2-7B', hub)).toBe(1);
    expect(matches('/data/models/qwen2-7b', hub)).toBe(1);
    expect(matches('Qwen/Qwen2-7B', modelAt('/models/qwen2-7b', 'model'))).toBe(1);
    expect(matches('v1-5-pruned.safetensors', modelAt('/sd', 'v1-5-pruned'))).toBe(1);
    expect(matches('Meta Llama 3.1 8B', modelAt('/x', 'Meta-Llama-3.1-8B'))).toBe(1);
  });

  it('never match another owner’s, a similar or an empty name', () => {
    expect(matches('unsloth/Qwen2-7B', hub)).toBe(0);
    expect(matches('Qwen/Qwen2-7B-Instruct', hub)).toBe(0);
    for (const text of ['', './', '.', 'model', '/tmp/checkpoint-500', 'outputs', '7', '../..']) {
      expect(matches(text, modelAt('/models/model', 'checkpoint-500'))).toBe(0);
    }
  });

  it('are read from metadata, a Hub’s card and adapters’ files, surest first', () => {
    const model = modelAt('/m', 'm', {
      metadata: {
        'general.base_model.0.organization': 'Meta Llama',
        'general.base_model.0.name': 'Llama 3 8B',
        base_model: ['org/name', 'org/other'],
        'adapter_config.json': { base_model_name_or_path: 'roberta-base' },
        'config.json': { _name_or_path: 'gpt2' },
      },
    });
    expect(declaredBases(model).map(({ text, weak }) => [text, weak])).toEqual([
      ['general.base_model.0: Meta Llama/Llama 3 8B', false],
      ['base_model: roberta-base', false],
      ['base_model: org/name', false],
      ['_name_or_path: gpt2', true],
    ]);
  });

  it('believe no inherited property and no value of another type', () => {
    const metadata = { base_model: 7, 'config.json': ['x'], 'adapter_config.json': 'constructor' };
    expect(declaredBases(modelAt('/m', 'm', { metadata }))).toEqual([]);
  });
});
