import path from 'node:path';
import { formatBytes, formatDuration } from '../shared/base';
import { withEngine } from './engine';
import { CommandFailure, exitCodes } from './failure';
import type { Terminal } from './run';
import { plainLine } from './text';

export interface SamplesOptions {
  readonly size?: number;
  readonly seed?: number;
}

export async function samples(
  folder: string,
  options: SamplesOptions,
  terminal: Terminal,
): Promise<number> {
  const target = path.resolve(folder);
  const engineOptions = { dataFolder: null, threads: 1, autoFingerprint: false };
  const job = await withEngine(engineOptions, terminal, async (engine) => {
    const { jobId } = await engine.call('samples.write', { folder: target, ...options });
    await engine.idle();
    return (await engine.call('jobs.list', null)).find(({ id }) => id === jobId);
  });
  if (job?.state !== 'done') {
    throw new CommandFailure(exitCodes.io, job?.message ?? 'the samples were not written.');
  }
  const seconds = ((job.finishedAt ?? job.startedAt) - job.startedAt) / 1000;
  const rate = seconds < 0.05 ? '' : ` (${formatBytes(job.total / seconds)}/s)`;
  terminal.out(
    `${plainLine(target)} holds the sample models, ${formatBytes(job.total)}; this took ${formatDuration(seconds)}${rate}.\n`,
  );
  return exitCodes.done;
}
