/** Bundles TypeScript entries that run outside the app: benchmarks, corpus, fuzzing, children of tests. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { inModules, inRoot, root } from './paths.mjs';

/**
 * Bundles each entry into one file of its own, with nothing shared. Returns the folder.
 * @param {string} name of the folder below node_modules/.cache, so that the bundles find their packages
 * @param {Record<string, string>} entries name of the bundle → source file, from the repository's root
 */
export async function bundle(name, entries) {
  const out = inModules('.cache', name);
  const vite = await import(pathToFileURL(inModules('vite', 'dist', 'node', 'index.js')).href);
  mkdirSync(out, { recursive: true });
  for (const [entry, file] of Object.entries(entries)) {
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
        rollupOptions: { output: { entryFileNames: `${entry}.js`, codeSplitting: false } },
      },
    });
  }
  writeFileSync(path.join(out, 'package.json'), '{ "type": "module" }\n');
  return out;
}
