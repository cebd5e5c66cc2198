import type { Estimate } from '../../../../shared/domain';
import { JobBoard } from '../../jobs/board';
import type { KernelPool } from '../../jobs/pool';
import type { Model } from '../../model/model';
import { runMeasuredEstimate, runSampleEstimate, type SampleOptions } from '../job';
import { measureSourceOf } from './measured';

/** Estimates from a sample as the engine does. */
export async function sampleEstimate(
  models: readonly Model[],
  pool: KernelPool,
  options: SampleOptions = {},
): Promise<Estimate> {
  const job = new JobBoard(() => {}).create('estimate', 'Estimating', 'bytes');
  const estimate = await runSampleEstimate(models, pool, job, options);
  if (estimate === undefined) throw new Error('the estimate was cancelled');
  return estimate;
}

/** Fingerprints and weighs every byte. */
export async function measuredEstimate(
  models: readonly Model[],
  pool: KernelPool,
): Promise<Estimate> {
  const source = await measureSourceOf(models, pool);
  const job = new JobBoard(() => {}).create('estimate', 'Measuring', 'bytes');
  const estimate = await runMeasuredEstimate(source, pool, job);
  if (estimate === undefined) throw new Error('measuring was cancelled');
  return estimate;
}
