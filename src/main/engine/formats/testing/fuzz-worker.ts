import { parentPort, workerData } from 'node:worker_threads';
import { type FuzzTarget, fuzzFile, fuzzSamples, judge, type Verdict } from './fuzz';

/** What the worker is started with. It ends by itself after its last mutant. */
export interface FuzzTask {
  readonly target: FuzzTarget;
  readonly seed: number;
  readonly first: number;
  /** First mutant that is not this task's. */
  readonly end: number;
  readonly folder: string;
  /** The worker writes the number of the mutant that it is at: the watchdog reads it. */
  readonly at: Int32Array;
}

export type FuzzMessage =
  | { readonly kind: 'crash'; readonly index: number; readonly reason: string }
  | {
      readonly kind: 'done';
      readonly counts: Readonly<Record<Verdict, number>>;
      readonly worstMilliseconds: number;
      readonly worstIndex: number;
    };

const { target, seed, first, end, folder, at } = workerData as FuzzTask;
const counts: Record<Verdict, number> = { refused: 0, accepted: 0, opaque: 0 };
const samples = fuzzSamples(target);
let worstMilliseconds = 0;
let worstIndex = first;
const send = (message: FuzzMessage) => parentPort?.postMessage(message);

for (let index = first; index < end; index += 1) {
  Atomics.store(at, 0, index);
  const { file, bytes } = fuzzFile(samples, seed, index);
  const start = performance.now();
  try {
    counts[judge(folder, file, bytes)] += 1;
  } catch (error) {
    const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
    send({ kind: 'crash', index, reason });
  }
  const took = performance.now() - start;
  if (took > worstMilliseconds) [worstMilliseconds, worstIndex] = [took, index];
}
send({ kind: 'done', counts, worstMilliseconds, worstIndex });
