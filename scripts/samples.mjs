/** `npm run samples -- [--size 4GB] [--seed N] DIR`: writes sample models with `tessera samples`. */
import { runMain } from './lib/log.mjs';
import { inRoot } from './lib/paths.mjs';
import { passThrough } from './lib/run.mjs';

await runMain(() =>
  passThrough(process.execPath, [inRoot('bin', 'tessera'), 'samples', ...process.argv.slice(2)]),
);
