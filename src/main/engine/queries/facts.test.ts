import { describe, expect, it } from 'vitest';
import type { FormatName, MetadataValue, ModelFacts } from '../../../shared/domain';
import type { Model, ModelTensor } from '../model/model';
import { factsOf } from './facts';

type Metadata = Readonly<Record<string, MetadataValue>>;

function modelOf(format: FormatName, metadata: Metadata, tensors: ModelTensor[] = []): Model {
  const id = '0'.repeat(16) as Model['id'];
  return { id, name: 'm', folder: '/', kind: 'file', format, files: [], tensors, metadata };
}

const tensor = (dtype: string, shape: number[], byteLength: number): ModelTensor => ({
  name: 't',
  dtype,
  shape,
  file: 0,
  offset: 0,
  byteLength,
  encoding: 'raw',
});

const cases: readonly (readonly [string, FormatName, Metadata, ModelFacts])[] = [
  [
    'a Llama in GGUF',
    'gguf',
    {
      'general.architecture': 'llama',
      'general.name': 'Meta Llama 3.1 8B Instruct',
      'general.base_model.0.name': 'Meta Llama 3.1 8B',
      'general.file_type': 15,
      'general.quantized_by': 'bartowski',
      'general.license': 'llama3.1',
      'llama.context_length': 131_072,
      'llama.block_count': 32,
      'tokenizer.ggml.model': 'gpt2',
    },
    {
      architecture: 'llama',
      name: 'Meta Llama 3.1 8B Instruct',
      baseModel: 'Meta Llama 3.1 8B',
      recipe: 'Q4_K_M',
      contextLength: 131_072,
      layers: 32,
      producer: 'bartowski',
      licence: 'llama3.1',
    },
  ],
  [
    'a LoRA adapter in GGUF',
    'gguf',
    { 'general.type': 'adapter', 'general.architecture': 'qwen2', 'adapter.lora.alpha': 16 },
    { architecture: 'qwen2', adapter: { alpha: 16 } },
  ],
  [
    'a GGUF whose values have other types than they should',
    'gguf',
    { 'general.architecture': 7, 'general.file_type': 'x', 'undefined.context_length': -1 },
    {},
  ],
  [
    'a Transformers folder',
    'safetensors',
    {
      format: 'pt',
      'config.json': {
        architectures: ['Qwen2ForCausalLM'],
        model_type: 'qwen2',
        max_position_embeddings: 32_768,
        num_hidden_layers: 28,
        transformers_version: '4.43.1',
      },
    },
    {
      architecture: 'Qwen2ForCausalLM',
      contextLength: 32_768,
      layers: 28,
      framework: 'PyTorch, Transformers 4.43.1',
    },
  ],
  [
    'a GPT-2 of 2019, with its own names for everything',
    'pytorch',
    { 'config.json': { model_type: 'gpt2', n_positions: 1024, n_layer: 12 } },
    { architecture: 'gpt2', contextLength: 1024, layers: 12 },
  ],
  [
    'a vision-language model that describes its language model apart',
    'safetensors',
    {
      'config.json': {
        architectures: ['Gemma3ForConditionalGeneration'],
        text_config: { max_position_embeddings: 131_072, num_hidden_layers: 34 },
      },
    },
    { architecture: 'Gemma3ForConditionalGeneration', contextLength: 131_072, layers: 34 },
  ],
  [
    'a GPTQ model',
    'safetensors',
    { 'config.json': { quantization_config: { quant_method: 'gptq', bits: 4, group_size: 128 } } },
    { recipe: 'GPTQ, 4 bits, groups of 128' },
  ],
  [
    'a bitsandbytes model',
    'safetensors',
    {
      'config.json': {
        quantization_config: {
          quant_method: 'bitsandbytes',
          load_in_4bit: true,
          bnb_4bit_quant_type: 'nf4',
        },
      },
    },
    { recipe: 'bitsandbytes, nf4, 4 bits' },
  ],
  [
    'an MLX model',
    'safetensors',
    { format: 'mlx', 'config.json': { quantization: { group_size: 64, bits: 4 } } },
    { framework: 'MLX', recipe: 'MLX, 4 bits, groups of 64' },
  ],
  [
    'a checkpoint with ModelSpec',
    'safetensors',
    {
      'modelspec.architecture': 'stable-diffusion-xl-v1-base',
      'modelspec.title': 'SDXL 1.0 Base',
      'modelspec.license': 'CreativeML Open RAIL++-M',
      'modelspec.implementation': 'https://github.com/Stability-AI/generative-models',
    },
    {
      architecture: 'stable-diffusion-xl-v1-base',
      name: 'SDXL 1.0 Base',
      licence: 'CreativeML Open RAIL++-M',
      producer: 'https://github.com/Stability-AI/generative-models',
    },
  ],
  [
    'a LoRA trained with sd-scripts, whose metadata are texts and `None`',
    'safetensors',
    {
      ss_base_model_version: 'sd_v1',
      ss_output_name: 'watercolour',
      ss_sd_model_name: 'v1-5-pruned.safetensors',
      ss_network_module: 'networks.lora',
      ss_network_dim: '32',
      ss_network_alpha: '16.0',
      ss_sd_scripts_commit_hash: '9a67e0df390033a89f17e70df5131393692c2a55',
      'modelspec.title': 'None',
    },
    {
      architecture: 'sd_v1',
      name: 'watercolour',
      baseModel: 'v1-5-pruned.safetensors',
      framework: 'sd-scripts 9a67e0df3900',
      adapter: { rank: 32, alpha: 16 },
    },
  ],
  [
    'a PEFT adapter',
    'safetensors',
    {
      format: 'pt',
      'adapter_config.json': {
        peft_type: 'LORA',
        r: 8,
        lora_alpha: 16,
        base_model_name_or_path: 'roberta-base',
      },
    },
    { baseModel: 'roberta-base', framework: 'PyTorch, PEFT LORA', adapter: { rank: 8, alpha: 16 } },
  ],
  [
    'a Diffusers folder, whose parts have configurations of their own',
    'safetensors',
    {
      'model_index.json': {
        _class_name: 'StableDiffusionPipeline',
        _diffusers_version: '0.21.4',
      },
      'unet/config.json': { _class_name: 'UNet2DConditionModel' },
      'text_encoder/config.json': { max_position_embeddings: 77 },
    },
    { architecture: 'StableDiffusionPipeline', framework: 'Diffusers 0.21.4' },
  ],
  [
    'an ONNX export',
    'onnx',
    {
      ir_version: 8,
      producer_name: 'pytorch',
      producer_version: '2.0.1',
      opset_import: { 'ai.onnx': 17, 'com.microsoft': 1 },
      metadata_props: { license: 'AGPL-3.0' },
    },
    {
      producer: 'pytorch 2.0.1',
      opsets: [
        { domain: 'ai.onnx', version: '17' },
        { domain: 'com.microsoft', version: '1' },
      ],
      licence: 'AGPL-3.0',
    },
  ],
  [
    'a PyTorch Lightning checkpoint',
    'pytorch',
    {
      container: 'PyTorch archive',
      optimizerState: { tensors: 196, bytes: 6_879_731_712 },
      values: { epoch: 3, 'pytorch-lightning_version': '1.9.0' },
      requestedGlobals: ['collections.OrderedDict', 'torch._utils._rebuild_tensor_v2'],
    },
    {
      framework: 'PyTorch archive, PyTorch Lightning 1.9.0',
      optimizer: { tensors: 196, bytes: 6_879_731_712 },
      requestedGlobals: 2,
    },
  ],
  [
    'a pickle that asks for more than is listed',
    'opaque',
    { holdsCode: 'os.system', requestedGlobals: ['os.system', '… (4321 in all)'] },
    { requestedGlobals: 4321 },
  ],
  ['NumPy arrays', 'numpy', { descr: '<f4', fortran_order: false }, {}],
];

