/** `npm run bench [-- NAME… --rounds N --size 2GB]`: sets up, bundles the benchmarks with the engine, runs them. */
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { bootstrapNode } from './lib/bootstrap.mjs';
import { runMain, since, step } from './lib/log.mjs';
import { inModules, inRoot, root } from './lib/paths.mjs';
import { passThrough } from './lib/run.mjs';
import { buildKernels } from './lib/wasm.mjs';

/** Inside node_modules, so that the bundles find their packages. */
const out = inModules('.cache', 'tessera-bench');

/** The engine finds its workers beside itself under these names. Each is one file, with nothing shared. */
const entries = {
  main: 'bench/main.ts',
  'engine-child': 'bench/engine-child.ts',
  'engine-worker': 'src/main/engine/worker.ts',
  'kernel-worker': 'src/main/engine/kernels/worker.ts',
};

async function bundle() {
  const vite = await import(pathToFileURL(inModules('vite', 'dist', 'node', 'index.js')).href);
  mkdirSync(out, { recursive: true });
  for (const [name, file] of Object.entries(entries)) {
    await vite.build({
      configFile: false,
      root,
      logLevel: 'warn',
      build: {
        ssr: inRoot(file),
        outDir: out,
        emptyOutDir: false,
        copyPublicDir: false,
        target: 'node20.18',
        rollupOptions: { output: { entryFileNames: `${name}.js`, codeSplitting: false } },
      },
    });
  }
  writeFileSync(path.join(out, 'package.json'), '{ "type": "module" }\n');
  await buildKernels();
  copyFileSync(inRoot('out', 'main', 'kernels.wasm'), path.join(out, 'kernels.wasm'));
}

runMain(async () => {
  await bootstrapNode();
  const start = performance.now();
  await bundle();
  step('benchmarks', `bundled in ${since(start)}`);
  const args = [path.join(out, 'main.js'), '--root', root, ...process.argv.slice(2)];
  return passThrough(process.execPath, args);
});
