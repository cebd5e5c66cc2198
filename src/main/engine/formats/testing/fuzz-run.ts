import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { type FuzzTarget, fuzzFile, fuzzSamples, prepareFuzzFolder, type Verdict } from './fuzz';
import type { FuzzMessage, FuzzTask } from './fuzz-worker';

/** A mutant that takes longer is a hang, unless told otherwise. */
const MAX_MILLISECONDS = 5000;
/** Of V8's heap, in a worker. */
const HEAP_MEGABYTES = 256;
/** Mutants per worker: what it counted is lost when it hangs. */
const BATCH = 5000;

export interface FuzzRun {
  readonly target: FuzzTarget;
  readonly seed: number;
  readonly count: number;
  readonly workerFile: URL;
  /** Workers at a time. */
  readonly parallel: number;
  /** Milliseconds. */
  readonly hangsAfter?: number;
}

/** A crash or hang, with the file that caused it. */
export interface FuzzFinding {
  readonly kind: 'crash' | 'hang';
  readonly index: number;
  readonly reason: string;
  readonly file: string;
}

export interface FuzzResult {
  readonly target: FuzzTarget;
  readonly mutants: number;
  readonly counts: Readonly<Record<Verdict, number>>;
  readonly findings: readonly FuzzFinding[];
  readonly worstMilliseconds: number;
  readonly seconds: number;
}

interface State extends FuzzRun {
  readonly counts: Record<Verdict, number>;
  readonly findings: FuzzFinding[];
  readonly folder: string;
  next: number;
  worst: number;
}

/** Tries `count` mutants in worker threads, under a watchdog. Findings are written to files. */
export async function fuzzRun(run: FuzzRun): Promise<FuzzResult> {
  const folder = mkdtempSync(join(tmpdir(), `tessera-fuzz-${run.target}-`));
  prepareFuzzFolder(folder);
  const counts = { refused: 0, accepted: 0, opaque: 0 };
  const state: State = { ...run, folder, counts, findings: [], next: 0, worst: 0 };
  const start = performance.now();
  await Promise.all(Array.from({ length: run.parallel }, () => lane(state)));
  const seconds = (performance.now() - start) / 1000;
  const { target, count, findings, worst } = state;
  if (findings.length === 0) rmSync(folder, { recursive: true });
  return { target, mutants: count, counts, findings, worstMilliseconds: worst, seconds };
}

/** Takes batches until none is left; goes on behind a mutant that ended its worker. */
async function lane(state: State): Promise<void> {
  while (state.next < state.count) {
    let first = state.next;
    const end = Math.min(state.count, first + BATCH);
    state.next = end;
    while (first < end) first = await batch(state, first, end);
  }
}

/** Runs one worker; returns the first mutant that it did not try. */
function batch(state: State, first: number, end: number): Promise<number> {
  const at = new Int32Array(new SharedArrayBuffer(4)).fill(first);
  const { target, seed, folder, workerFile, hangsAfter = MAX_MILLISECONDS } = state;
  const workerData: FuzzTask = { target, seed, first, end, folder, at };
  const resourceLimits = { maxOldGenerationSizeMb: HEAP_MEGABYTES };
  const worker = new Worker(workerFile, { workerData, resourceLimits });
  return new Promise((resolve) => {
    let seen = first;
    let since = performance.now();
    let next: number | undefined;
    const stop = (kind: 'crash' | 'hang', reason: string) => {
      if (next !== undefined) return;
      const index = Atomics.load(at, 0);
      next = index + 1;
      note(state, kind, index, reason);
      worker.terminate();
    };
    const watchdog = setInterval(() => {
      const now = Atomics.load(at, 0);
      if (now !== seen) [seen, since] = [now, performance.now()];
      else if (performance.now() - since > hangsAfter) stop('hang', `over ${hangsAfter} ms`);
    }, 100);
    worker.on('message', (message: FuzzMessage) => {
      if (message.kind === 'crash') {
        note(state, 'crash', message.index, message.reason);
        return;
      }
      for (const verdict of ['refused', 'accepted', 'opaque'] as const) {
        state.counts[verdict] += message.counts[verdict];
      }
      state.worst = Math.max(state.worst, message.worstMilliseconds);
      next = end;
    });
    worker.on('error', (error) => stop('crash', error.message));
    worker.on('exit', (code) => {
      clearInterval(watchdog);
      stop('crash', `the worker ended with code ${code}`);
      resolve(next ?? end);
    });
  });
}

/** Notes a finding, and writes its input. */
function note(state: State, kind: 'crash' | 'hang', index: number, reason: string): void {
  const { file, bytes } = fuzzFile(fuzzSamples(state.target), state.seed, index);
  const path = join(state.folder, `${index}-${file}`);
  writeFileSync(path, bytes);
  state.findings.push({ kind, index, reason, file: path });
}
