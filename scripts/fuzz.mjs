/** `npm run fuzz [-- --format gguf --count 100000 --seed N]`: seeded mutants of every valid sample, in workers under a watchdog. */
import path from 'node:path';
import { bootstrapNode } from './lib/bootstrap.mjs';
import { bundle } from './lib/bundle.mjs';
import { runMain } from './lib/log.mjs';
import { passThrough } from './lib/run.mjs';

runMain(async () => {
  await bootstrapNode();
  const out = await bundle('tessera-fuzz', {
    fuzz: 'src/main/engine/formats/testing/fuzz-main.ts',
    'fuzz-worker': 'src/main/engine/formats/testing/fuzz-worker.ts',
  });
  return passThrough(process.execPath, [path.join(out, 'fuzz.js'), ...process.argv.slice(2)]);
});
