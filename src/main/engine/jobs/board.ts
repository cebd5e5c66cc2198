import type { JobId } from '../../../shared/base';
import type { JobInfo, JobState } from '../../../shared/domain';

const FINISHED_KEPT = 50;
/** Window over which a rate is averaged, milliseconds. */
const RATE_WINDOW = 3000;

/** A running job's own handle. All methods are no-ops once the job ended. */
export interface JobHandle {
  readonly id: JobId;
  /** Aborted when the person cancels or the engine stops. */
  readonly signal: AbortSignal;
  /** Called when pause is switched, for work that other threads do. */
  onPause: (paused: boolean) => void;
  /** Resolves at once, or, while the job is paused, when it goes on or is cancelled. */
  checkpoint(): Promise<void>;
  update(change: JobChange): void;
  finish(state: 'done' | 'cancelled' | 'failed', message?: string): void;
}

type JobChange = Partial<
  Pick<JobInfo, 'title' | 'done' | 'total' | 'itemsDone' | 'itemsTotal' | 'message'>
>;

interface Entry {
  info: JobInfo;
  readonly abort: AbortController;
  readonly handle: JobHandle;
  samples: { at: number; done: number }[];
  /** Work that waits for the end of a pause. */
  waiting: (() => void)[];
}

/** All jobs of this engine, newest last. `changed` runs after every change; throttle there. */
export class JobBoard {
  readonly #entries = new Map<JobId, Entry>();
  #next = 1;
  #waiters: (() => void)[] = [];

  constructor(
    private readonly changed: () => void,
    private readonly now: () => number = Date.now,
  ) {}

  list(): JobInfo[] {
    return [...this.#entries.values()].map((entry) => entry.info);
  }

  create(kind: JobInfo['kind'], title: string, unit: JobInfo['unit']): JobHandle {
    const id = `job-${this.#next++}` as JobId;
    const abort = new AbortController();
    const handle: JobHandle = {
      id,
      signal: abort.signal,
      onPause: () => {},
      checkpoint: () => this.#checkpoint(id),
      update: (change) => this.#update(id, change),
      finish: (state, message) => this.#finish(id, state, message),
    };
    const info: JobInfo = {
      id,
      kind,
      title,
      unit,
      state: 'running',
      done: 0,
      total: 0,
      itemsDone: 0,
      itemsTotal: 0,
      rate: 0,
      startedAt: this.now(),
    };
    this.#entries.set(id, { info, abort, handle, samples: [], waiting: [] });
    this.changed();
    return handle;
  }

  pause(id: JobId, paused: boolean): void {
    const entry = this.#entries.get(id);
    if (entry === undefined || entry.info.state !== (paused ? 'running' : 'paused')) return;
    const { remaining: _, ...info } = entry.info;
    entry.info = { ...info, state: paused ? 'paused' : 'running', rate: 0 };
    entry.samples = [];
    entry.handle.onPause(paused);
    if (!paused) for (const resume of entry.waiting.splice(0)) resume();
    this.changed();
  }

  cancel(id: JobId): void {
    const entry = this.#entries.get(id);
    if (entry === undefined || isFinished(entry.info.state)) return;
    if (entry.info.state === 'paused') this.pause(id, false);
    entry.abort.abort();
  }

  cancelAll(): void {
    for (const id of this.#entries.keys()) this.cancel(id);
  }

  clearFinished(): void {
    for (const [id, entry] of this.#entries) {
      if (isFinished(entry.info.state)) this.#entries.delete(id);
    }
    this.changed();
  }

  /** Resolves when no job is running or paused; at once when none is. */
  idle(): Promise<void> {
    if (!this.#busy()) return Promise.resolve();
    return new Promise((resolve) => this.#waiters.push(resolve));
  }

  #checkpoint(id: JobId): Promise<void> {
    const entry = this.#entries.get(id);
    if (entry?.info.state !== 'paused') return Promise.resolve();
    return new Promise((resolve) => entry.waiting.push(resolve));
  }

  #busy(): boolean {
    return [...this.#entries.values()].some((entry) => !isFinished(entry.info.state));
  }

  #update(id: JobId, change: JobChange): void {
    const entry = this.#entries.get(id);
    if (entry === undefined || isFinished(entry.info.state)) return;
    const info = { ...entry.info, ...change };
    entry.info = info.state === 'running' ? this.#withRate(entry, info) : info;
    this.changed();
  }

  #withRate(entry: Entry, info: JobInfo): JobInfo {
    const at = this.now();
    entry.samples = [
      ...entry.samples.filter((sample) => at - sample.at <= RATE_WINDOW),
      { at, done: info.done },
    ];
    const first = entry.samples[0] as { at: number; done: number };
    const seconds = (at - first.at) / 1000;
    const { remaining: _, ...rest } = info;
    if (seconds < 0.2) return rest;
    const rate = Math.max(0, (info.done - first.done) / seconds);
    return rate > 0
      ? { ...rest, rate, remaining: (info.total - info.done) / rate }
      : { ...rest, rate };
  }

  #finish(id: JobId, state: JobState, message?: string): void {
    const entry = this.#entries.get(id);
    if (entry === undefined || isFinished(entry.info.state)) return;
    const { remaining: _, ...info } = entry.info;
    entry.info = {
      ...info,
      state,
      rate: 0,
      finishedAt: this.now(),
      ...(message === undefined ? {} : { message }),
    };
    this.#dropOldest();
    this.changed();
    if (!this.#busy()) for (const resolve of this.#waiters.splice(0)) resolve();
  }

  #dropOldest(): void {
    const finished = [...this.#entries].filter(([, entry]) => isFinished(entry.info.state));
    for (const [id] of finished.slice(0, -FINISHED_KEPT)) this.#entries.delete(id);
  }
}

const isFinished = (state: JobState): boolean =>
  state === 'done' || state === 'cancelled' || state === 'failed';
