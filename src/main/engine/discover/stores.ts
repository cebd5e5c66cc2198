import { statSync } from 'node:fs';
import { posix, win32 } from 'node:path';

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

function fromEnv(env: Environment, key: string): string[] {
  const value = env[key];
  return value === undefined || value === '' ? [] : [value];
}

function hubStores({ env, home, join }: Places): Store[] {
  const cache = fromEnv(env, 'XDG_CACHE_HOME').map((at) => join(at, 'huggingface'));
  const bases = [...fromEnv(env, 'HF_HOME'), ...cache, home('.cache', 'huggingface')];
  const hubs = [
    ...fromEnv(env, 'HF_HUB_CACHE'),
    ...fromEnv(env, 'HUGGINGFACE_HUB_CACHE'),
    ...bases.map((base) => join(base, 'hub')),
  ];
  return [
    ...hubs.map((path) => ({ name: 'Hugging Face', path })),
    { name: 'PyTorch Hub', path: home('.cache', 'torch', 'hub', 'checkpoints') },
    { name: 'ModelScope', path: home('.cache', 'modelscope', 'hub') },
  ];
}

function ollamaStores({ env, home, platform }: Places): Store[] {
  const paths = [...fromEnv(env, 'OLLAMA_MODELS'), home('.ollama', 'models')];
  if (platform === 'linux') paths.push('/usr/share/ollama/.ollama/models');
  return paths.map((path) => ({ name: 'Ollama', path }));
}

function studioStores({ env, home, join, platform }: Places): Store[] {
  const stores = [
    { name: 'LM Studio', path: home('.lmstudio', 'models') },
    { name: 'LM Studio', path: home('.cache', 'lm-studio', 'models') },
    { name: 'GPT4All', path: home('.local', 'share', 'nomic.ai', 'GPT4All') },
    { name: 'Jan', path: home('jan', 'models') },
    { name: 'llama.cpp', path: home('.cache', 'llama.cpp') },
  ];
  if (platform === 'darwin') {
    stores.push({
      name: 'Jan',
      path: home('Library', 'Application Support', 'Jan', 'data', 'models'),
    });
    stores.push({ name: 'llama.cpp', path: home('Library', 'Caches', 'llama.cpp') });
  }
  for (const local of fromEnv(env, 'LOCALAPPDATA')) {
    stores.push({ name: 'GPT4All', path: join(local, 'nomic.ai', 'GPT4All') });
  }
  for (const roaming of fromEnv(env, 'APPDATA')) {
    stores.push({ name: 'Jan', path: join(roaming, 'Jan', 'data', 'models') });
  }
  return stores;
}

function imageStores({ env, home, join, platform }: Places): Store[] {
  const stores = [
    { name: 'ComfyUI', path: home('ComfyUI', 'models') },
    { name: 'ComfyUI', path: home('Documents', 'ComfyUI', 'models') },
    { name: 'Stable Diffusion web UI', path: home('stable-diffusion-webui', 'models') },
    { name: 'Stable Diffusion web UI Forge', path: home('stable-diffusion-webui-forge', 'models') },
    { name: 'SD.Next', path: home('automatic', 'models') },
    { name: 'Fooocus', path: home('Fooocus', 'models') },
    { name: 'InvokeAI', path: home('invokeai', 'models') },
    { name: 'Stability Matrix', path: home('StabilityMatrix', 'Data', 'Models') },
  ];
  for (const roaming of fromEnv(env, 'APPDATA')) {
    stores.push({ name: 'Stability Matrix', path: join(roaming, 'StabilityMatrix', 'Models') });
  }
  if (platform === 'linux') {
    const path = home('.config', 'StabilityMatrix', 'Models');
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
