import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeSamples } from '../../samples';
import { architectureFor, type Weight, weightsOf } from '../../samples/architecture';
import { bytesPerValue, encode, type SampleDtype } from '../../samples/dtypes';
import { safetensorsHeader } from '../../samples/header';
import { BLOCK_VALUES } from '../../samples/random';
import { blockMaker, type Recipe, type SampleTensor, valuesIn } from '../../samples/weights';

/** One made model: every tensor is the sum of its recipes' values, less `base` for each but the first. */
interface Made {
  readonly name: string;
  readonly dtype: SampleDtype;
  readonly base: Recipe;
  /** Fine-tunes of `base`, whose changes add up. */
  readonly changes: readonly Recipe[];
}

export const madeFamilies = ['unrelated', 'copies', 'chain', 'casts', 'mixed'] as const;
export type MadeFamily = (typeof madeFamilies)[number];

/** Writes a made family of about `size` bytes into a new folder. */
export async function writeFamily(
  family: MadeFamily,
  folder: string,
  size: number,
  seed: number,
): Promise<void> {
  mkdirSync(folder, { recursive: true });
  if (family === 'mixed') {
    await writeSamples(folder, { size, seed });
    return;
  }
  const models = modelsOf(family, seed);
  const perParameter = models.reduce((sum, { dtype }) => sum + bytesPerValue[dtype], 0);
  const weights = weightsOf(architectureFor(Math.floor(size / perParameter)));
  for (const model of models) {
    writeFileSync(join(folder, `${model.name}.safetensors`), fileOf(model, weights));
  }
}

function modelsOf(family: Exclude<MadeFamily, 'mixed'>, seed: number): Made[] {
  const base = (own: number): Recipe => ({ kind: 'base', seed: own });
  const step = (run: number): Recipe => ({ kind: 'tuned', seed, run: `${run}`, relative: 0.01 });
  const made = (name: string, dtype: SampleDtype, root: Recipe, changes: Recipe[] = []): Made => ({
    name,
    dtype,
    base: root,
    changes,
  });
  const numbers = [0, 1, 2, 3, 4, 5];
  switch (family) {
    case 'unrelated':
      return numbers.map((at) => made(`model-${at}`, 'BF16', base(seed + at)));
    case 'copies':
      return numbers.map((at) => made(`copy-${at}`, 'BF16', base(seed)));
    case 'chain':
      return numbers.map((at) => {
        const steps = numbers.slice(0, at).map(step);
        return made(`step-${at}`, 'F32', { kind: 'master', seed }, steps);
      });
    case 'casts':
      return [seed, seed + 1].flatMap((own) => {
        const root: Recipe = { kind: 'master', seed: own };
        return (['F32', 'F16', 'BF16'] as const).map((dtype) =>
          made(`${dtype.toLowerCase()}-${own}`, dtype, root),
        );
      });
  }
}

function fileOf({ name, dtype, base, changes }: Made, weights: readonly Weight[]): Uint8Array {
  const tensors = weights.map(
    (weight): SampleTensor => ({
      name: weight.name,
      dtype,
      shape: weight.shape,
      weight,
      recipe: base,
    }),
  );
  const header = safetensorsHeader(tensors, { format: 'pt', model: name });
  const bytes = tensors.reduce((sum, { shape }) => sum + valuesIn(shape) * bytesPerValue[dtype], 0);
  const file = new Uint8Array(header.length + bytes);
  file.set(header);
  let at = header.length;
  for (const tensor of tensors) at += fillTensor(tensor, changes, file.subarray(at));
  return file;
}

/** Returns the bytes written. */
function fillTensor(tensor: SampleTensor, changes: readonly Recipe[], out: Uint8Array): number {
  const [values, other, plain] = [0, 0, 0].map(() => new Float32Array(BLOCK_VALUES));
  if (values === undefined || other === undefined || plain === undefined) return 0;
  const make = blockMaker(tensor);
  const tuned = changes.map((recipe) => blockMaker({ ...tensor, recipe }));
  const untuned = changes.map((recipe) =>
    blockMaker({
      ...tensor,
      recipe: recipe.kind === 'tuned' ? { kind: 'base', seed: recipe.seed } : recipe,
    }),
  );
  let written = 0;
  for (let block = 0; block * BLOCK_VALUES < valuesIn(tensor.shape); block++) {
    const count = make(block, values);
    for (const [index, change] of tuned.entries()) {
      change(block, other);
      untuned[index]?.(block, plain);
      for (let i = 0; i < count; i++) {
        values[i] = (values[i] as number) + (other[i] as number) - (plain[i] as number);
      }
    }
    written += encode(values, count, tensor.dtype, out.subarray(written));
  }
  return written;
}
