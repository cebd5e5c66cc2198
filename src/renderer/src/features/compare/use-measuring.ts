import { useEffect } from 'react';
import type { JobInfo } from '../../../../shared/domain';
import { call, toClientError } from '../../client';
import { firstLook } from '../../state/compare';
import { isLive, useJobs } from '../../state/jobs';
import { useToasts } from '../../state/toasts';
import type { Compared } from './compared';

const others: ReadonlySet<string> = new Set(['scan', 'fingerprint', 'samples']);
const isMeasuring = (job: JobInfo): boolean => isLive(job) && !others.has(job.kind);

/** True while pairs are being measured; the jobs bar shows how far it is. */
export const useMeasuring = (): boolean => useJobs((state) => state.jobs.some(isMeasuring));

/** Has the near pairs measured on their data when a comparison is first on screen. */
export function useMeasureOnce({ comparison, key }: Compared, ready: boolean): void {
  useEffect(() => {
    if (!ready || !firstLook(key)) return;
    const { a, b } = comparison;
    call('compare.verify', { a, b: [...b] }).catch((thrown: unknown) => {
      useToasts.getState().fail(toClientError(thrown));
    });
  }, [comparison, key, ready]);
}
