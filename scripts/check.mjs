/** `npm run check`: format, lint, types, import edges. One line for each; the output of those that fail. */
import { bootstrapNode } from './lib/bootstrap.mjs';
import { printResults, runChecks } from './lib/checks.mjs';
import { runMain } from './lib/log.mjs';

runMain(async () => {
  await bootstrapNode();
  const results = await runChecks();
  printResults(results);
  return results.every(({ ok }) => ok) ? 0 : 1;
});
