import type { Role, Weight } from './architecture';
import { roundToBf16, type SampleDtype } from './dtypes';
import { BLOCK_VALUES, fillNormal, integers, keyOf, normals } from './random';

/** How a tensor's values come about. `seed` names the base model that it descends from. */
export type Recipe =
  /** The 32-bit master weight; stored in 16 bits it is the base model's. */
  | { readonly kind: 'master'; readonly seed: number }
  /** The base's bfloat16 weight, unchanged but for what the stored dtype cannot hold. */
  | { readonly kind: 'base'; readonly seed: number }
  /** Base plus independent changes of `relative` times the weight's usual size. */
  | {
      readonly kind: 'tuned';
      readonly seed: number;
      readonly run: string;
      readonly relative: number;
    }
  /** Base plus a product of two thin matrices, as a merged LoRA leaves it. */
  | {
      readonly kind: 'low-rank';
      readonly seed: number;
      readonly run: string;
      readonly relative: number;
      readonly rank: number;
    }
  /** Adam's running mean of gradients, and of their squares. */
  | { readonly kind: 'exp_avg' | 'exp_avg_sq'; readonly seed: number }
  | { readonly kind: 'constant'; readonly value: number };

/** One tensor of a sample file. `name` is its name in the file, `weight` what its values follow. */
export interface SampleTensor {
  readonly name: string;
  readonly dtype: SampleDtype;
  readonly shape: readonly number[];
  readonly weight: Weight;
  readonly recipe: Recipe;
}

