/** Builds the app into out/ when its sources changed. */
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { withLock } from './lock.mjs';
import { SetupError, since } from './log.mjs';
import { inModules, inRoot, root } from './paths.mjs';
import { capture } from './run.mjs';
import { dropStamp, hashOf, readStamp, writeStamp } from './stamp.mjs';
import { buildKernels } from './wasm.mjs';

const inputs = [
  'src',
  'resources',
  'electron.vite.config.ts',
  'tsconfig.base.json',
  'package.json',
  'package-lock.json',
  'scripts/lib/wasm.mjs',
];
/** Below the output folder. */
const outputs = [
  'main/index.js',
  'main/cli.js',
  'main/engine-worker.js',
  'main/kernel-worker.js',
  'main/kernels.wasm',
  'preload/index.cjs',
  'renderer/index.html',
];
const out = inRoot('out');
const stampFile = inRoot('out', '.built.json');

/** What the output was made from: every source except the tests. */
function sourceHash() {
  return hashOf(root, inputs, (file) => !/\.test\.tsx?$/.test(file));
}

/** Whether out/ holds what the present sources build to. */
export function isBuilt(hash = sourceHash()) {
  return (
    readStamp(stampFile)?.sources === hash &&
    outputs.every((file) => existsSync(path.join(out, file)))
  );
}

/** Builds if needed, or always with `force`. Returns the line to print; throws with the compiler's output. */
export async function ensureBuilt({ force = false } = {}) {
  if (!force && isBuilt()) {
    return 'up to date';
  }
  return withLock(inRoot('.cache', 'build.lock'), async () => {
    const hash = sourceHash();
    if (!force && isBuilt(hash)) {
      return 'up to date';
    }
    const start = performance.now();
    const fresh = inRoot('.cache', 'build');
    rmSync(fresh, { recursive: true, force: true });
    await buildBundles(fresh);
    await buildKernels(fresh);
    checkOutputs(fresh);
    dropStamp(stampFile);
    swapIn(fresh);
    writeStamp(stampFile, { sources: hash });
    return `done in ${since(start)}`;
  });
}

async function buildBundles(folder) {
  const { code, output } = await capture(
    process.execPath,
    [inModules('electron-vite', 'bin', 'electron-vite.js'), 'build'],
    { cwd: root, env: { ...process.env, TESSERA_OUT: folder } },
  );
  if (code !== 0) {
    throw new SetupError('the build failed', 'see the output above', output);
  }
}

/** The other scripts name these files, so a changed configuration must not go unnoticed. */
function checkOutputs(folder) {
  const missing = outputs.filter((file) => !existsSync(path.join(folder, file)));
  if (missing.length > 0) {
    throw new SetupError(
      `the build did not write ${missing.join(', ')}`,
      'make electron.vite.config.ts and the list in scripts/lib/build.mjs agree',
    );
  }
}

/** Puts the new folders where the old ones were, so that what runs never meets half a build. */
function swapIn(fresh) {
  mkdirSync(out, { recursive: true });
  const old = `${fresh}-old`;
  mkdirSync(old, { recursive: true });
  for (const part of ['main', 'preload', 'renderer']) {
    if (existsSync(path.join(out, part))) renameSync(path.join(out, part), path.join(old, part));
    renameSync(path.join(fresh, part), path.join(out, part));
  }
  for (const folder of [fresh, old]) rmSync(folder, { recursive: true, force: true });
}
