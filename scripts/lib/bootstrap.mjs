/** Everything that must be in place before the app is built or started. Each part does nothing when nothing is due. */
import { ensureDependencies } from './dependencies.mjs';
import { findRuntime } from './electron-runtime.mjs';
import { withLock } from './lock.mjs';
import { step } from './log.mjs';
import { checkNode } from './node-version.mjs';
import { inRoot } from './paths.mjs';
import { checkSandbox } from './sandbox.mjs';
import { ensureSystemLibraries } from './system-libraries.mjs';

/** Node and the npm packages: what the CLI and the unit tests need. */
export async function bootstrapNode() {
  step('node', checkNode());
  step('packages', await withLock(inRoot('.cache', 'setup.lock'), ensureDependencies));
}

/** Electron with its system libraries: what the app and the end-to-end tests need. Returns the runtime. */
export async function bootstrapElectron() {
  const runtime = await findRuntime();
  step('electron', runtime.label);
  step(
    'libraries',
    await withLock(inRoot('.cache', 'setup.lock'), () => ensureSystemLibraries(runtime.folder)),
  );
  step('sandbox', checkSandbox(runtime.folder));
  return runtime;
}
