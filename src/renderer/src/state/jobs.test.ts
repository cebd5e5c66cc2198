import { describe, expect, it } from 'vitest';
import type { JobId } from '../../../shared/base';
import type { JobInfo, JobState } from '../../../shared/domain';
import { finishedJobs, leadingJob } from './jobs';

const job = (id: number, state: JobState, finishedAt?: number): JobInfo => ({
  id: `job-${id}` as JobId,
  kind: 'fingerprint',
  title: `Job ${id}`,
  state,
  done: 0,
  total: 1,
  unit: 'bytes',
  itemsDone: 0,
  itemsTotal: 1,
  rate: 0,
  startedAt: id,
  ...(finishedAt === undefined ? {} : { finishedAt }),
});

describe('jobs', () => {
  it('shows what runs before what is paused before what waits', () => {
    const waiting = job(1, 'queued');
    const paused = job(2, 'paused');
    const running = job(3, 'running');
    expect(leadingJob([waiting, paused, running])).toBe(running);
    expect(leadingJob([waiting, paused])).toBe(paused);
    expect(leadingJob([waiting])).toBe(waiting);
    expect(leadingJob([job(4, 'done', 5)])).toBeUndefined();
  });

  it('lists ended jobs, the latest first, without those that live', () => {
    const jobs = [
      job(1, 'done', 10),
      job(2, 'failed', 30),
      job(3, 'running'),
      job(4, 'cancelled', 20),
    ];
    expect(finishedJobs(jobs).map(({ id }) => id)).toEqual(['job-2', 'job-4', 'job-1']);
  });
});
