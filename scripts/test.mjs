/**
 * `npm test`: sets up, checks, builds, runs the unit and the end-to-end tests, and sums them in the last line:
 * `N passed, N failed` (and `, N skipped`). `npm test -- --unit` or `--e2e` runs one kind; other arguments choose files.
 * A failed check or build is one failure and the tests still run, as far as they can.
 */
import { bootstrapElectron, bootstrapNode } from './lib/bootstrap.mjs';
import { ensureBuilt } from './lib/build.mjs';
import { printResults, runChecks } from './lib/checks.mjs';
import { explain, say, step } from './lib/log.mjs';
import { exitCodeOf, failure, sum, summary } from './lib/reports.mjs';
import { runPlaywright, runVitest } from './lib/runners.mjs';
import { needsVirtualDisplay } from './lib/system-libraries.mjs';

const args = process.argv.slice(2);
const filters = args.filter((arg) => arg !== '--unit' && arg !== '--e2e');
const wants = (kind) =>
  args.includes(`--${kind}`) || !(args.includes('--unit') || args.includes('--e2e'));

/** The checks that failed, as counts; those that hold are not tests and count nothing. */
async function check() {
  const results = await runChecks();
  printResults(results);
  return sum(
    results.filter(({ ok }) => !ok).map(({ name }) => failure(`the check "${name}" failed`)),
  );
}

/** Runs one part; whatever it throws is explained and counts as one failure. */
async function guarded(name, part) {
  try {
    return await part();
  } catch (error) {
    explain(error);
    return failure(`${name}: ${error.message}`);
  }
}

async function build() {
  step('build', await ensureBuilt());
  return sum([]);
}

async function endToEnd() {
  const runtime = await bootstrapElectron();
  return runPlaywright(runtime, needsVirtualDisplay(), filters);
}

async function runAll() {
  await bootstrapNode();
  const checked = await guarded('checks', check);
  const built = await guarded('build', build);
  const units = wants('unit') ? await guarded('vitest', () => runVitest(filters)) : sum([]);
  const isBuilt = built.failed === 0;
  const e2e = !wants('e2e')
    ? sum([])
    : isBuilt
      ? await guarded('playwright', endToEnd)
      : failure('playwright was not run, because the build failed');
  return sum([checked, built, units, e2e]);
}

const total = await guarded('set-up', runAll);
for (const reason of total.reasons) {
  say(`counted as failed: ${reason}`);
}
process.exitCode = exitCodeOf(total);
say(summary(total));
