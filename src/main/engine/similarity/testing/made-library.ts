import type { SampleDtype } from '../../samples/dtypes';
import { fineTune, type MadeTensor, madeModel, madeShapes, writeModel } from './made-models';

/** Sides of the made models' matrices are so many times those of `madeShapes`: beyond what is sampled whole. */
const SCALE = 2;

const shapes = madeShapes.map(([name, shape]): readonly [string, readonly number[]] => [
  name,
  shape.map((side) => side * SCALE),
]);

type Models = Map<string, readonly MadeTensor[]>;

const stored = (tensors: readonly MadeTensor[], dtype: SampleDtype): MadeTensor[] =>
  tensors.map((tensor) => ({ ...tensor, dtype }));

/** Values half way between two models. */
const mean = (one: readonly MadeTensor[], other: readonly MadeTensor[]): MadeTensor[] =>
  one.map((tensor, at) => ({
    ...tensor,
    values: tensor.values.map((value, i) => (value + (other[at]?.values[i] ?? value)) / 2),
  }));

/**
 * 40 models of one architecture. Two bases, each with four fine-tunes (relative update 1e-4 … 1e-1),
 * a chain of five fine-tunes from the third, three means of two, and in other dtypes two fine-tunes
 * and two plain copies: 17 models each. Six more are unrelated to any other.
 */
export function madeLibrary(seed: number): Models {
  const models: Models = new Map();
  addFamily(models, 'a', 'BF16', ['F32', 'F16'], seed);
  addFamily(models, 'b', 'F32', ['F16', 'BF16'], seed + 100);
  const dtypes = ['F32', 'F16', 'BF16'] as const;
  for (let at = 0; at < 6; at++) {
    const dtype = dtypes[at % 3] ?? 'F32';
    models.set(`unrelated-${at}`, madeModel(seed + 200 + at, dtype, shapes));
  }
  return models;
}

function addFamily(
  models: Models,
  name: string,
  dtype: SampleDtype,
  [wide, narrow]: readonly [SampleDtype, SampleDtype],
  seed: number,
): void {
  const base = madeModel(seed, dtype, shapes);
  const tunes = [1e-4, 1e-3, 1e-2, 1e-1].map((relative, at) =>
    fineTune(base, relative, dtype, seed + 1 + at),
  );
  const chain: MadeTensor[][] = [];
  for (let at = 0; at < 5; at++) {
    chain.push(fineTune(chain.at(-1) ?? tunes[2] ?? base, 5e-3, dtype, seed + 10 + at));
  }
  const [, , third = base, fourth = base] = tunes;
  const last = chain.at(-1) ?? base;
  models.set(`${name}-base`, base);
  for (const [at, tune] of tunes.entries()) models.set(`${name}-tune-${at}`, tune);
  for (const [at, tune] of chain.entries()) models.set(`${name}-chain-${at}`, tune);
  models.set(`${name}-mean-0`, mean(third, fourth));
  models.set(`${name}-mean-1`, mean(last, fourth));
  models.set(`${name}-mean-2`, mean(last, third));
  models.set(`${name}-${wide}-tune`, fineTune(base, 3e-3, wide, seed + 20));
  models.set(`${name}-${narrow}-copy`, stored(third, narrow));
  models.set(`${name}-${wide}-copy`, stored(last, wide));
  models.set(`${name}-${narrow}-tune`, fineTune(last, 1e-3, narrow, seed + 21));
}

/** Writes every model as a safetensors file of its own. */
export function writeLibrary(folder: string, models: Models): void {
  for (const [name, tensors] of models) writeModel(folder, name, tensors);
}