export function valuesIn(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** Fills `out` with block `block`'s values and returns how many there are (at most BLOCK_VALUES). */
export type BlockMaker = (block: number, out: Float32Array) => number;

/**
 * Prepares a tensor's values: any block can then be made, in any order, with the same result.
 * Holds at most the column scales and two thin matrices.
 */
export function blockMaker(tensor: SampleTensor): BlockMaker {
  const { recipe, weight } = tensor;
  const total = valuesIn(tensor.shape);
  const countOf = (block: number) => Math.min(BLOCK_VALUES, total - block * BLOCK_VALUES);
  const make = valueMaker(recipe, weight);
  return (block, out) => {
    const count = countOf(block);
    make(block, out, count);
    return count;
  };
}

type ValueMaker = (block: number, out: Float32Array, count: number) => void;

function valueMaker(recipe: Recipe, weight: Weight): ValueMaker {
  switch (recipe.kind) {
    case 'master':
      return masterMaker(recipe.seed, weight);
    case 'base':
      return baseMaker(recipe.seed, weight);
    case 'tuned':
      return tunedMaker(recipe, weight);
    case 'low-rank':
      return lowRankMaker(recipe, weight);
    case 'exp_avg':
    case 'exp_avg_sq':
      return momentMaker(recipe.kind, recipe.seed, weight);
    case 'constant':
      return (_block, out, count) => {
        out.fill(recipe.value, 0, count);
      };
  }
}

const isNorm = (weight: Weight) => weight.shape.length === 1;

function masterMaker(seed: number, weight: Weight): ValueMaker {
  const key = keyOf(seed, 'weight', weight.name);
  const deviation = deviationOf(seed, weight);
  if (isNorm(weight)) {
    return (block, out, count) => {
      fillNormal(out, key, block, count);
      for (let i = 0; i < count; i++) out[i] = 1 + (out[i] as number) * deviation;
    };
  }
  const columns = columnScales(seed, weight, deviation);
  return (block, out, count) => {
    fillNormal(out, key, block, count);
    scaleColumns(out, count, block * BLOCK_VALUES, columns);
  };
}

function baseMaker(seed: number, weight: Weight): ValueMaker {
  const master = masterMaker(seed, weight);
  return (block, out, count) => {
    master(block, out, count);
    roundToBf16(out, count);
  };
}

function tunedMaker(recipe: Extract<Recipe, { kind: 'tuned' }>, weight: Weight): ValueMaker {
  const base = baseMaker(recipe.seed, weight);
  const key = keyOf(recipe.seed, recipe.run, weight.name);
  const usual = isNorm(weight) ? 1 : deviationOf(recipe.seed, weight);
  const deviation = usual * recipe.relative;
  const change = new Float32Array(BLOCK_VALUES);
  return (block, out, count) => {
    base(block, out, count);
    fillNormal(change, key, block, count);
    for (let i = 0; i < count; i++) out[i] = (out[i] as number) + (change[i] as number) * deviation;
  };
}

function lowRankMaker(recipe: Extract<Recipe, { kind: 'low-rank' }>, weight: Weight): ValueMaker {
  const { seed, run, rank } = recipe;
  const [rows = 1, columns = 1] = weight.shape;
  const base = baseMaker(seed, weight);
  const down = normals(keyOf(seed, run, weight.name, 'down'), rank * columns);
  const up = normals(keyOf(seed, run, weight.name, 'up'), rows * rank);
  const scale = (deviationOf(seed, weight) * recipe.relative) / Math.sqrt(rank);
  return (block, out, count) => {
    base(block, out, count);
    let at = 0;
    while (at < count) {
      const element = block * BLOCK_VALUES + at;
      const column = element % columns;
      const length = Math.min(columns - column, count - at);
      const row = (element - column) / columns;
      for (let k = 0; k < rank; k++) {
        const factor = (up[row * rank + k] as number) * scale;
        const from = k * columns + column;
        for (let i = 0; i < length; i++) {
          out[at + i] = (out[at + i] as number) + factor * (down[from + i] as number);
        }
      }
      at += length;
    }
  };
}

function momentMaker(kind: 'exp_avg' | 'exp_avg_sq', seed: number, weight: Weight): ValueMaker {
  const key = keyOf(seed, kind, weight.name);
  const gradient = deviationOf(seed, weight) * 2e-3;
  const columns = isNorm(weight) ? undefined : columnScales(seed, weight, gradient);
  const scale = columns ?? new Float32Array([gradient]);
  return (block, out, count) => {
    fillNormal(out, key, block, count);
    scaleColumns(out, count, block * BLOCK_VALUES, scale);
    if (kind === 'exp_avg') return;
    for (let i = 0; i < count; i++) {
      const value = out[i] as number;
      out[i] = 0.5 * gradient * gradient + value * value;
    }
  };
}

/** Multiplies row-major values by their column's factor; `first` is the first value's index. */
function scaleColumns(
  values: Float32Array,
  count: number,
  first: number,
  columns: Float32Array,
): void {
  const width = columns.length;
  let column = first % width;
  let at = 0;
  while (at < count) {
    const end = Math.min(count, at + width - column);
    for (; at < end; at++, column++) {
      values[at] = (values[at] as number) * (columns[column] as number);
    }
    column = 0;
  }
}

const baseDeviation: Readonly<Record<Role, number>> = {
  embedding: 0.018,
  query: 0.031,
  key: 0.034,
  value: 0.016,
  output: 0.014,
  gate: 0.022,
  up: 0.02,
  down: 0.017,
  'input-norm': 0.06,
  'post-norm': 0.05,
  'final-norm': 0.08,
  head: 0.019,
};

/** Standard deviation of a weight's bulk: by its role, its depth, and a little by chance. */
function deviationOf(seed: number, weight: Weight): number {
  const [chance = 0] = normals(keyOf(seed, 'deviation', weight.name), 1);
  const depth = 1 + Math.max(0, weight.layer) * 0.012;
  return baseDeviation[weight.role] * Math.min(depth, 1.5) * (1 + 0.06 * chance);
}

/**
 * One factor per input column: near `deviation`, and about 1 column in 128 four to eight times
 * that. Weights that read the residual stream have the same outlier columns in every layer.
 */
function columnScales(seed: number, weight: Weight, deviation: number): Float32Array {
  const width = weight.shape[1] ?? 1;
  const spread = normals(keyOf(seed, 'columns', weight.name), width);
  const scales = spread.map((z) => deviation * (1 + 0.08 * z));
  const own = weight.role === 'down' || weight.role === 'output';
  const key = own ? keyOf(seed, 'outliers', weight.name) : keyOf(seed, 'outliers', width);
  const outliers = integers(key, Math.max(1, Math.round(width / 128)), width);
  outliers.forEach((column, i) => {
    scales[column] = deviation * (4 + (i % 5));
  });
  return scales;
}
