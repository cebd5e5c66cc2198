import type { JobId } from '../../../shared/base';
import { writeSamples } from '../samples';
import type { JobBoard } from './board';

/** Writes the sample family as a job. */
export function startSamples(
  { folder, size, seed }: { folder: string; size?: number; seed?: number },
  board: JobBoard,
): JobId {
  const job = board.create('samples', 'Writing the sample models', 'bytes');
  writeSamples(folder, {
    ...(size === undefined ? {} : { size }),
    ...(seed === undefined ? {} : { seed }),
    signal: job.signal,
    checkpoint: () => job.checkpoint(),
    onProgress: (done, total) => job.update({ done, total }),
  })
    .then(() => job.finish(job.signal.aborted ? 'cancelled' : 'done', `In ${folder}`))
    .catch((error: unknown) => {
      if (job.signal.aborted) job.finish('cancelled');
      else job.finish('failed', error instanceof Error ? error.message : String(error));
    });
  return job.id;
}
