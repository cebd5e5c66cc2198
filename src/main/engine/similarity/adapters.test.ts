import { describe, expect, it } from 'vitest';
import type { ModelId } from '../../../shared/base';
import { baseIndexOf, fitOf, fits } from './adapters';
import { adapterOf } from './adapters-names';
import type { SimilarModel } from './types';

type Named = readonly (readonly [name: string, shape: readonly number[]])[];

const modelOf = (tensors: Named): SimilarModel => ({
  id: '0'.repeat(16) as ModelId,
  name: 'm',
  tensors: tensors.map(([name, shape]) => {
    const elements = shape.reduce((product, size) => product * size, 1);
    return {
      name,
      dtype: 'F32',
      shape,
      byteLength: elements * 4,
      elements,
      digest: -2,
      signed: -1,
    };
  }),
});

const fitting = (adapter: Named, base: Named) => {
  const shape = adapterOf(modelOf(adapter));
  return shape && fitOf(shape, baseIndexOf(modelOf(base)));
};

const llama: Named = [0, 1].flatMap(
  (i): Named => [
    [`model.layers.${i}.self_attn.q_proj.weight`, [64, 64]],
    [`model.layers.${i}.self_attn.k_proj.weight`, [16, 64]],
    [`model.layers.${i}.mlp.up_proj.weight`, [176, 64]],
  ],
);

/** Factors of rank 4 for two layers' q and k projections, as `spell` writes them. */
const pairs = (
  spell: (layer: number, part: string) => readonly [down: string, up: string],
): Named =>
  [0, 1].flatMap((i) =>
    (
      [
        ['q_proj', 64],
        ['k_proj', 16],
      ] as const
    ).flatMap(([part, out]): Named => {
      const [down, up] = spell(i, part);
      return [
        [down, [4, 64]],
        [up, [out, 4]],
      ];
    }),
  );

const spellings: Record<string, (layer: number, part: string) => readonly [string, string]> = {
  PEFT: (i, part) => [
    `base_model.model.model.layers.${i}.self_attn.${part}.lora_A.weight`,
    `base_model.model.model.layers.${i}.self_attn.${part}.lora_B.weight`,
  ],
  'PEFT with an adapter name': (i, part) => [
    `base_model.model.model.layers.${i}.self_attn.${part}.lora_A.default.weight`,
    `base_model.model.model.layers.${i}.self_attn.${part}.lora_B.default.weight`,
  ],
  'sd-scripts': (i, part) => [
    `lora_unet_model_layers_${i}_self_attn_${part}.lora_down.weight`,
    `lora_unet_model_layers_${i}_self_attn_${part}.lora_up.weight`,
  ],
  diffusers: (i, part) => [
    `transformer.layers.${i}.self_attn.${part}.lora_A.weight`,
    `transformer.layers.${i}.self_attn.${part}.lora_B.weight`,
  ],
  'attention processors': (i, part) => [
    `unet.layers.${i}.self_attn.processor.${part}_lora.down.weight`,
    `unet.layers.${i}.self_attn.processor.${part}_lora.up.weight`,
  ],
  GGUF: (i, part) => [
    `blk.${i}.attn_${part.charAt(0)}.weight.lora_a`,
    `blk.${i}.attn_${part.charAt(0)}.weight.lora_b`,
  ],
};

describe('adapters', () => {
  it.each(Object.entries(spellings))('fit their base as %s spells it', (_, spell) => {
    expect(fitting(pairs(spell), llama)).toEqual({ fit: 4, of: 4 });
  });

  it('fit no base of other dimensions or other layers', () => {
    const peft = pairs(spellings.PEFT ?? (() => ['', '']));
    const wider = llama.map(([name, [out = 0, input = 0]]) => [name, [out, input * 2]] as const);
    const others = llama.map(
      ([name, shape]) => [name.replace('self_attn', 'attention'), shape] as const,
    );
    for (const base of [wider, others]) {
      const found = fitting(peft, base);
      expect(found && fits(found)).toBe(false);
    }
  });

  it('fit a GGUF base by the names that its layers have elsewhere', () => {
    const gguf: Named = [0, 1].flatMap(
      (i): Named => [
        [`blk.${i}.attn_q.weight`, [64, 64]],
        [`blk.${i}.attn_k.weight`, [16, 64]],
      ],
    );
    expect(fitting(pairs(spellings.PEFT ?? (() => ['', ''])), gguf)).toEqual({ fit: 4, of: 4 });
  });

  it('fit a single-file Stable Diffusion checkpoint by diffusers’ names, convolutions too', () => {
    const adapter: Named = [
      [
        'lora_unet_down_blocks_1_attentions_0_transformer_blocks_0_attn1_to_q.lora_down.weight',
        [4, 64],
      ],
      [
        'lora_unet_down_blocks_1_attentions_0_transformer_blocks_0_attn1_to_q.lora_up.weight',
        [64, 4],
      ],
      ['lora_unet_up_blocks_2_resnets_1_conv1.lora_down.weight', [4, 96, 3, 3]],
      ['lora_unet_up_blocks_2_resnets_1_conv1.lora_up.weight', [32, 4, 1, 1]],
      ['lora_te_text_model_encoder_layers_3_mlp_fc1.lora_down.weight', [4, 48]],
      ['lora_te_text_model_encoder_layers_3_mlp_fc1.lora_up.weight', [192, 4]],
    ];
    const base: Named = [
      ['model.diffusion_model.input_blocks.4.1.transformer_blocks.0.attn1.to_q.weight', [64, 64]],
      ['model.diffusion_model.output_blocks.7.0.in_layers.2.weight', [32, 96, 3, 3]],
      ['cond_stage_model.transformer.text_model.encoder.layers.3.mlp.fc1.weight', [192, 48]],
    ];
    expect(fitting(adapter, base)).toEqual({ fit: 3, of: 3 });
  });

  const numbered = (count: number): Named =>
    Array.from({ length: count }, (_, i): Named => {
      const width = [320, 640, 1280][i % 3] ?? 0;
      return [
        [`${2 * i}`, [width, 4]],
        [`${2 * i + 1}`, [4, width + 8 * (i % 2)]],
      ];
    }).flat();
  const matrices = (count: number): Named =>
    Array.from({ length: count }, (_, i) => {
      const width = [320, 640, 1280][i % 3] ?? 0;
      return [`unet.${i}.weight`, [width, width + 8 * (i % 2)]] as const;
    });

  it('without names fit by shapes, only if all of many are there as often', () => {
    expect(fitting(numbered(24), matrices(30))).toEqual({ fit: 24, of: 24 });
    expect(fitting(numbered(24), matrices(23))).toEqual({ fit: 0, of: 24 });
    expect(fitting(numbered(6), matrices(30))).toEqual({ fit: 0, of: 6 });
  });

  it('are told from models that have low factors besides much else', () => {
    const merged: Named = [
      ...pairs(spellings.PEFT ?? (() => ['', ''])),
      ['head.weight', [1000, 64]],
    ];
    expect(adapterOf(modelOf(merged))).toBeUndefined();
    expect(adapterOf(modelOf(llama))).toBeUndefined();
    expect(
      adapterOf(
        modelOf([
          ['0', [4, 4]],
          ['1', [4, 4]],
        ]),
      ),
    ).toBeUndefined();
  });
});
