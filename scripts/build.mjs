/** `npm run build [-- --force]`: builds main, preload, renderer, CLI and kernels into out/ if their sources changed. */
import { ensureBuilt } from './lib/build.mjs';
import { runMain, step } from './lib/log.mjs';

runMain(async () => {
  step('build', await ensureBuilt({ force: process.argv.includes('--force') }));
});
