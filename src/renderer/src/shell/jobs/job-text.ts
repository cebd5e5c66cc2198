import {
  assertUnreachable,
  formatBytes,
  formatCount,
  formatDuration,
  type UnitSystem,
} from '../../../../shared/base';
import type { JobInfo, JobState } from '../../../../shared/domain';
import { counted } from '../../lib/format';

/** Between 0 and 1; undefined while the amount of work is unknown. */
export function progressOf(job: JobInfo): number | undefined {
  if (job.state === 'done') return 1;
  if (job.total <= 0) return undefined;
  return Math.min(1, Math.max(0, job.done / job.total));
}

/** `62%`; never 100% before the end. */
export function percentText(job: JobInfo): string {
  const progress = progressOf(job);
  if (progress === undefined) return '';
  const percent = Math.floor(progress * 100);
  return `${job.state === 'done' ? 100 : Math.min(99, percent)}%`;
}

export function rateText(job: JobInfo, units: UnitSystem): string {
  if (job.rate <= 0) return '';
  return job.unit === 'bytes'
    ? `${formatBytes(job.rate, units)}/s`
    : `${formatCount(job.rate)} files/s`;
}

/** `62% · 1.6 GB/s · 48 s left`; a paused job has no rate and no end. */
export function progressText(job: JobInfo, units: UnitSystem): string {
  if (job.state === 'queued') return 'waiting for its turn';
  const pieces = [percentText(job)];
  if (job.state === 'paused') pieces.push('paused');
  if (job.state === 'running') {
    pieces.push(rateText(job, units));
    if (job.remaining !== undefined) pieces.push(`${formatDuration(job.remaining)} left`);
  }
  return pieces.filter((piece) => piece !== '').join(' · ');
}

export function stateText(state: JobState): string {
  switch (state) {
    case 'queued':
      return 'Waiting';
    case 'running':
      return 'Running';
    case 'paused':
      return 'Paused';
    case 'done':
      return 'Done';
    case 'cancelled':
      return 'Cancelled';
    case 'failed':
      return 'Failed';
    default:
      return assertUnreachable(state);
  }
}

/** How much was done and in what time, for the history. */
export function outcomeText(job: JobInfo, units: UnitSystem): string {
  const amount = job.unit === 'bytes' ? formatBytes(job.done, units) : counted(job.done, 'file');
  if (job.finishedAt === undefined) return amount;
  const seconds = (job.finishedAt - job.startedAt) / 1000;
  const time = seconds < 1 ? 'under 1 s' : formatDuration(seconds);
  return `${amount} in ${time}`;
}
