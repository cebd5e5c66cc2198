/** `npm run corpus -- DIR`: writes the corpus of bad inputs, with index.json of what must become of each file. */
import path from 'node:path';
import { bootstrapNode } from './lib/bootstrap.mjs';
import { bundle } from './lib/bundle.mjs';
import { runMain } from './lib/log.mjs';
import { passThrough } from './lib/run.mjs';

runMain(async () => {
  await bootstrapNode();
  const out = await bundle('tessera-corpus', {
    corpus: 'src/main/engine/formats/testing/corpus-main.ts',
  });
  return passThrough(process.execPath, [path.join(out, 'corpus.js'), ...process.argv.slice(2)]);
});
