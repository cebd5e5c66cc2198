import { statSync } from 'node:fs';
import { posix, win32 } from 'node:path';
import { studioFolders } from './studio-settings';

/** A place where a program usually keeps models. */
export interface Store {
  /** The program's name, as people know it. */
  readonly name: string;
  readonly path: string;
}

export type Environment = Readonly<Record<string, string | undefined>>;

interface Places {
  readonly env: Environment;
  readonly platform: NodeJS.Platform;
  readonly home: (...parts: string[]) => string;
  readonly join: (...parts: string[]) => string;
}

/**
 * The usual places of models for one user, most specific first, each path once. Pure: existence
 * is `existingStores`' concern. Sources: the programs' documentation and defaults.
 */
export function usualStores(env: Environment, home: string, platform: NodeJS.Platform): Store[] {
  const path = platform === 'win32' ? win32 : posix;
  const places: Places = {
    env,
    platform,
    home: (...parts) => path.join(home, ...parts),
    join: (...parts) => path.join(...parts),
  };
  const stores = [
    ...hubStores(places),
    ...ollamaStores(places),
    ...studioStores(places),
    ...imageStores(places),
  ];
  const seen = new Set<string>();
  return stores.filter(({ path: at }) => !seen.has(at) && seen.add(at));
}

/** An absolute path that a variable names; `~` is the home folder, as Hugging Face's tools take it. */
function fromEnv({ env, home, platform }: Places, key: string): string[] {
  const path = platform === 'win32' ? win32 : posix;
  const value = env[key]?.trim() ?? '';
  const expanded = /^~(?=$|[\\/])/.test(value) ? home(value.slice(1)) : value;
  return path.isAbsolute(expanded) ? [withoutEnd(path.normalize(expanded))] : [];
}

function withoutEnd(path: string): string {
  return path.length > 1 && !/^[A-Za-z]:\\$/.test(path) ? path.replace(/[\\/]+$/, '') : path;
}

function hubStores(places: Places): Store[] {
  const { home, join } = places;
  const cache = fromEnv(places, 'XDG_CACHE_HOME').map((at) => join(at, 'huggingface'));
  const bases = [...fromEnv(places, 'HF_HOME'), ...cache, home('.cache', 'huggingface')];
  const hubs = [
    ...fromEnv(places, 'HF_HUB_CACHE'),
    ...fromEnv(places, 'HUGGINGFACE_HUB_CACHE'),
    ...fromEnv(places, 'TRANSFORMERS_CACHE'),
    ...bases.map((base) => join(base, 'hub')),
  ];
  const torch = [
    ...fromEnv(places, 'TORCH_HOME'),
    ...fromEnv(places, 'XDG_CACHE_HOME').map((at) => join(at, 'torch')),
    home('.cache', 'torch'),
  ];
  return [
    ...hubs.map((path) => ({ name: 'Hugging Face', path })),
    ...torch.map((base) => ({ name: 'PyTorch Hub', path: join(base, 'hub', 'checkpoints') })),
    ...fromEnv(places, 'MODELSCOPE_CACHE').map((path) => ({ name: 'ModelScope', path })),
    { name: 'ModelScope', path: home('.cache', 'modelscope', 'hub') },
  ];
}

function ollamaStores(places: Places): Store[] {
  const paths = [...fromEnv(places, 'OLLAMA_MODELS'), places.home('.ollama', 'models')];
  if (places.platform === 'linux') {
    paths.push('/usr/share/ollama/.ollama/models', '/var/lib/ollama/.ollama/models');
    paths.push('/var/lib/ollama/models', places.home('snap', 'ollama', 'common', 'models'));
  }
  return paths.map((path) => ({ name: 'Ollama', path }));
}

