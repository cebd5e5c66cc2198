import { basename, join } from 'node:path';
import { hubPlace, isGenericStem } from './names';

/** Digits of a revision that tell snapshots of one repository apart. */
const SHORT_REVISION = 7;

export interface NameContext {
  /** Canonical folder that the weights lie in. */
  readonly folder: string;
  readonly stem: string;
  /** The folder holds no other model. */
  readonly alone: boolean;
  /** The repository has several snapshots, so that its name alone is ambiguous. */
  readonly severalRevisions: boolean;
}

/**
 * A model's name: its repository in a Hugging Face cache, else its stem, or its folder's name
 * where the stem says nothing.
 */
export function modelName(context: NameContext): string {
  const { folder, stem, alone, severalRevisions } = context;
  const generic = isGenericStem(stem);
  const place = hubPlace(folder);
  if (place === undefined) return generic ? basename(folder) || stem : stem;
  const parts = [place.repository, place.inside, generic || alone ? '' : stem];
  const name = parts.filter((part) => part !== '').join('/');
  return severalRevisions ? `${name} @${place.revision.slice(0, SHORT_REVISION)}` : name;
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
