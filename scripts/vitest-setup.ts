/** Runs once before the unit tests: the worker bundles that some of them start must match the sources. */
import { execFileSync } from 'node:child_process';
import path from 'node:path';

export default function setup(): void {
  const script = path.join(import.meta.dirname, 'build.mjs');
  try {
    execFileSync(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] });
  } catch (error) {
    // Tests of single modules need no bundle: say so and go on; those that need it then fail by themselves.
    const said = (error as { stdout?: Buffer }).stdout?.toString() ?? '';
    console.error(`${said}The build failed; tests that start a worker will fail too.`);
  }
}
