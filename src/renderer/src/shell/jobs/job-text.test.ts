import { describe, expect, it } from 'vitest';
import type { JobId } from '../../../../shared/base';
import type { JobInfo } from '../../../../shared/domain';
import { outcomeText, percentText, progressOf, progressText } from './job-text';

const job = (part: Partial<JobInfo>): JobInfo => ({
  id: 'job-1' as JobId,
  kind: 'fingerprint',
  title: 'Fingerprinting 18 models',
  state: 'running',
  done: 62e9,
  total: 100e9,
  unit: 'bytes',
  itemsDone: 11,
  itemsTotal: 18,
  rate: 1.6e9,
  startedAt: 0,
  ...part,
});

describe('the progress of a job', () => {
  it('says percent, rate and time left', () => {
    expect(progressText(job({ remaining: 48 }), 'decimal')).toBe('62% · 1.60 GB/s · 48 s left');
    expect(progressText(job({ remaining: 48 }), 'binary')).toBe('62% · 1.49 GiB/s · 48 s left');
  });

  it('leaves out what is not known', () => {
    expect(progressText(job({ rate: 0 }), 'decimal')).toBe('62%');
    expect(progressOf(job({ total: 0, done: 0 }))).toBeUndefined();
    expect(progressText(job({ total: 0, rate: 0 }), 'decimal')).toBe('');
  });

  it('is never 100% before the end', () => {
    expect(percentText(job({ done: 100e9 }))).toBe('99%');
    expect(percentText(job({ done: 99.9e9 }))).toBe('99%');
    expect(percentText(job({ state: 'done' }))).toBe('100%');
  });

  it('has no rate while paused or waiting', () => {
    expect(progressText(job({ state: 'paused', remaining: 48 }), 'decimal')).toBe('62% · paused');
    expect(progressText(job({ state: 'queued' }), 'decimal')).toBe('waiting for its turn');
  });

  it('says afterwards what was done in what time', () => {
    const ended = job({ state: 'done', done: 100e9, finishedAt: 62_000 });
    expect(outcomeText(ended, 'decimal')).toBe('100 GB in 1 min 2 s');
    expect(outcomeText(job({ unit: 'files', done: 61, finishedAt: 400 }), 'decimal')).toBe(
      '61 files in under 1 s',
    );
    expect(outcomeText(job({ unit: 'files', done: 1 }), 'decimal')).toBe('1 file');
  });
});
