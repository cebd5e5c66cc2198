import type { JobId } from '../base';

export type JobState = 'queued' | 'running' | 'paused' | 'done' | 'cancelled' | 'failed';

export interface JobInfo {
  readonly id: JobId;
  readonly kind: 'scan' | 'fingerprint' | 'samples' | 'match' | 'estimate';
  /** "Fingerprinting 18 models". */
  readonly title: string;
  readonly state: JobState;
  /** Work is counted in `unit`. */
  readonly done: number;
  readonly total: number;
  readonly unit: 'bytes' | 'files';
  readonly itemsDone: number;
  readonly itemsTotal: number;
  /** Smoothed over the last seconds, in `unit` per second; 0 when unknown. */
  readonly rate: number;
  /** Seconds; undefined when unknown. */
  readonly remaining?: number;
  readonly startedAt: number;
  readonly finishedAt?: number;
  /** Why it failed, or what went wrong on the way; one sentence. */
  readonly message?: string;
}
