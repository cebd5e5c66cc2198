import { Worker } from 'node:worker_threads';
import {
  Command,
  type ControlSlot,
  controlSlot,
  createControl,
  readBytesDone,
  readCommand,
  setCommand,
  writeBytesDone,
} from '../kernels/control';
import type {
  FromKernel,
  KernelDone,
  KernelFailure,
  KernelTask,
  KernelWorkerData,
} from '../kernels/messages';
import { builtFile } from '../locate';

/** How one task ended. `crashed`: the worker died under it and has been replaced. */
export type TaskOutcome<Done extends KernelDone = KernelDone> =
  | { readonly kind: 'done'; readonly result: Done }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'failed'; readonly failure: KernelFailure }
  | { readonly kind: 'crashed'; readonly message: string };

/** What each kind of task is answered with. */
export interface DoneOf {
  readonly fingerprint: Extract<KernelDone, { kind: 'done' }>;
  readonly sign: Extract<KernelDone, { kind: 'signed' }>;
  readonly read: Extract<KernelDone, { kind: 'read' }>;
  readonly pair: Extract<KernelDone, { kind: 'paired' }>;
  readonly weigh: Extract<KernelDone, { kind: 'weighed' }>;
  readonly encode: Extract<KernelDone, { kind: 'encoded' }>;
  readonly decode: Extract<KernelDone, { kind: 'decoded' }>;
}

/** A task without its number, which the pool gives. */
export type TaskInput<Kind extends KernelTask['kind']> = Omit<
  Extract<KernelTask, { kind: Kind }>,
  'task'
>;

/** One job's use of the pool: its tasks wait for idle workers, and pause and end together. */
export interface Lane {
  /** Never rejects. Waits for an idle worker; a cancelled lane settles everything as cancelled. */
  run<Kind extends KernelTask['kind']>(
    task: TaskInput<Kind> & { readonly kind: Kind },
  ): Promise<TaskOutcome<DoneOf[Kind]>>;
  /** Bytes done of the tasks in progress. */
  bytesDone(): number;
  pause(paused: boolean): void;
  /** Tasks in progress settle as `cancelled` within one read's time, waiting ones at once. */
  cancel(): void;
}

interface LaneState {
  paused: boolean;
}

interface Seat {
  readonly slot: ControlSlot;
  worker: Worker | undefined;
  lane: LaneState | undefined;
  settle: ((outcome: TaskOutcome) => void) | undefined;
}

interface Waiting {
  readonly lane: LaneState;
  readonly task: object;
  readonly settle: (outcome: TaskOutcome) => void;
}

/**
 * Kernel workers, one per core, started when first needed. A worker that dies settles its task as
 * `crashed` and its seat gets a new one. Workers end by themselves on command: terminate() on a
 * busy thread can take the process with it.
 */
export class KernelPool {
  readonly #control: SharedArrayBuffer;
  readonly #seats: Seat[];
  #waiting: Waiting[] = [];
  #nextTask = 1;
  #stopping = false;

