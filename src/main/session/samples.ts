import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { JobId } from '../../shared/base';
import type { JobInfo } from '../../shared/domain';
import { writeAtomically } from '../export/atomic-write';
import { RequestFailure } from '../ipc/failure';
import type { EngineAccess } from './engine-access';

/** Raised when the sample family changes, so that older folders are written again. */
const samplesVersion = '1';

/**
 * The folder with the sample models, written first if it is not there whole. A stamp beside the
 * folder says that writing it came to its end. Rejects when the job fails or is cancelled.
 */
export async function sampleFolder(engine: EngineAccess, dataFolder: string): Promise<string> {
  const folder = path.join(dataFolder, 'samples');
  const stamp = path.join(dataFolder, 'samples.version');
  const written = await readFile(stamp, 'utf8').catch(() => '');
  const whole = written === samplesVersion && (await readable(folder));
  if (whole) return folder;
  const { jobId } = await engine.call('samples.write', { folder });
  const job = await finished(engine, jobId);
  if (job.state !== 'done') {
    const reason = job.state === 'cancelled' ? 'it was cancelled' : (job.message ?? 'it failed');
    throw new RequestFailure('io', `The sample models were not written: ${reason}`);
  }
  await writeAtomically(stamp, samplesVersion);
  return folder;
}

const readable = (folder: string) =>
  readFile(folder).then(
    () => false,
    (error: NodeJS.ErrnoException) => error.code === 'EISDIR',
  );

const ended: readonly JobInfo['state'][] = ['done', 'cancelled', 'failed'];

/** The job once it has ended. A job that has gone from the list counts as done. */
async function finished(engine: EngineAccess, jobId: JobId): Promise<JobInfo> {
  for (;;) {
    const job = (await engine.call('jobs.list', null)).find((item) => item.id === jobId);
    if (job === undefined) {
      throw new RequestFailure('internal', 'The job that writes the sample models has gone.');
    }
    if (ended.includes(job.state)) return job;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
