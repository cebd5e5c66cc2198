import {
  type Architecture,
  architectureFor,
  attentionRoles,
  originalName,
  parametersOf,
  type Weight,
  weightsOf,
} from './architecture';
import { bytesPerValue, type SampleDtype } from './dtypes';
import { safetensorsHeader } from './header';
import { configJson, generationConfigJson, indexJson, tokenizerJson } from './sidecars';
import { type Recipe, type SampleTensor, valuesIn } from './weights';

export const DEFAULT_SIZE = 50_000_000;
export const DEFAULT_SEED = 20_260_101;
/** Written into every sample file: it is how a later run tells its own files from others. */
export const SAMPLE_MARK = 'tessera samples';
/** Raised whenever the bytes that a seed yields change. */
const GENERATOR_VERSION = 1;

/** How a sample model came about, and so what it must share with the base. */
export type SampleRelation =
  | 'base'
  | 'attention-tuned'
  | 'fully-tuned'
  | 'low-rank-merged'
  | 'fp16-cast'
  | 'training-checkpoint'
  | 'renamed-copy'
  | 'unrelated';

export interface SampleModel {
  /** As the app will show it: the folder's name, or the file's without its extension. */
  readonly name: string;
  readonly relation: SampleRelation;
  readonly kind: 'folder' | 'file';
  /** Sizes of its files together, bytes. */
  readonly bytes: number;
  /** Tensors in its files. */
  readonly tensors: number;
  readonly files: readonly SampleFile[];
}

export type SampleFile =
  | {
      readonly kind: 'weights';
      /** Relative to the family's folder, with `/`. */
      readonly path: string;
      readonly size: number;
      /** Everything before the first tensor's bytes: length prefix and padded JSON. */
      readonly header: Uint8Array;
      /** In file order; their bytes follow the header without gaps. */
      readonly tensors: readonly SampleTensor[];
    }
  | {
      readonly kind: 'sidecar';
      readonly path: string;
      readonly size: number;
      readonly content: Uint8Array;
    };

export interface SampleFamily {
  readonly seed: number;
  readonly architecture: Architecture;
  /** Parameters of the base model. */
  readonly parameters: number;
  readonly models: readonly SampleModel[];
  /** Sizes of all files together, bytes. */
  readonly totalBytes: number;
}

/** Bytes that the whole family needs per parameter: seven 16-bit models, one 32-bit one thrice. */
const BYTES_PER_PARAMETER = 7 * 2 + 3 * 4;

/**
 * The family of `size` bytes (less by up to a layer or two; 0.8 MB at least): which models, files
 * and tensors it has. Writes and generates nothing. The same on every machine for a size and seed.
 */
export function sampleFamily(size = DEFAULT_SIZE, seed = DEFAULT_SEED): SampleFamily {
  let budget = size;
  let family = familyOf(budget, seed);
  // Headers and sidecars come on top of the parameters: ask for less until all of it fits.
  for (let attempt = 0; family.totalBytes > size && attempt < 4; attempt++) {
    budget -= family.totalBytes - size;
    family = familyOf(budget, seed);
  }
  return family;
}

function familyOf(budget: number, seed: number): SampleFamily {
  const architecture = architectureFor(Math.floor(budget / BYTES_PER_PARAMETER));
  const models = buildModels({
    seed,
    architecture,
    weights: weightsOf(architecture),
    mark: `${SAMPLE_MARK} v${GENERATOR_VERSION}, seed ${seed}`,
  });
  return {
    seed,
    architecture,
    parameters: parametersOf(architecture),
    models,
    totalBytes: models.reduce((sum, model) => sum + model.bytes, 0),
  };
}

interface Context {
  readonly seed: number;
  readonly architecture: Architecture;
  readonly weights: readonly Weight[];
  readonly mark: string;
}

function buildModels(context: Context): SampleModel[] {
  const { seed } = context;
  const base: Recipe = { kind: 'base', seed };
  const everyWeight = (recipe: Recipe, dtype: SampleDtype) =>
    weightTensors(context, dtype, () => recipe);
  const attention: Recipe = { kind: 'tuned', seed, run: 'instruct', relative: 0.02 };
  const full: Recipe = { kind: 'tuned', seed, run: 'code', relative: 0.01 };
  const merged: Recipe = { kind: 'low-rank', seed, run: 'poet', relative: 0.05, rank: 8 };
  const isAdapted = ({ role }: Weight) => role === 'query' || role === 'value';
  return [
    folderModel(context, 'nova-base', 'base', everyWeight(base, 'BF16'), 2),
    folderModel(
      context,
      'nova-instruct',
      'attention-tuned',
      weightTensors(context, 'BF16', ({ role }) => (attentionRoles.has(role) ? attention : base)),
      1,
    ),
    fileModel(context, 'nova-code', 'fully-tuned', everyWeight(full, 'BF16')),
    fileModel(
      context,
      'nova-poet-merged',
      'low-rank-merged',
      weightTensors(context, 'BF16', (weight) => (isAdapted(weight) ? merged : base)),
    ),
    fileModel(context, 'nova-base-fp16', 'fp16-cast', everyWeight(base, 'F16')),
    fileModel(context, 'nova-checkpoint-2000', 'training-checkpoint', checkpointTensors(context)),
    fileModel(
      context,
      'nova-original',
      'renamed-copy',
      everyWeight(base, 'BF16').map((t) => ({ ...t, name: originalName(t.weight) })),
    ),
    fileModel(
      context,
      'quasar-base',
      'unrelated',
      everyWeight({ kind: 'base', seed: seed + 1 }, 'BF16'),
    ),
  ];
}

