import type { Effort } from '../codecs/types';
import type { Lane } from '../jobs/pool';
import { MAX_BATCH_BYTES } from '../kernels/encode-task';
import type { EncodeDone, KernelFailureCode } from '../kernels/messages';
import type { EncodePlan, PlannedBatch } from './plan';

/** Raw bytes of batches in flight, unless told otherwise. */
const IN_FLIGHT_BYTES = 16 * MAX_BATCH_BYTES;

/** A batch as it is to be stored. */
export interface EncodedBatch {
  readonly batch: PlannedBatch;
  readonly encoded: EncodeDone;
}

/** Takes what was encoded, in any order; one `write` at a time. What it throws ends the run. */
export interface EncodedSink {
  write(batch: EncodedBatch): Promise<void> | void;
}

export interface EncodeProgress {
  /** Raw bytes of fragments that the sink has taken, and of all. */
  readonly doneBytes: number;
  readonly totalBytes: number;
}

export interface EncodeOptions {
  readonly effort: Effort;
  /** Workers of the lane's pool. */
  readonly threads: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: EncodeProgress) => void;
  /** Most raw bytes between being planned and being taken by the sink; at least one batch goes. */
  readonly maxInFlightBytes?: number;
}

/** Why encoding stopped. Nothing is wrong with what the sink has taken before. */
export class EncodingFailed extends Error {
  override readonly name = 'EncodingFailed';
  constructor(
    readonly code: KernelFailureCode | 'crashed',
    /** Names the file, and the byte. */
    message: string,
    readonly file: string,
    readonly offset: number | undefined,
  ) {
    super(message);
  }
}

/**
 * Encodes all of a plan on a lane's workers: read, hash, choose, encode and verify by decoding there;
 * here batches are handed out and what comes back is given to the sink. Resolves to true when the sink has taken everything, to
 * false when it was cancelled. Rejects with EncodingFailed, or what the sink threw; either way all
 * tasks have ended by then and the sink is not called again.
 *
 * Memory: a batch is in flight from when its task is posted until the sink has taken it, and no task
 * is posted that could put more than `maxInFlightBytes` of raw bytes in flight. An encoded batch is
 * not longer than a raw one, so that the engine holds no more than that; a worker that is in use (no
 * more are than batches are in flight) holds one encoded batch, one fragment and its bases. A slow
 * sink therefore stops the workers instead of filling the memory.
 *
 * Cancel ends the tasks in progress before their next fragment. Pause is the lane's: its workers
 * hold before their next fragment, no other task is started, and what is encoded is still written.
 */
export async function encodeAll(
  plan: EncodePlan,
  lane: Lane,
  sink: EncodedSink,
  options: EncodeOptions,
): Promise<boolean> {
  const { signal, effort } = options;
  const run: Run = { plan, lane, sink, effort, state: { stopped: false, doneBytes: 0 } };
  const cancel = (): void => stop(run);
  signal?.addEventListener('abort', cancel, { once: true });
  if (signal?.aborted === true) cancel();
  try {
    const batches = plan.batches()[Symbol.iterator]();
    const write = oneAtATime((batch: EncodedBatch) => sink.write(batch));
    const loops = Array.from({ length: batchesInFlight(options) }, () =>
      encodeBatches(run, batches, write, options.onProgress).catch((error: unknown) => {
        run.state.failure ??= { error };
        stop(run);
      }),
    );
    await Promise.all(loops);
  } finally {
    signal?.removeEventListener('abort', cancel);
  }
  if (run.state.failure !== undefined) throw run.state.failure.error;
  return !run.state.stopped;
}

interface Run {
  readonly plan: EncodePlan;
  readonly lane: Lane;
  readonly sink: EncodedSink;
  readonly effort: Effort;
  readonly state: { stopped: boolean; doneBytes: number; failure?: { readonly error: unknown } };
}

/** Twice the workers: when a task ends, the next waits at the pool already. */
function batchesInFlight({ threads, maxInFlightBytes = IN_FLIGHT_BYTES }: EncodeOptions): number {
  return Math.max(1, Math.min(2 * threads, Math.floor(maxInFlightBytes / MAX_BATCH_BYTES)));
}

function stop({ lane, state }: Run): void {
  state.stopped = true;
  lane.cancel();
}

/** Takes batch after batch, each until the sink has it. */
async function encodeBatches(
  run: Run,
  batches: Iterator<PlannedBatch>,
  write: (batch: EncodedBatch, isOff: () => boolean) => Promise<boolean>,
  onProgress: EncodeOptions['onProgress'],
): Promise<void> {
  const { state, plan } = run;
  while (!state.stopped) {
    const { done, value: batch } = batches.next();
    if (done === true) return;
    const encoded = await encodeBatch(run, batch);
    if (encoded === undefined) return;
    if (!(await write({ batch, encoded }, () => state.stopped))) return;
    state.doneBytes += batch.bytes;
    onProgress?.({ doneBytes: state.doneBytes, totalBytes: plan.totalBytes });
  }
}

/** Undefined when the run was stopped. */
async function encodeBatch(
  { lane, effort, state }: Run,
  { files, fragments, hashes }: PlannedBatch,
): Promise<EncodeDone | undefined> {
  const outcome = await lane.run({ kind: 'encode', files, fragments, hashes, effort });
  if (state.stopped || outcome.kind === 'cancelled') return undefined;
  if (outcome.kind === 'done') return outcome.result;
  const path = files[0]?.path ?? '';
  if (outcome.kind === 'crashed') {
    const offset = fragments[0]?.offset;
    const message = `A worker died while it encoded ${path} (byte ${offset}): ${outcome.message}`;
    throw new EncodingFailed('crashed', message, path, offset);
  }
  const { code, message, file, offset } = outcome.failure;
  throw new EncodingFailed(code, message, file ?? path, offset);
}

/**
 * Calls of `work` wait for one another. Resolves to false where it was left out: `isOff` by then, or
 * one before it failed.
 */
function oneAtATime<T>(
  work: (item: T) => Promise<void> | void,
): (item: T, isOff: () => boolean) => Promise<boolean> {
  let hasFailed = false;
  let last: Promise<unknown> = Promise.resolve();
  return (item, isOff) => {
    const own = last.then(async () => {
      if (hasFailed || isOff()) return false;
      await work(item);
      return true;
    });
    last = own.catch(() => {
      hasFailed = true;
    });
    return own;
  };
}
