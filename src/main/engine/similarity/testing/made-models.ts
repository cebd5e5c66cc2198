import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encode, type SampleDtype } from '../../samples/dtypes';
import { safetensorsHeader } from '../../samples/header';
import { keyOf, normals } from '../../samples/random';

/** One made tensor: its values as 32-bit floats, stored as `dtype`. */
export interface MadeTensor {
  readonly name: string;
  readonly dtype: SampleDtype;
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** A small transformer's tensors: matrices around 0, norms around 1, biases. */
export const madeShapes: readonly (readonly [name: string, shape: readonly number[]])[] = [
  ['model.embed_tokens.weight', [160, 64]],
  ...[0, 1].flatMap((layer): (readonly [string, readonly number[]])[] => [
    [`model.layers.${layer}.self_attn.q_proj.weight`, [64, 64]],
    [`model.layers.${layer}.self_attn.k_proj.weight`, [64, 64]],
    [`model.layers.${layer}.self_attn.q_proj.bias`, [64]],
    [`model.layers.${layer}.mlp.up_proj.weight`, [176, 64]],
    [`model.layers.${layer}.mlp.down_proj.weight`, [64, 176]],
    [`model.layers.${layer}.input_layernorm.weight`, [64]],
  ]),
  ['model.norm.weight', [64]],
];

/** Values of a model of its own: no relation to those of another seed. */
export function madeModel(
  seed: number,
  dtype: SampleDtype,
  shapes: typeof madeShapes = madeShapes,
): MadeTensor[] {
  return shapes.map(([name, shape]) => {
    const count = shape.reduce((product, size) => product * size, 1);
    const values = Float32Array.from(normals(keyOf(seed, name), count));
    const isNorm = name.includes('norm');
    for (let i = 0; i < count; i++) {
      values[i] = isNorm ? 1 + 0.1 * (values[i] as number) : 0.03 * (values[i] as number);
    }
    return { name, dtype, shape, values };
  });
}

/**
 * The base with independent changes of `relative` times each tensor's standard deviation, stored
 * as `dtype`.
 */
export function fineTune(
  base: readonly MadeTensor[],
  relative: number,
  dtype: SampleDtype,
  seed: number,
): MadeTensor[] {
  return base.map(({ name, shape, values }) => {
    const change = normals(keyOf(seed, 'tune', name), values.length);
    const deviation = deviationOf(values) * relative;
    const tuned = values.map((value, i) => value + (change[i] as number) * deviation);
    return { name, dtype, shape, values: tuned };
  });
}

export function deviationOf(values: Float32Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return Math.sqrt(squares / values.length);
}

/** Writes a safetensors file, `folder/name.safetensors`; returns its path. */
export function writeModel(folder: string, name: string, tensors: readonly MadeTensor[]): string {
  mkdirSync(folder, { recursive: true });
  const header = safetensorsHeader(tensors, {});
  const parts = tensors.map(({ values, dtype }) => {
    const bytes = new Uint8Array(values.length * (dtype === 'F32' ? 4 : 2));
    encode(values, values.length, dtype, bytes);
    return bytes;
  });
  const path = join(folder, `${name}.safetensors`);
  writeFileSync(path, Buffer.concat([header, ...parts]));
  return path;
}