function weightTensors(
  { weights }: Context,
  dtype: SampleDtype,
  recipeOf: (weight: Weight) => Recipe,
): SampleTensor[] {
  return weights.map((weight) => ({
    name: weight.name,
    dtype,
    shape: weight.shape,
    weight,
    recipe: recipeOf(weight),
  }));
}

/** Master weights, then Adam's two means per weight and its step, all 32-bit. */
function checkpointTensors(context: Context): SampleTensor[] {
  const { seed } = context;
  const tensors = weightTensors(context, 'F32', () => ({ kind: 'master', seed }));
  const state = tensors.flatMap((tensor): SampleTensor[] => {
    const part = (name: string, recipe: Recipe, shape: readonly number[]): SampleTensor => ({
      ...tensor,
      name: `optimizer.state.${tensor.name}.${name}`,
      shape,
      recipe,
    });
    return [
      part('exp_avg', { kind: 'exp_avg', seed }, tensor.shape),
      part('exp_avg_sq', { kind: 'exp_avg_sq', seed }, tensor.shape),
      part('step', { kind: 'constant', value: 2000 }, []),
    ];
  });
  return [...tensors, ...state];
}

function weightsFile(context: Context, path: string, tensors: readonly SampleTensor[]): SampleFile {
  const header = safetensorsHeader(tensors, { format: 'pt', generator: context.mark });
  return { kind: 'weights', path, size: header.length + dataBytes(tensors), header, tensors };
}

function dataBytes(tensors: readonly SampleTensor[]): number {
  return tensors.reduce((sum, t) => sum + valuesIn(t.shape) * bytesPerValue[t.dtype], 0);
}

function sidecar(path: string, text: string): SampleFile {
  const content = new TextEncoder().encode(text);
  return { kind: 'sidecar', path, size: content.length, content };
}

function model(
  name: string,
  relation: SampleRelation,
  kind: 'folder' | 'file',
  files: readonly SampleFile[],
): SampleModel {
  return {
    name,
    relation,
    kind,
    files,
    bytes: files.reduce((sum, file) => sum + file.size, 0),
    tensors: files.reduce((sum, f) => sum + (f.kind === 'weights' ? f.tensors.length : 0), 0),
  };
}

function fileModel(
  context: Context,
  name: string,
  relation: SampleRelation,
  tensors: readonly SampleTensor[],
): SampleModel {
  return model(name, relation, 'file', [weightsFile(context, `${name}.safetensors`, tensors)]);
}

/** A folder as the Hugging Face hub has it; in `shards` parts with an index when more than one. */
function folderModel(
  context: Context,
  name: string,
  relation: SampleRelation,
  tensors: readonly SampleTensor[],
  shards: number,
): SampleModel {
  const { architecture, mark } = context;
  const parts = splitEvenly(tensors, shards);
  const fileName = (part: number) =>
    shards === 1
      ? 'model.safetensors'
      : `model-${fiveDigits(part + 1)}-of-${fiveDigits(shards)}.safetensors`;
  const weights = parts.map((part, i) => weightsFile(context, `${name}/${fileName(i)}`, part));
  const index = indexJson(
    mark,
    dataBytes(tensors),
    parts.flatMap((part, i) => part.map((t): [string, string] => [t.name, fileName(i)])),
  );
  return model(name, relation, 'folder', [
    sidecar(`${name}/config.json`, configJson(mark, architecture)),
    sidecar(`${name}/generation_config.json`, generationConfigJson(mark, relation === 'base')),
    ...weights,
    ...(shards === 1 ? [] : [sidecar(`${name}/model.safetensors.index.json`, index)]),
    sidecar(`${name}/tokenizer.json`, tokenizerJson(mark, architecture.vocabulary)),
  ]);
}

const fiveDigits = (value: number) => String(value).padStart(5, '0');

/** Cuts the list where the bytes before the cut come nearest to equal parts; no part is empty. */
function splitEvenly(tensors: readonly SampleTensor[], parts: number): SampleTensor[][] {
  const total = dataBytes(tensors);
  const out: SampleTensor[][] = [[]];
  let bytes = 0;
  for (const tensor of tensors) {
    if (out.length < parts && bytes >= (total * out.length) / parts) out.push([]);
    out.at(-1)?.push(tensor);
    bytes += dataBytes([tensor]);
  }
  return out;
}
