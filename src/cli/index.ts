import { run } from './run';

/** Entry of the command line: wires the process to `run`, nothing else. */
const interrupt = new AbortController();
let interrupted = false;
process.on('SIGINT', () => {
  if (interrupted) process.exit(130);
  interrupted = true;
  interrupt.abort();
});
// The reader of a pipe may leave early (`tessera scan … | head`): that is no error.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit();
  });
}
process.exitCode = await run(process.argv.slice(2), {
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
  progress: process.stderr.isTTY === true,
  columns: process.stderr.columns ?? 80,
  env: process.env,
  signal: interrupt.signal,
});
