import { describe, expect, it } from 'vitest';
import type { JobId } from '../../shared/base';
import type { JobInfo } from '../../shared/domain';
import { taskbarProgress } from './taskbar';

const job = (part: Partial<JobInfo>): JobInfo => ({
  id: 'job-1' as JobId,
  kind: 'fingerprint',
  title: 'Fingerprinting',
  state: 'running',
  done: 0,
  total: 100,
  unit: 'bytes',
  itemsDone: 0,
  itemsTotal: 1,
  rate: 0,
  startedAt: 0,
  ...part,
});

describe('taskbarProgress', () => {
  it('takes the bar away when nothing is under way', () => {
    expect(taskbarProgress([job({ state: 'done', done: 100 })]).fraction).toBe(-1);
  });
  it('averages what is under way and never passes the end', () => {
    const jobs = [job({ done: 50 }), job({ done: 300 }), job({ state: 'failed' })];
    expect(taskbarProgress(jobs)).toEqual({ fraction: 0.75, mode: 'normal' });
  });
  it('is paused only when everything is, and indeterminate when no total is known', () => {
    expect(taskbarProgress([job({ state: 'paused' })]).mode).toBe('paused');
    expect(taskbarProgress([job({ state: 'paused' }), job({})]).mode).toBe('normal');
    expect(taskbarProgress([job({ total: 0 })]).fraction).toBeGreaterThan(1);
  });
});
