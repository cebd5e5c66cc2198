/** Starts the built app in an Electron runtime, on a display or without one. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { SetupError } from './log.mjs';
import { inRoot, root } from './paths.mjs';
import { exitCodeOfSignal, passThrough } from './run.mjs';
import { sandboxArgs } from './sandbox.mjs';
import { withDisplay } from './xvfb.mjs';

/** Lines that Chromium prints on machines without a system bus or a graphics card. They mean nothing here. */
const noise =
  /:ERROR:(?:\S*\/)?(?:bus|object_proxy|viz_main_impl|gpu_process_host|gl_\w+|angle_\w+|command_buffer_proxy_impl)\.cc/;

/** @typedef {import('./electron-runtime.mjs').Runtime} Runtime */

/** The arguments that make a runtime run the app: its folder first, then switches and paths. */
export function appArgs(args, folder = root) {
  return [folder, ...sandboxArgs(), ...args];
}

/** Hands the terminal over to the app; resolves to its exit code. */
export function runWithDisplay(runtime, args, folder = root) {
  return passThrough(runtime.executable, appArgs(args, folder), { cwd: folder });
}

/**
 * Runs the app on a virtual display; resolves to its exit code.
 * @param {number} limit seconds after which it is stopped and the run fails
 */
export function runHeadless(runtime, args, limit, folder = root) {
  return withDisplay(true, (env) =>
    runLimited(runtime, appArgs(args, folder), limit, { cwd: folder, env }),
  );
}

function runLimited(runtime, args, limit, options) {
  return new Promise((resolve, reject) => {
    const app = spawn(runtime.executable, args, {
      ...options,
      stdio: ['ignore', 'inherit', 'pipe'],
    });
    const stop = () => void app.kill('SIGKILL');
    process.on('exit', stop);
    createInterface({ input: app.stderr }).on('line', (line) => {
      if (!noise.test(line)) {
        process.stderr.write(`${line}\n`);
      }
    });
    const timer = setTimeout(() => {
      stop();
      reject(
        new SetupError(
          `the app did not finish within ${limit} seconds and was stopped`,
          'open fewer files, or allow more: npm start -- --timeout=SECONDS [path …]',
        ),
      );
    }, limit * 1000);
    app.on('error', reject);
    app.on('close', (code, signal) => {
      clearTimeout(timer);
      process.off('exit', stop);
      resolve(code ?? exitCodeOfSignal(signal));
    });
  });
}

/** Where the pictures of a run without a display go. */
export const picturesFolder = inRoot('out', 'headless');
