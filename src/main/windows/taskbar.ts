import type { JobInfo } from '../../shared/domain';

export interface TaskbarProgress {
  /** 0 to 1; -1 takes the bar away; above 1 means "working, no end known". */
  readonly fraction: number;
  readonly mode: 'normal' | 'paused';
}

/** One bar for all jobs under way, each weighing the same, as their units differ. */
export function taskbarProgress(jobs: readonly JobInfo[]): TaskbarProgress {
  const active = jobs.filter((job) => ['queued', 'running', 'paused'].includes(job.state));
  if (active.length === 0) return { fraction: -1, mode: 'normal' };
  const mode = active.every((job) => job.state === 'paused') ? 'paused' : 'normal';
  const known = active.filter((job) => job.total > 0);
  if (known.length === 0) return { fraction: 2, mode };
  const done = known.reduce((sum, job) => sum + Math.min(1, job.done / job.total), 0);
  return { fraction: done / known.length, mode };
}
