/** `npm run bootstrap`: sets up everything that `npm start` and `npm test` need, and does no work twice. */
import { bootstrapElectron, bootstrapNode } from './lib/bootstrap.mjs';
import { runMain } from './lib/log.mjs';

runMain(async () => {
  await bootstrapNode();
  await bootstrapElectron();
});