describe('factsOf', () => {
  it.each(cases)('reads what %s states', (_, format, metadata, expected) => {
    expect(factsOf(modelOf(format, metadata))).toEqual(expected);
  });

  it('takes keys of one format for nothing in another', () => {
    const metadata = { 'general.architecture': 'llama', producer_name: 'x', container: 'y' };
    expect(factsOf(modelOf('safetensors', metadata))).toEqual({});
  });

  it('believes no inherited property', () => {
    const config = { 'config.json': { text_config: 'x' }, ss_network_dim: 'constructor' };
    expect(factsOf(modelOf('safetensors', config))).toEqual({});
  });

  it('cuts long texts', () => {
    const facts = factsOf(modelOf('gguf', { 'general.name': 'n'.repeat(100_000) }));
    expect(facts.name).toHaveLength(200);
  });

  it('counts elements, and bytes by dtype with the most first', () => {
    const tensors = [
      tensor('F32', [8], 32),
      tensor('Q4_K', [512], 288),
      tensor('Q4_K', [256], 144),
      tensor('F32', [], 4),
    ];
    expect(factsOf(modelOf('gguf', {}, tensors))).toEqual({
      parameters: 777,
      mix: [
        { dtype: 'Q4_K', tensors: 2, bytes: 432 },
        { dtype: 'F32', tensors: 2, bytes: 36 },
      ],
    });
  });

  it('lists at most 32 dtypes and loses no byte', () => {
    const tensors = Array.from({ length: 500 }, (_, at) => tensor(`T${at}`, [1], at));
    const { mix = [] } = factsOf(modelOf('gguf', {}, tensors));
    expect(mix).toHaveLength(32);
    expect(mix.reduce((sum, { bytes }) => sum + bytes, 0)).toBe((499 * 500) / 2);
    expect(mix.at(-1)).toMatchObject({ dtype: 'others', tensors: 469 });
  });
});
