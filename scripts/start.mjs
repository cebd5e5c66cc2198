/**
 * `npm start [path …]`: sets up, builds what changed, and opens the app with the paths.
 * Without a display it opens them (or the sample models) on a virtual one, writes a picture of every screen to
 * out/headless, prints the summary and ends. `--timeout=SECONDS` limits such a run (600); other switches go to the app.
 */
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { bootstrapElectron, bootstrapNode } from './lib/bootstrap.mjs';
import { ensureBuilt } from './lib/build.mjs';
import { picturesFolder, runHeadless, runWithDisplay } from './lib/launch.mjs';
import { runMain, SetupError, step } from './lib/log.mjs';
import { root } from './lib/paths.mjs';
import { callerFolder, splitArgs } from './lib/start-args.mjs';
import { needsVirtualDisplay } from './lib/system-libraries.mjs';

/** Takes `--timeout=SECONDS` out of the switches. */
function takeTimeout(switches) {
  const text =
    switches.find((arg) => arg.startsWith('--timeout='))?.slice('--timeout='.length) ?? '600';
  const seconds = Number(text);
  if (!(seconds > 0)) {
    throw new SetupError(
      `--timeout=${text} is not a number of seconds`,
      'for instance --timeout=900',
    );
  }
  return { seconds, others: switches.filter((arg) => !arg.startsWith('--timeout=')) };
}

async function startHeadless(runtime, switches, paths, seconds) {
  rmSync(picturesFolder, { recursive: true, force: true });
  mkdirSync(picturesFolder, { recursive: true });
  const pictures = path.relative(root, picturesFolder);
  step('display', `none, so the app runs on a virtual one and its pictures go to ${pictures}`);
  const tour = switches.some((arg) => arg.startsWith('--headless-tour'))
    ? []
    : [`--headless-tour=${pictures}`];
  const code = await runHeadless(runtime, [...tour, ...switches, ...paths], seconds);
  if (code !== 0) {
    throw new SetupError(`the app ended with exit code ${code}`, 'its own messages are above');
  }
  return code;
}

runMain(async () => {
  const { switches, paths } = splitArgs(process.argv.slice(2), callerFolder());
  const { seconds, others } = takeTimeout(switches);
  await bootstrapNode();
  const runtime = await bootstrapElectron();
  step('build', await ensureBuilt());
  if (needsVirtualDisplay()) {
    return startHeadless(runtime, others, paths, seconds);
  }
  return runWithDisplay(runtime, [...others, ...paths]);
});
