import type { MetadataValue } from '../../../shared/domain';
import type { FamilyModel } from './families-input';

/** What a model's files say it was made from. */
export interface Declared {
  /** As a person may read it: `base_model: org/name`. */
  readonly text: string;
  readonly name: ModelName;
  /** Only says where the weights were loaded from; may name the model itself. */
  readonly weak: boolean;
}

export interface ModelName {
  /** The organisation in `org/name`, where it is known. */
  readonly owner?: string;
  readonly name: string;
  /** False: the owner is a folder's name and may mean anything. */
  readonly sure: boolean;
}

/** Names that say nothing of what a model is. */
const empty = new Set(
  [
    'adapter',
    'adapter_model',
    'base',
    'best',
    'checkpoint',
    'checkpoints',
    'ckpt',
    'data',
    'diffusion_pytorch_model',
    'final',
    'hub',
    'last',
    'latest',
    'local',
    'lora',
    'loras',
    'main',
    'model',
    'models',
    'none',
    'output',
    'outputs',
    'pytorch_model',
    'result',
    'results',
    'snapshots',
    'tmp',
    'unknown',
    'weights',
  ].map((word) => word.replaceAll('_', '-')),
);
const WEIGHTS = /\.(?:safetensors|gguf|bin|pt|pth|ckpt|onnx|npz)$/;
const MAX_TEXT = 200;

/**
 * `org/name`, a hub's address, a cache folder (`models--org--name`), a path or a bare name, in lower
 * case; spaces and `_` as `-`. Undefined where it names nothing in particular.
 */
export function modelNameOf(text: string): ModelName | undefined {
  const plain = text.slice(0, 1000).trim().toLowerCase().replaceAll('\\', '/');
  const address = /^https?:\/\/[^/]+\/(.*)$/.exec(plain);
  const path = (address?.[1] ?? plain)
    .replace(/\/+$/, '')
    .replace(/\.git$/, '')
    .replaceAll(/[\s_]+/g, '-');
  const hub = /(?:^|\/)models--([^/]+?)--([^/]+)/.exec(path);
  const parts = path.split('/').filter((part) => part !== '' && part !== '.' && part !== '..');
  const last = (hub?.[2] ?? (address === null ? parts.at(-1) : parts[1]) ?? '').replace(
    WEIGHTS,
    '',
  );
  if (last.length < 3 || /^[\d.-]+$/.test(last) || empty.has(last) || /^checkpoint-\d+$/.test(last))
    return undefined;
  const isId =
    parts.length === 2 && !path.startsWith('/') && !path.startsWith('.') && !path.includes(':');
  const owner = hub?.[1] ?? (address !== null || isId ? parts[0] : undefined);
  return { ...(owner === undefined ? {} : { owner }), name: last, sure: owner !== undefined };
}

/** All that a model's files say of its base, surest first. */
export function declaredBases({ facts, metadata }: FamilyModel): Declared[] {
  const found: Declared[] = [];
  const add = (label: string, value: MetadataValue | undefined, weak = false): void => {
    const first: MetadataValue | undefined = Array.isArray(value) ? value[0] : value;
    if (typeof first !== 'string') return;
    const name = modelNameOf(first);
    if (name === undefined) return;
    const text = first.trim();
    const shown = text.length <= MAX_TEXT ? text : `${text.slice(0, MAX_TEXT - 1)}…`;
    found.push({ text: `${label}: ${shown}`, name, weak });
  };
  add('general.base_model.0.repo_url', own(metadata, 'general.base_model.0.repo_url'));
  const organisation = own(metadata, 'general.base_model.0.organization');
  const name = own(metadata, 'general.base_model.0.name');
  if (typeof organisation === 'string' && typeof name === 'string') {
    add('general.base_model.0', `${organisation.trim()}/${name.trim()}`);
  }
  for (const [key, value] of sidecars(metadata, 'adapter_config.json'))
    add(key, own(value, 'base_model_name_or_path'));
  add('base_model', own(metadata, 'base_model'));
  add('base_model', facts.baseModel);
  for (const [, value] of sidecars(metadata, 'config.json'))
    add('_name_or_path', own(value, '_name_or_path'), true);
  return found;
}

type Fields = Readonly<Record<string, MetadataValue>>;

function own(fields: Fields, key: string): MetadataValue | undefined {
  return Object.hasOwn(fields, key) ? fields[key] : undefined;
}

/** A model's own file of that name; those of its parts say nothing of the whole. */
function sidecars(metadata: Fields, file: string): [label: string, value: Fields][] {
  const value = own(metadata, file);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
  return [[file === 'config.json' ? file : 'base_model', value as Fields]];
}

/** What a model may be called by others: its place in a hub, its folder, its name. */
export function namesOf({ model, folder, metadata }: FamilyModel): ModelName[] {
  const store = own(metadata, 'store');
  const isRecord = typeof store === 'object' && store !== null && !Array.isArray(store);
  const repository = isRecord ? own(store as Fields, 'repository') : undefined;
  const parts = folder
    .replaceAll('\\', '/')
    .split('/')
    .filter((part) => part !== '');
  const around = modelNameOf(parts.at(-1) ?? '');
  const owner = parts.at(-2)?.toLowerCase();
  const texts = [repository, /models--[^/\\]+/.exec(folder)?.[0], model.name];
  const names = texts.flatMap((text) =>
    typeof text === 'string' ? (modelNameOf(text) ?? []) : [],
  );
  if (around !== undefined)
    names.push({ ...(owner === undefined ? {} : { owner }), ...around, sure: false });
  // A name whose owner is known is not also anybody's.
  const owned = new Set(names.filter(({ sure }) => sure).map(({ name }) => name));
  return names.filter(({ sure, name }) => sure || !owned.has(name));
}

/**
 * How well one of a model's names answers a declared one: 2 the full id, 1 the last part where not
 * both owners are known, 0 not at all.
 */
export function answers(declared: ModelName, names: readonly ModelName[]): 0 | 1 | 2 {
  let best: 0 | 1 | 2 = 0;
  for (const { owner, name, sure } of names) {
    if (name !== declared.name) continue;
    if (owner !== undefined && owner === declared.owner) return 2;
    if (!sure || owner === undefined || declared.owner === undefined) best = 1;
  }
  return best;
}
