/** `npm run bench [-- NAME… --rounds N --size 2GB]`: sets up, bundles the benchmarks with the engine, runs them. */
import { copyFileSync } from 'node:fs';
import path from 'node:path';
import { bootstrapNode } from './lib/bootstrap.mjs';
import { bundle } from './lib/bundle.mjs';
import { runMain, since, step } from './lib/log.mjs';
import { inRoot, root } from './lib/paths.mjs';
import { passThrough } from './lib/run.mjs';
import { buildKernels } from './lib/wasm.mjs';

/** The engine finds its workers beside itself under these names. Each is one file, with nothing shared. */
const entries = {
  main: 'bench/main.ts',
  'engine-child': 'bench/engine-child.ts',
  'open-child': 'bench/open-child.ts',
  'pipeline-child': 'bench/pipeline-child.ts',
  'signatures-child': 'bench/signatures-child.ts',
  'engine-worker': 'src/main/engine/worker.ts',
  'kernel-worker': 'src/main/engine/kernels/worker.ts',
};

async function bundleAll() {
  const out = await bundle('tessera-bench', entries);
  await buildKernels();
  copyFileSync(inRoot('out', 'main', 'kernels.wasm'), path.join(out, 'kernels.wasm'));
  return out;
}

runMain(async () => {
  await bootstrapNode();
  const start = performance.now();
  const out = await bundleAll();
  step('benchmarks', `bundled in ${since(start)}`);
  const args = [path.join(out, 'main.js'), '--root', root, ...process.argv.slice(2)];
  return passThrough(process.execPath, args);
});
