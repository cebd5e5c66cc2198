import { mkdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { scratchFolder } from '../formats/testing/cases';
import { detectedStores, usualStores } from './stores';

const pathsOf = (env: Readonly<Record<string, string>>, platform: NodeJS.Platform = 'linux') =>
  usualStores(env, platform === 'win32' ? 'C:\\Users\\u' : '/home/u', platform).map(
    ({ path }) => path,
  );

describe('usualStores', () => {
  it.each([
    ['HF_HOME', '/d/hf', '/d/hf/hub'],
    ['HF_HUB_CACHE', '/d/hub', '/d/hub'],
    ['HUGGINGFACE_HUB_CACHE', '/d/hub', '/d/hub'],
    ['TRANSFORMERS_CACHE', '/d/tr', '/d/tr'],
    ['XDG_CACHE_HOME', '/d/c', '/d/c/huggingface/hub'],
    ['OLLAMA_MODELS', '/d/ollama', '/d/ollama'],
    ['OLLAMA_MODELS', '/d/ollama/', '/d/ollama'],
    ['TORCH_HOME', '/d/torch', '/d/torch/hub/checkpoints'],
    ['LLAMA_CACHE', '/d/llama', '/d/llama'],
    ['INVOKEAI_ROOT', '/d/invoke', '/d/invoke/models'],
    ['HF_HOME', '~/hf', '/home/u/hf/hub'],
  ])('follows %s=%s to %s, before the default', (key, value, expected) => {
    const stores = usualStores({ [key]: value }, '/home/u', 'linux');
    const store = stores.find(({ path }) => path === expected);
    expect(store).toBeDefined();
    const first = stores.find(({ name }) => name === store?.name);
    expect(first).toEqual(store);
  });

  it('passes over variables that are empty or no absolute path', () => {
    const plain = pathsOf({});
    expect(pathsOf({ HF_HOME: '', OLLAMA_MODELS: 'models', HF_HUB_CACHE: '../x' })).toEqual(plain);
  });

  it('gives each path once', () => {
    const paths = pathsOf({
      HF_HOME: '/home/u/.cache/huggingface',
      OLLAMA_MODELS: '/home/u/.ollama/models',
    });
    expect(new Set(paths).size).toBe(paths.length);
  });

  it.each([
    ['linux', '/usr/share/ollama/.ollama/models'],
    ['linux', '/home/u/.lmstudio/models'],
    ['linux', '/home/u/.cache/lm-studio/models'],
    ['linux', '/home/u/ComfyUI/models'],
    ['darwin', '/home/u/Library/Caches/llama.cpp'],
    ['win32', 'C:\\Users\\u\\.lmstudio\\models'],
    ['win32', 'C:\\Users\\u\\.ollama\\models'],
    ['win32', 'C:\\Users\\u\\.cache\\huggingface\\hub'],
  ] as const)('knows on %s %s', (platform, path) => {
    expect(pathsOf({}, platform)).toContain(path);
  });

  it('speaks Windows’ paths on Windows', () => {
    const env = { APPDATA: 'C:\\Users\\u\\AppData\\Roaming', HF_HOME: 'D:/hf' };
    const paths = pathsOf(env, 'win32');
    expect(paths).toContain('D:\\hf\\hub');
    expect(paths).toContain('C:\\Users\\u\\AppData\\Roaming\\StabilityMatrix\\Models');
    expect(paths.every((path) => !path.includes('/'))).toBe(true);
  });
});

describe('detectedStores', () => {
  let scratch = { folder: '', remove: () => {} };
  let home = '';
  beforeEach(() => {
    scratch = scratchFolder('stores');
    home = realpathSync(scratch.folder);
  });
  afterEach(() => scratch.remove());
  const folder = (path: string): string => {
    mkdirSync(join(home, path), { recursive: true });
    return join(home, path);
  };
  const detect = () =>
    detectedStores({}, home, process.platform).filter(({ path }) => path.startsWith(home));

  it('gives those that are folders', () => {
    folder('.ollama/models');
    folder('.lmstudio');
    writeFileSync(join(home, '.lmstudio/models'), 'a file');
    expect(detect()).toEqual([{ name: 'Ollama', path: join(home, '.ollama/models') }]);
  });

  it('follows LM Studio’s settings and its home pointer', () => {
    const downloads = folder('big disk/llm');
    const moved = folder('moved');
    folder('moved/models');
    folder('.lmstudio');
    writeFileSync(
      join(home, '.lmstudio/settings.json'),
      JSON.stringify({ downloadsFolder: downloads }),
    );
    writeFileSync(join(home, '.lmstudio-home-pointer'), `${moved}\n`);
    expect(detect().map(({ path }) => path)).toEqual([downloads, join(moved, 'models')]);
  });

  it.each(['{', '[]', '{"downloadsFolder": 7}', '{"downloadsFolder": "relative"}', ''])(
    'is not misled by settings that say %s',
    (text) => {
      folder('.lmstudio');
      writeFileSync(join(home, '.lmstudio/settings.json'), text);
      symlinkSync('.lmstudio-home-pointer', join(home, '.lmstudio-home-pointer'));
      expect(detect()).toEqual([]);
    },
  );
});
