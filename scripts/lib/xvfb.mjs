/** A virtual display for machines without one. */
import { spawn } from 'node:child_process';
import { SetupError } from './log.mjs';
import { exitCodeOfSignal, which } from './run.mjs';

/**
 * Starts Xvfb on a display number that it finds free itself, and waits until it answers.
 * It is stopped by `stop`, when this process exits, and, where setpriv exists, even when this process is killed.
 * @returns {Promise<{display: string, stop: () => void}>} display: the value for DISPLAY
 */
export async function startXvfb(size = '1600x1000x24') {
  const options = ['-displayfd', '3', '-screen', '0', size, '-nolisten', 'tcp', '-noreset'];
  const setpriv = which('setpriv');
  const [command, ...args] =
    setpriv === undefined
      ? ['Xvfb', ...options]
      : [setpriv, '--pdeathsig', 'TERM', 'Xvfb', ...options];
  const server = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe', 'pipe'] });
  const stop = () => void server.kill('SIGTERM');
  process.on('exit', stop);
  const number = await displayNumber(server);
  // From here on the server must not keep this process alive.
  server.unref();
  for (const stream of server.stdio) {
    stream?.unref?.();
  }
  return { display: `:${number}`, stop };
}

/** Reads the number that the server writes to descriptor 3 once it is ready. */
function displayNumber(server) {
  return new Promise((resolve, reject) => {
    let errors = '';
    const fail = (message) =>
      reject(
        new SetupError(message, 'try it by hand: Xvfb -displayfd 1 -screen 0 1600x1000x24', errors),
      );
    const timer = setTimeout(() => {
      server.kill();
      fail('the virtual display (Xvfb) did not start within 15 seconds');
    }, 15_000);
    server.stderr.setEncoding('utf8').on('data', (text) => {
      errors += text;
    });
    server.stdio[3].setEncoding('utf8').once('data', (text) => {
      clearTimeout(timer);
      resolve(text.trim());
    });
    server.on('error', (error) =>
      fail(`the virtual display (Xvfb) cannot be started: ${error.message}`),
    );
    server.on('exit', (code) => {
      clearTimeout(timer);
      fail(`the virtual display (Xvfb) ended at once (exit code ${code})`);
    });
  });
}

/** Lets `work` run with a display: the one there is, or a virtual one that is stopped afterwards, also on signals. */
export async function withDisplay(isNeeded, work) {
  if (!isNeeded) {
    return work(process.env);
  }
  const { display, stop } = await startXvfb();
  const onSignal = (signal) => process.exit(exitCodeOfSignal(signal));
  const signals = ['SIGHUP', 'SIGINT', 'SIGTERM'];
  for (const signal of signals) {
    process.once(signal, onSignal);
  }
  try {
    return await work({ ...process.env, DISPLAY: display });
  } finally {
    for (const signal of signals) {
      process.off(signal, onSignal);
    }
    stop();
  }
}
