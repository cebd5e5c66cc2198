import { formatBytes, formatCount, formatDuration, formatShare } from '../shared/base';
import type { JobInfo } from '../shared/domain';
import type { Terminal } from './run';
import { plainLine, widthOf } from './text';

const CLEAR = '\r\u001b[2K';

/** One line on the terminal that follows the running job; silent where stderr is no terminal. */
export interface ProgressLine {
  show(jobs: readonly JobInfo[]): void;
  /** Removes the line. */
  end(): void;
}

export function progressLine(terminal: Terminal): ProgressLine {
  let shown = false;
  return {
    show(jobs) {
      const job = jobs.findLast(({ state }) => state === 'running');
      if (!terminal.progress || job === undefined) return;
      terminal.err(CLEAR + shorten(jobText(job), terminal.columns - 1));
      shown = true;
    },
    end() {
      if (shown) terminal.err(CLEAR);
      shown = false;
    },
  };
}

/** `Fingerprinting 8 models: 42%, 1.2 GB of 3 GB, 510 MB/s, 3 s left`. */
export function jobText(job: JobInfo): string {
  const amount = job.unit === 'bytes' ? formatBytes : (count: number) => formatCount(count);
  const title = plainLine(job.title);
  if (job.total <= 0) return `${title}: ${amount(job.done)}${job.unit === 'bytes' ? '' : ' files'}`;
  const parts = [formatShare(job.done, job.total), `${amount(job.done)} of ${amount(job.total)}`];
  if (job.rate > 0) parts.push(`${amount(job.rate)}/s`);
  if (job.remaining !== undefined) parts.push(`${formatDuration(job.remaining)} left`);
  return `${title}: ${parts.join(', ')}`;
}

function shorten(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text;
  let kept = '';
  for (const character of text) {
    if (widthOf(kept + character) >= columns) break;
    kept += character;
  }
  return `${kept}…`;
}
