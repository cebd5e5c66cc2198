import type { ModelFacts } from '../../../shared/domain';
import { type Fields, first, joined, number, optional, text } from './facts-fields';

/** What `format` states: the library whose tensors were saved. */
const frameworks: ReadonlyMap<string, string> = new Map([
  ['pt', 'PyTorch'],
  ['tf', 'TensorFlow'],
  ['flax', 'Flax'],
  ['np', 'NumPy'],
  ['mlx', 'MLX'],
]);

/**
 * `__metadata__` of a safetensors file: `modelspec.*` (github.com/Stability-AI/ModelSpec) and the
 * `ss_*` keys that kohya-ss/sd-scripts writes into what it trains.
 */
export function safetensorsFacts(all: Fields): ModelFacts {
  const spec = (key: string) => text(all(`modelspec.${key}`));
  const kohya = (key: string) => text(all(`ss_${key}`));
  const format = text(all('format'));
  return optional({
    architecture: first([spec('architecture'), kohya('base_model_version')]),
    name: first([spec('title'), kohya('output_name')]),
    baseModel: kohya('sd_model_name'),
    licence: spec('license'),
    framework: joined([format && (frameworks.get(format) ?? format), trainer(all)], ', '),
    producer: first([spec('implementation'), spec('author')]),
    adapter: adapterOf(all),
  });
}

function trainer(all: Fields): string | undefined {
  const commit = text(all('ss_sd_scripts_commit_hash'));
  if (commit !== undefined) return `sd-scripts ${commit.slice(0, 12)}`;
  return text(all('ss_network_module')) === undefined ? undefined : 'sd-scripts';
}

function adapterOf(all: Fields): ModelFacts['adapter'] {
  const rank = number(all('ss_network_dim'));
  const alpha = number(all('ss_network_alpha'));
  return rank === undefined && alpha === undefined ? undefined : optional({ rank, alpha });
}
