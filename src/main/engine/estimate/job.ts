import { formatCount } from '../../../shared/base';
import type { Estimate } from '../../../shared/domain';
import type { JobHandle } from '../jobs/board';
import type { KernelPool } from '../jobs/pool';
import type { ModelWork } from '../jobs/work';
import type { Model } from '../model/model';
import { type MeasureSource, measureLibrary } from './measure';
import { populationOf } from './population';
import { predictLibrary } from './predict';
import { readSample } from './read-sample';
import { planSample, SAMPLE_SHARE } from './sample';

/** Reading a sample stops after so long, milliseconds. */
export const SAMPLE_DEADLINE = 10_000;

export interface SampleOptions {
  readonly workOf?: (model: Model) => ModelWork;
  /** Of all bytes; at most SAMPLE_SHARE. */
  readonly share?: number;
  /** Milliseconds of reading, pauses not counted. */
  readonly deadline?: number;
  readonly seed?: number;
}

/**
 * Estimates what a library of the models would weigh, from a sample; runs under `job`, which it
 * finishes. Undefined when cancelled. Rejects (and the job fails) when nothing could be read.
 */
export async function runSampleEstimate(
  models: readonly Model[],
  pool: KernelPool,
  job: JobHandle,
  { workOf, share = SAMPLE_SHARE, deadline = SAMPLE_DEADLINE, seed = 1 }: SampleOptions = {},
): Promise<Estimate | undefined> {
  return underJob(job, pool, async (lane) => {
    const started = performance.now();
    const population = populationOf(models, workOf);
    const plan = planSample(population, Math.min(share, SAMPLE_SHARE));
    const report = (done: number): void =>
      job.update({ done, total: plan.bytes, itemsTotal: population.files.length });
    report(0);
    const clock = pauseClock(job, lane);
    const stopped = (): boolean => job.signal.aborted || clock.running() > deadline;
    const running = { lane, threads: pool.threads, stopped };
    const { sampled, bytesRead, failures } = await readSample(population, plan, running, report);
    await job.checkpoint();
    if (job.signal.aborted) return undefined;
    const [failure] = failures;
    if (sampled.length === 0 && failure !== undefined) throw new Error(failure);
    const sampledTensors = sampled.filter(({ unit }) => unit.values !== undefined).length;
    const { logicalBytes, models: count, tensors } = population;
    const prediction = await predictLibrary(population, sampled, seed);
    if (job.signal.aborted) return undefined;
    const milliseconds = Math.round(performance.now() - started);
    const basis = { kind: 'sample', bytesRead, milliseconds, models: count, tensors } as const;
    if (failures.length > 0) job.update({ message: missed(failures) });
    return { logicalBytes, ...prediction, basis: { ...basis, sampledTensors } };
  });
}

/**
 * Weighs every byte of fingerprinted members; runs under `job`, which it finishes. Undefined when
 * cancelled: what was measured until then was told to `source.learned`. Rejects (and the job
 * fails) when a file cannot be read or has changed.
 */
export async function runMeasuredEstimate(
  source: MeasureSource,
  pool: KernelPool,
  job: JobHandle,
): Promise<Estimate | undefined> {
  return underJob(job, pool, (lane) => {
    const running = { lane, threads: pool.threads, stopped: () => job.signal.aborted };
    pauseClock(job, lane);
    return measureLibrary(source, running, ({ doneBytes, totalBytes }) =>
      job.update({ done: doneBytes, total: totalBytes }),
    );
  });
}

type Lane = ReturnType<KernelPool['lane']>;

async function underJob<T>(
  job: JobHandle,
  pool: KernelPool,
  work: (lane: Lane) => Promise<T | undefined>,
): Promise<T | undefined> {
  const lane = pool.lane();
  job.signal.addEventListener('abort', () => lane.cancel());
  try {
    const result = await work(lane);
    // The caller has the result before anybody is told that it is there.
    setImmediate(() => job.finish(result === undefined ? 'cancelled' : 'done'));
    return result;
  } catch (error) {
    job.finish('failed', error instanceof Error ? error.message : String(error));
    throw error;
  }
}

/** Hands pauses on to the lane; tells how long the job has run, pauses left out. */
function pauseClock(job: JobHandle, lane: Lane): { readonly running: () => number } {
  let since = performance.now();
  let before = 0;
  let paused = false;
  const running = (): number => before + (paused ? 0 : performance.now() - since);
  job.onPause = (isPaused) => {
    lane.pause(isPaused);
    before = running();
    since = performance.now();
    paused = isPaused;
  };
  return { running };
}

function missed(failures: readonly string[]): string {
  const more = failures.length > 1 ? ` (and ${formatCount(failures.length - 1)} more)` : '';
  return `Some files were left out of the sample: ${failures[0] ?? ''}${more}.`;
}
