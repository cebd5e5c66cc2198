import type { JobId } from '../../../shared/base';
import { formatCount } from '../../../shared/base';
import type { FileAt, PairSpec } from '../kernels/messages';
import type { TensorTarget } from '../kernels/targets';
import type { How, MeasureBook } from '../similarity/measures';
import type { JobBoard, JobHandle } from './board';
import type { KernelPool, Lane } from './pool';

/** A pair of signatures that somebody wants measured; `base` is what the other is predicted from. */
export interface PairWish {
  readonly tensor: number;
  readonly base: number;
  readonly how: How;
}

/** Where a signed tensor can be read. */
export interface Place {
  readonly file: FileAt;
  readonly target: TensorTarget;
}

export interface MeasureContext {
  readonly board: JobBoard;
  readonly pool: KernelPool;
  readonly book: MeasureBook;
  /** Undefined where the tensor is not open any more. */
  readonly placeOf: (signed: number) => Place | undefined;
  /** Some pairs were measured. */
  readonly changed: () => void;
}

/** Pairs of tensors of the same two files, so that one task opens each once. */
interface Batch {
  readonly a: FileAt;
  readonly b: FileAt;
  readonly wishes: PairWish[];
  readonly pairs: PairSpec[];
  bytes: number;
}

/** A task's bytes, about: small enough for progress and cancelling between tasks. */
const BATCH_BYTES = 64 << 20;
const BATCH_PAIRS = 256;
const PROGRESS_INTERVAL = 100;

/** Who asks for pairs; asked again after each round, since what is measured may pair tensors anew. */
export type Wishes = () => readonly PairWish[] | Promise<readonly PairWish[]>;

/** Rounds of one job: pairings settle within a few. */
const ROUNDS = 4;

/** Starts a job that measures all wishes that were not measured before; null when none is left. */
export async function startMeasuring(
  wishes: Wishes,
  title: string,
  context: MeasureContext,
): Promise<JobId | null> {
  const batches = batchesOf(await wishes(), context);
  if (batches.length === 0) return null;
  const job = context.board.create('match', title, 'bytes');
  measureRounds(batches, wishes, job, context).catch((error: unknown) => {
    job.finish('failed', error instanceof Error ? error.message : String(error));
  });
  return job.id;
}

async function measureRounds(
  first: readonly Batch[],
  wishes: Wishes,
  job: JobHandle,
  context: MeasureContext,
): Promise<void> {
  const failures: string[] = [];
  let batches = first;
  for (let round = 0; round < ROUNDS && batches.length > 0; round++) {
    failures.push(...(await measureAll(batches, job, context)));
    context.changed();
    // A pair that failed would be asked for again and again.
    if (job.signal.aborted || failures.length > 0) break;
    batches = batchesOf(await wishes(), context);
  }
  finish(job, failures);
}

/** Of pairs that were not measured before. */
function batchesOf(wishes: readonly PairWish[], { placeOf, book }: MeasureContext): Batch[] {
  const open = new Map<string, Batch>();
  const batches: Batch[] = [];
  const seen = new Set<string>();
  for (const wish of wishes) {
    const a = placeOf(wish.tensor);
    const b = placeOf(wish.base);
    const key = `${wish.tensor}:${wish.base}:${wish.how}`;
    if (book.get(wish.tensor, wish.base, wish.how) !== undefined) continue;
    if (a === undefined || b === undefined || seen.has(key)) continue;
    seen.add(key);
    const files = `${a.file.path}\0${b.file.path}`;
    let batch = open.get(files);
    if (batch === undefined || batch.bytes >= BATCH_BYTES || batch.pairs.length >= BATCH_PAIRS) {
      batch = { a: a.file, b: b.file, wishes: [], pairs: [], bytes: 0 };
      open.set(files, batch);
      batches.push(batch);
    }
    batch.wishes.push(wish);
    batch.pairs.push({ a: a.target, b: b.target, how: wish.how });
    batch.bytes += a.target.length + b.target.length;
  }
  return batches;
}

async function measureAll(
  batches: readonly Batch[],
  job: JobHandle,
  context: MeasureContext,
): Promise<readonly string[]> {
  const lane = context.pool.lane();
  const progress = { done: 0, pairs: 0, failures: [] as string[] };
  const total = batches.reduce((sum, batch) => sum + batch.bytes, 0);
  const itemsTotal = batches.reduce((sum, batch) => sum + batch.pairs.length, 0);
  const report = (): void =>
    job.update({
      done: Math.min(total, progress.done + lane.bytesDone()),
      total,
      itemsDone: progress.pairs,
      itemsTotal,
    });
  const timer = setInterval(report, PROGRESS_INTERVAL);
  job.onPause = (paused) => lane.pause(paused);
  job.signal.addEventListener('abort', () => lane.cancel());
  try {
    const queue = [...batches];
    const workers = Array.from({ length: context.pool.threads }, async () => {
      for (;;) {
        const batch = job.signal.aborted ? undefined : queue.shift();
        if (batch === undefined) return;
        const failure = await measureBatch(batch, lane, context);
        if (failure !== undefined) progress.failures.push(failure);
        progress.done += batch.bytes;
        progress.pairs += batch.pairs.length;
        report();
      }
    });
    await Promise.all(workers);
  } finally {
    clearInterval(timer);
  }
  return progress.failures;
}

function finish(job: JobHandle, [first, ...more]: readonly string[]): void {
  if (job.signal.aborted) job.finish('cancelled', 'Cancelled; what was measured is kept.');
  else if (first === undefined) job.finish('done');
  else {
    const others = more.length > 0 ? ` (and ${formatCount(more.length)} more)` : '';
    job.finish('done', `Some pairs could not be measured: ${first}${others}.`);
  }
}

/** Why the batch could not be measured; undefined when it was, or was cancelled. */
async function measureBatch(
  { a, b, pairs, wishes }: Batch,
  lane: Lane,
  { book, changed }: MeasureContext,
): Promise<string | undefined> {
  const outcome = await lane.run({ kind: 'pair', a, b, pairs });
  if (outcome.kind === 'cancelled') return undefined;
  if (outcome.kind === 'failed') return outcome.failure.message;
  if (outcome.kind === 'crashed') return `the worker that read ${a.path} died: ${outcome.message}`;
  const { measures } = outcome.result;
  book.put(wishes.map((wish, at) => ({ ...wish, measure: measures[at] ?? null })));
  changed();
  return undefined;
}