function studioStores(places: Places): Store[] {
  const { home, join, platform } = places;
  const stores = [
    { name: 'LM Studio', path: home('.lmstudio', 'models') },
    { name: 'LM Studio', path: home('.cache', 'lm-studio', 'models') },
    { name: 'GPT4All', path: home('.local', 'share', 'nomic.ai', 'GPT4All') },
    { name: 'Jan', path: home('jan', 'models') },
    ...fromEnv(places, 'LLAMA_CACHE').map((path) => ({ name: 'llama.cpp', path })),
    { name: 'llama.cpp', path: home('.cache', 'llama.cpp') },
    { name: 'text-generation-webui', path: home('text-generation-webui', 'user_data', 'models') },
    { name: 'text-generation-webui', path: home('text-generation-webui', 'models') },
  ];
  if (platform === 'linux') {
    stores.push({ name: 'Jan', path: home('.config', 'Jan', 'data', 'models') });
    stores.push({ name: 'Jan', path: home('.local', 'share', 'Jan', 'data', 'models') });
  }
  if (platform === 'darwin') {
    stores.push({
      name: 'Jan',
      path: home('Library', 'Application Support', 'Jan', 'data', 'models'),
    });
    stores.push({ name: 'llama.cpp', path: home('Library', 'Caches', 'llama.cpp') });
    stores.push({
      name: 'GPT4All',
      path: home('Library', 'Application Support', 'nomic.ai', 'GPT4All'),
    });
  }
  for (const local of fromEnv(places, 'LOCALAPPDATA')) {
    stores.push({ name: 'GPT4All', path: join(local, 'nomic.ai', 'GPT4All') });
  }
  for (const roaming of fromEnv(places, 'APPDATA')) {
    stores.push({ name: 'Jan', path: join(roaming, 'Jan', 'data', 'models') });
  }
  return stores;
}

function imageStores(places: Places): Store[] {
  const { home, join, platform } = places;
  const stores = [
    { name: 'ComfyUI', path: home('ComfyUI', 'models') },
    { name: 'ComfyUI', path: home('Documents', 'ComfyUI', 'models') },
    { name: 'Stable Diffusion web UI', path: home('stable-diffusion-webui', 'models') },
    { name: 'Stable Diffusion web UI Forge', path: home('stable-diffusion-webui-forge', 'models') },
    { name: 'SD.Next', path: home('automatic', 'models') },
    { name: 'Fooocus', path: home('Fooocus', 'models') },
    { name: 'Stable Diffusion web UI', path: home('stable-diffusion-webui', 'embeddings') },
    ...fromEnv(places, 'INVOKEAI_ROOT').map((at) => ({
      name: 'InvokeAI',
      path: join(at, 'models'),
    })),
    { name: 'InvokeAI', path: home('invokeai', 'models') },
    { name: 'SwarmUI', path: home('SwarmUI', 'Models') },
    { name: 'Stability Matrix', path: home('StabilityMatrix', 'Data', 'Models') },
  ];
  for (const roaming of fromEnv(places, 'APPDATA')) {
    stores.push({ name: 'Stability Matrix', path: join(roaming, 'StabilityMatrix', 'Models') });
  }
  if (platform === 'linux') {
    const path = home('.config', 'StabilityMatrix', 'Models');
    stores.push({ name: 'Stability Matrix', path });
  }
  if (platform === 'darwin') {
    const path = home('Library', 'Application Support', 'StabilityMatrix', 'Models');
    stores.push({ name: 'Stability Matrix', path });
  }
  return stores;
}

/** Those of the stores that are folders that exist. */
export function existingStores(stores: readonly Store[]): Store[] {
  return stores.filter(({ path }) => {
    try {
      return statSync(path).isDirectory();
    } catch {
      return false;
    }
  });
}

/**
 * Stores that exist for this user: the usual places, and the folder that LM Studio's settings name.
 * Reads at most three small files.
 */
export function detectedStores(env: Environment, home: string, platform: NodeJS.Platform): Store[] {
  const chosen = studioFolders(env, home).map((path) => ({ name: 'LM Studio', path }));
  const seen = new Set<string>();
  return existingStores([...chosen, ...usualStores(env, home, platform)]).filter(
    ({ path }) => !seen.has(path) && seen.add(path),
  );
}
