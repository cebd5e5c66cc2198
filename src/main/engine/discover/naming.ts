import { basename, join } from 'node:path';
import { hubPlace, isGenericStem } from './names';
import { storePlace } from './places';

export interface NameContext {
  /** Canonical folder that the weights lie in. */
  readonly folder: string;
  readonly stem: string;
  /** The folder holds no other model. */
  readonly alone: boolean;
  /** Tells the repository's snapshots apart: `main`; undefined where its name alone will do. */
  readonly revision: string | undefined;
}

/**
 * A model's name: its repository in a Hugging Face cache or in LM Studio's folders, else its stem,
 * or its folder's name where the stem says nothing and the folder is no mere category (`vae`).
 */
export function modelName(context: NameContext): string {
  const { folder, stem, alone, revision } = context;
  const generic = isGenericStem(stem);
  const place = hubPlace(folder);
  if (place !== undefined) {
    const parts = [place.repository, place.inside, generic || alone ? '' : stem];
    const name = parts.filter((part) => part !== '').join('/');
    return revision === undefined ? name : `${name} @${revision}`;
  }
  const store = storePlace(folder);
  if (store?.repository !== undefined) return studioName(store.repository, stem, context);
  if (!generic || store?.isCategoryFolder === true) return stem;
  return basename(folder) || stem;
}

/** `publisher/repository Q4_K_M`: what the files of one repository differ by is their quantisation. */
function studioName(repository: string, stem: string, { alone }: NameContext): string {
  if (isGenericStem(stem)) return repository;
  const quantisation = /^mmproj/i.test(stem) ? undefined : quantisationOf(stem);
  const rest = quantisation ?? (alone ? '' : stem);
  return rest === '' ? repository : `${repository} ${rest}`;
}

const quantisationPattern =
  /[-._]((?:UD-)?(?:I?Q\d(?:_[0-9A-Z]+)*|TQ\d_\d|MXFP\d(?:_MOE)?|NVFP4|BF16|FP?16|FP?32|FP8))$/i;

/** `Q4_K_M` of `Llama-3.2-1B-Instruct-Q4_K_M`, as GGUF files are named by custom. */
export function quantisationOf(stem: string): string | undefined {
  return quantisationPattern.exec(stem)?.[1];
}

export interface NamedGroup {
  readonly stem: string;
  readonly key: string;
}

/**
 * Names of one folder's models, in order: those that would be equal are told apart by their
 * files (`style.safetensors`, `style.ckpt`; `bert (model.safetensors)`).
 */
export function distinctNames(groups: readonly NamedGroup[], names: readonly string[]): string[] {
  const uses = new Map<string, number>();
  for (const name of names) uses.set(name, (uses.get(name) ?? 0) + 1);
  return groups.map(({ stem, key }, index) => {
    const name = names[index] ?? stem;
    if ((uses.get(name) ?? 0) < 2) return name;
    return name === stem ? key : `${name} (${key})`;
  });
}

/** The folder of all snapshots that a snapshot's folder belongs to. */
export function snapshotsOf(folder: string): string | undefined {
  const place = hubPlace(folder);
  if (place === undefined) return undefined;
  const end = folder.length - (place.inside === '' ? 0 : place.inside.length + 1);
  return join(folder.slice(0, end), '..');
}
