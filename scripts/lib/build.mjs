/** Builds the app into out/ when its sources changed. */
import { existsSync } from 'node:fs';
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
const outputs = [
  'out/main/index.js',
  'out/main/cli.js',
  'out/main/kernels.wasm',
  'out/preload/index.cjs',
  'out/renderer/index.html',
];
const stampFile = inRoot('out', '.built.json');

/** What the output was made from: every source except the tests. */
function sourceHash() {
  return hashOf(root, inputs, (file) => !/\.test\.tsx?$/.test(file));
}

/** Whether out/ holds what the present sources build to. */
export function isBuilt(hash = sourceHash()) {
  return (
    readStamp(stampFile)?.sources === hash && outputs.every((file) => existsSync(inRoot(file)))
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
    dropStamp(stampFile);
    await buildBundles();
    await buildKernels();
    checkOutputs();
    writeStamp(stampFile, { sources: hash });
    return `done in ${since(start)}`;
  });
}

async function buildBundles() {
  const { code, output } = await capture(
    process.execPath,
    [inModules('electron-vite', 'bin', 'electron-vite.js'), 'build'],
    { cwd: root },
  );
  if (code !== 0) {
    throw new SetupError('the build failed', 'see the output above', output);
  }
}

/** The other scripts name these files, so a changed configuration must not go unnoticed. */
function checkOutputs() {
  const missing = outputs.filter((file) => !existsSync(inRoot(file)));
  if (missing.length > 0) {
    throw new SetupError(
      `the build did not write ${missing.join(', ')}`,
      'make electron.vite.config.ts and the list in scripts/lib/build.mjs agree',
    );
  }
}
