import { stat } from 'node:fs/promises';
import path from 'node:path';
import { EngineHost, type EngineOptions } from '../main/engine/api';
import type { ModelSummary } from '../shared/domain';
import { CommandFailure, exitCodes, Interrupted } from './failure';
import { progressLine } from './progress';
import type { Terminal } from './run';

/** How long a stop may take before the process is ended anyway, milliseconds. */
const STOP_LIMIT = 2000;

/**
 * Starts an engine, lets `work` use it, and stops it whatever happens. Ctrl+C ends `work` at once:
 * the engine cancels its jobs, keeps what is done, and Interrupted is thrown.
 */
export async function withEngine<T>(
  options: EngineOptions,
  terminal: Terminal,
  work: (engine: EngineHost) => Promise<T>,
): Promise<T> {
  const interrupted = whenAborted(terminal.signal);
  const engine = await EngineHost.start(options);
  const line = progressLine(terminal);
  const unsubscribe = engine.on('jobs.changed', (jobs) => line.show(jobs));
  try {
    return await Promise.race([work(engine), interrupted]);
  } finally {
    unsubscribe();
    line.end();
    await stopWithin(engine, terminal.signal.aborted);
  }
}

function whenAborted(signal: AbortSignal): Promise<never> {
  const promise = new Promise<never>((_, reject) => {
    if (signal.aborted) reject(new Interrupted());
    signal.addEventListener('abort', () => reject(new Interrupted()), { once: true });
  });
  promise.catch(() => undefined);
  return promise;
}

/** A call that cannot be cancelled (verify) may hold the thread: it reads only, so it is left. */
async function stopWithin(engine: EngineHost, hurry: boolean): Promise<void> {
  const stopped = engine.stop();
  if (!hurry) return stopped;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), STOP_LIMIT);
  });
  const outcome = await Promise.race([stopped, late]);
  clearTimeout(timer);
  if (outcome === 'late') process.exit(exitCodes.interrupted);
}

/** Opens paths and waits until everything in them is read and fingerprinted. */
export async function openAll(engine: EngineHost, paths: readonly string[]): Promise<string[]> {
  const absolute = paths.map((one) => path.resolve(one));
  for (const one of absolute) await mustExist(one);
  await engine.call('sources.open', { paths: absolute });
  await engine.idle();
  await mustHaveSucceeded(engine);
  const problems = await engine.call('problems.list', null);
  const shut = problems.find(({ kind, file }) => kind === 'unreadable' && absolute.includes(file));
  if (shut !== undefined) throw new CommandFailure(exitCodes.io, shut.error);
  return absolute;
}

/** Throws CommandFailure if any job so far has failed. */
export async function mustHaveSucceeded(engine: EngineHost): Promise<void> {
  for (const job of await engine.call('jobs.list', null)) {
    if (job.state === 'failed') {
      const reason = job.message ?? 'no reason is known.';
      throw new CommandFailure(exitCodes.io, `${job.title} failed: ${reason}`);
    }
  }
}

async function mustExist(file: string): Promise<void> {
  try {
    await stat(file);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    const reason = code === 'ENOENT' ? 'there is no such file or folder' : code;
    throw new CommandFailure(exitCodes.io, `cannot read ${file}: ${reason}.`);
  }
}

const collator = new Intl.Collator('en', { numeric: true });

/** In natural order of their names, then by id: the same for the same models. */
export function sortedModels(models: readonly ModelSummary[]): ModelSummary[] {
  return [...models].sort((a, b) => collator.compare(a.name, b.name) || (a.id < b.id ? -1 : 1));
}
