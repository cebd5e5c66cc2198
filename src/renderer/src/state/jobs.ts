import { create } from 'zustand';
import type { JobInfo } from '../../../shared/domain';
import { call, subscribe } from '../client';

interface Jobs {
  /** As the engine lists them. */
  readonly jobs: readonly JobInfo[];
}

export const useJobs = create<Jobs>()(() => ({ jobs: [] }));

export const isLive = (job: JobInfo): boolean =>
  job.state === 'running' || job.state === 'queued' || job.state === 'paused';

/** The job the bar shows: running before paused before queued; undefined when nothing is left. */
export function leadingJob(jobs: readonly JobInfo[]): JobInfo | undefined {
  for (const state of ['running', 'paused', 'queued'] as const) {
    const found = jobs.find((job) => job.state === state);
    if (found) return found;
  }
  return undefined;
}

/** True while models that are pending now will be fingerprinted without anybody asking. */
export const useFingerprinting = (): boolean =>
  useJobs((state) => state.jobs.some((job) => isLive(job) && job.kind !== 'samples'));

/** Jobs that have ended, the latest first. */
export function finishedJobs(jobs: readonly JobInfo[]): readonly JobInfo[] {
  return jobs
    .filter((job) => !isLive(job))
    .sort((a, b) => (b.finishedAt ?? b.startedAt) - (a.finishedAt ?? a.startedAt));
}

export async function connectJobs(): Promise<void> {
  subscribe('jobs.changed', (jobs) => useJobs.setState({ jobs }));
  useJobs.setState({ jobs: await call('jobs.list', {}) });
}
