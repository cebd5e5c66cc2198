import type { MetadataValue, ModelFacts } from '../../../shared/domain';
import {
  count,
  type Fields,
  fields,
  first,
  joined,
  number,
  optional,
  text,
  texts,
} from './facts-fields';

const contextKeys = [
  'max_position_embeddings',
  'n_positions',
  'max_sequence_length',
  'max_seq_len',
  'seq_length',
  'n_ctx',
  'max_target_positions',
] as const;
const layerKeys = ['num_hidden_layers', 'n_layer', 'num_layers', 'n_layers'] as const;

/**
 * The configuration files that lie beside a model: Transformers' config.json, PEFT's
 * adapter_config.json, Diffusers' model_index.json. Those of a folder's parts say nothing of the
 * whole and are not asked, unless there is only one.
 */
export function configFacts(metadata: Readonly<Record<string, MetadataValue>>): ModelFacts {
  const config = fields(sidecar(metadata, 'config.json'));
  const adapter = fields(sidecar(metadata, 'adapter_config.json'));
  const index = fields(sidecar(metadata, 'model_index.json'));
  return { ...transformers(config), ...diffusers(index), ...peft(adapter) };
}

function sidecar(
  metadata: Readonly<Record<string, MetadataValue>>,
  name: string,
): MetadataValue | undefined {
  if (Object.hasOwn(metadata, name)) return metadata[name];
  const below = Object.entries(metadata).filter(([key]) => key.endsWith(`/${name}`));
  return below.length === 1 ? below[0]?.[1] : undefined;
}

function transformers(config: Fields): ModelFacts {
  // Models of several kinds of input describe their language model apart.
  const inner = fields(config('text_config'));
  const number = (keys: readonly string[]) =>
    first([...keys.map((key) => count(config(key))), ...keys.map((key) => count(inner(key)))]);
  const version = text(config('transformers_version'));
  const diffusersVersion = text(config('_diffusers_version'));
  return optional({
    architecture: first([
      text(texts(config('architectures'))?.[0]),
      text(config('model_type')),
      text(config('_class_name')),
    ]),
    name: text(config('_name_or_path')),
    contextLength: number(contextKeys),
    layers: number(layerKeys),
    recipe: recipeOf(fields(config('quantization_config')), fields(config('quantization'))),
    framework:
      (version && `Transformers ${version}`) ??
      (diffusersVersion && `Diffusers ${diffusersVersion}`),
    licence: text(config('license')),
  });
}

/** Transformers' quantization_config, or the `quantization` that MLX writes. */
function recipeOf(config: Fields, mlx: Fields): string | undefined {
  const bits =
    count(config('bits')) ??
    (config('load_in_4bit') === true ? 4 : config('load_in_8bit') === true ? 8 : undefined);
  const group = count(config('group_size'));
  const said = joined(
    [
      methodOf(text(config('quant_method'))),
      text(config('bnb_4bit_quant_type')) ?? text(config('fmt')) ?? text(config('format')),
      bits !== undefined && `${bits} bits`,
      group !== undefined && `groups of ${group}`,
    ],
    ', ',
  );
  if (said !== undefined) return said;
  const mlxBits = count(mlx('bits'));
  if (mlxBits === undefined) return undefined;
  const mlxGroup = count(mlx('group_size'));
  return joined(['MLX', `${mlxBits} bits`, mlxGroup && `groups of ${mlxGroup}`], ', ');
}

const acronyms: ReadonlySet<string> = new Set([
  'gptq',
  'awq',
  'hqq',
  'fp8',
  'aqlm',
  'eetq',
  'vptq',
]);

function methodOf(method: string | undefined): string | undefined {
  return method !== undefined && acronyms.has(method) ? method.toUpperCase() : method;
}

function diffusers(index: Fields): ModelFacts {
  const version = text(index('_diffusers_version'));
  return optional({
    architecture: text(index('_class_name')),
    name: text(index('_name_or_path')),
    framework: version && `Diffusers ${version}`,
  });
}

function peft(adapter: Fields): ModelFacts {
  const rank = number(adapter('r'));
  const alpha = number(adapter('lora_alpha'));
  return optional({
    baseModel: text(adapter('base_model_name_or_path')),
    framework: text(adapter('peft_type')) && `PEFT ${text(adapter('peft_type'))}`,
    adapter: rank === undefined && alpha === undefined ? undefined : optional({ rank, alpha }),
  });
}