  /** `workerFile`: the built worker's entry. */
  constructor(
    readonly threads: number,
    private readonly workerFile: URL = builtFile('kernel-worker.js'),
  ) {
    this.#control = createControl(threads);
    this.#seats = Array.from({ length: threads }, (_, at) => ({
      slot: controlSlot(this.#control, at),
      worker: undefined,
      lane: undefined,
      settle: undefined,
    }));
  }

  /** Seats without a task that nobody waits for. */
  get idle(): number {
    const free = this.#seats.filter((seat) => seat.settle === undefined).length;
    return Math.max(0, free - this.#waiting.length);
  }

  lane(): Lane {
    const lane: LaneState = { paused: false };
    return {
      run: <Kind extends KernelTask['kind']>(task: TaskInput<Kind>) =>
        new Promise<TaskOutcome<DoneOf[Kind]>>((resolve) => {
          const settle = (outcome: TaskOutcome): void =>
            resolve(outcome as TaskOutcome<DoneOf[Kind]>);
          this.#waiting.push({ lane, task, settle });
          this.#pump();
        }),
      bytesDone: () => this.#busy(lane).reduce((sum, seat) => sum + readBytesDone(seat.slot), 0),
      pause: (paused) => this.#pause(lane, paused),
      cancel: () => this.#cancel(lane),
    };
  }

  /** Resolves when every worker has ended. */
  async stop(): Promise<void> {
    this.#stopping = true;
    for (const waiting of this.#waiting.splice(0)) waiting.settle({ kind: 'cancelled' });
    const endings = this.#seats.map(({ slot, worker }) => {
      if (worker === undefined) return Promise.resolve();
      const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
      setCommand(slot, Command.exit);
      return ended;
    });
    await Promise.all(endings);
  }

  #busy(lane: LaneState): Seat[] {
    return this.#seats.filter((seat) => seat.lane === lane && seat.settle !== undefined);
  }

  /** A worker that was told to cancel or exit is left to it. */
  #pause(lane: LaneState, paused: boolean): void {
    lane.paused = paused;
    const [from, to] = paused ? [Command.run, Command.pause] : [Command.pause, Command.run];
    for (const { slot } of this.#busy(lane)) {
      if (readCommand(slot) === from) setCommand(slot, to);
    }
    this.#pump();
  }

  #cancel(lane: LaneState): void {
    const dropped = this.#waiting.filter((waiting) => waiting.lane === lane);
    this.#waiting = this.#waiting.filter((waiting) => waiting.lane !== lane);
    for (const seat of this.#busy(lane)) setCommand(seat.slot, Command.cancel);
    for (const waiting of dropped) waiting.settle({ kind: 'cancelled' });
  }

  /** Starts what waits, first come first served; tasks of a paused lane let others pass. */
  #pump(): void {
    for (let at = 0; at < this.#seats.length && !this.#stopping; at++) {
      const seat = this.#seats[at] as Seat;
      if (seat.settle !== undefined) continue;
      const next = this.#waiting.findIndex((waiting) => !waiting.lane.paused);
      const [waiting] = next < 0 ? [] : this.#waiting.splice(next, 1);
      if (waiting === undefined) return;
      this.#start(seat, at, waiting);
    }
  }

  #start(seat: Seat, at: number, { lane, task, settle }: Waiting): void {
    writeBytesDone(seat.slot, 0);
    setCommand(seat.slot, Command.run);
    const worker = seat.worker ?? this.#spawn(seat, at);
    seat.lane = lane;
    seat.settle = (outcome) => {
      seat.settle = undefined;
      seat.lane = undefined;
      settle(outcome);
      this.#pump();
    };
    worker.postMessage({ ...task, task: this.#nextTask++ });
  }

  #spawn(seat: Seat, at: number): Worker {
    const workerData: KernelWorkerData = { control: this.#control, slot: at };
    const worker = new Worker(this.workerFile, { workerData, name: `kernel ${at}` });
    seat.worker = worker;
    let cause = '';
    worker.on('message', (message: FromKernel) => this.#receive(seat, message));
    worker.on('error', (error) => {
      cause = error.message;
    });
    worker.once('exit', (code) => {
      seat.worker = undefined;
      if (this.#stopping) seat.settle?.({ kind: 'cancelled' });
      else seat.settle?.({ kind: 'crashed', message: cause === '' ? `exit code ${code}` : cause });
    });
    return worker;
  }

  #receive(seat: Seat, message: FromKernel): void {
    if (message.kind === 'ready') return;
    if (message.kind === 'cancelled') seat.settle?.({ kind: 'cancelled' });
    else if (message.kind === 'failed') seat.settle?.({ kind: 'failed', failure: message });
    else seat.settle?.({ kind: 'done', result: message });
  }
}
