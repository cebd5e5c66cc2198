/** The command line of `npm start`: which paths to open, which switches to hand on. Pure, save for looking at the disk. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { SetupError } from './log.mjs';

/**
 * Splits arguments into switches (`--…`) and paths; paths become absolute, relative ones from where the user typed.
 * After `--` everything is a path. A path that does not exist is an error that names it.
 * @returns {{switches: string[], paths: string[]}}
 */
export function splitArgs(args, from, exists = existsSync) {
  const end = args.indexOf('--');
  const open = end === -1 ? args : args.slice(0, end);
  const rest = end === -1 ? [] : args.slice(end + 1);
  const isSwitch = (arg) => arg.startsWith('--');
  const paths = [...open.filter((arg) => !isSwitch(arg)), ...rest].map((arg) =>
    path.resolve(from, arg),
  );
  const missing = paths.filter((file) => !exists(file));
  if (missing.length > 0) {
    throw new SetupError(`there is no ${missing.join(', ')}`, 'npm start [folder or file …]');
  }
  return { switches: open.filter(isSwitch), paths };
}

/** The folder that relative paths are meant from: npm runs scripts elsewhere, but says where it was called. */
export function callerFolder(env = process.env, cwd = process.cwd()) {
  return env.INIT_CWD ?? cwd;
}
