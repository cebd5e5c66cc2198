/**
 * What the set-up scripts say: one line for every step, and for every failure what to do about it.
 * Everything goes through `say`, so that a command whose stdout is data can send it all to stderr.
 */

/** @type {NodeJS.WritableStream} */
let target = process.stdout;

/** Sends every later line to stderr; for commands whose stdout must hold only their own output. */
export function sayToStderr() {
  target = process.stderr;
}

/** Prints one line. */
export function say(line) {
  target.write(`${line}\n`);
}

/** Prints the line of a finished step: what was looked at, and how it stands. */
export function step(name, state) {
  say(`${`${name}:`.padEnd(13)} ${state}`);
}

/** A failure that the user can do something about. `advice` says what; `details` is raw output, shown above it. */
export class SetupError extends Error {
  constructor(message, advice, details = '') {
    super(message);
    this.name = 'SetupError';
    this.advice = advice;
    this.details = details;
  }
}

/** Prints any error: details, then one line with what failed, then what to do. */
export function explain(error) {
  if (!(error instanceof SetupError)) {
    say(error instanceof Error ? (error.stack ?? error.message) : String(error));
    return;
  }
  if (error.details.trim() !== '') {
    say(error.details.trimEnd());
  }
  say(`failed: ${error.message}`);
  say(`  → ${error.advice}`);
}

/** Runs a script's main function; sets the exit code to what it returns, or 1 after explaining what it threw. */
export async function runMain(main) {
  try {
    process.exitCode = (await main()) ?? 0;
  } catch (error) {
    explain(error);
    process.exitCode = 1;
  }
}

/** `1.2 s` for a duration since `start` (a performance.now() value). */
export function since(start) {
  return `${((performance.now() - start) / 1000).toFixed(1)} s`;
}
