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
  FingerprintDone,
  FingerprintTask,
  FromKernel,
  KernelFailure,
  KernelWorkerData,
} from '../kernels/messages';
import { builtFile } from '../locate';

/** How one task ended. `crashed`: the worker died under it and has been replaced. */
export type TaskOutcome =
  | { readonly kind: 'done'; readonly result: FingerprintDone }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'failed'; readonly failure: KernelFailure }
  | { readonly kind: 'crashed'; readonly message: string };

interface Seat {
  readonly slot: ControlSlot;
  worker: Worker | undefined;
  settle: ((outcome: TaskOutcome) => void) | undefined;
}

/**
 * Kernel workers, one per core, started when first needed. A worker that dies settles its task as
 * `crashed` and its seat gets a new one. Workers end by themselves on command: terminate() on a
 * busy thread can take the process with it.
 */
export class KernelPool {
  readonly #control: SharedArrayBuffer;
  readonly #seats: Seat[];
  #nextTask = 1;
  #paused = false;
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
      settle: undefined,
    }));
  }

  /** Seats without a task. */
  get idle(): number {
    return this.#seats.filter((seat) => seat.settle === undefined).length;
  }

  /** Bytes done of the tasks in progress. */
  bytesDone(): number {
    const busy = this.#seats.filter((seat) => seat.settle !== undefined);
    return busy.reduce((sum, seat) => sum + readBytesDone(seat.slot), 0);
  }

  /** Throws if no seat is idle. Never rejects. */
  run(task: Omit<FingerprintTask, 'kind' | 'task'>): Promise<TaskOutcome> {
    const at = this.#seats.findIndex((seat) => seat.settle === undefined);
    const seat = this.#seats[at];
    if (seat === undefined) throw new Error('no kernel worker is idle');
    writeBytesDone(seat.slot, 0);
    setCommand(seat.slot, this.#paused ? Command.pause : Command.run);
    const worker = seat.worker ?? this.#spawn(seat, at);
    return new Promise((resolve) => {
      seat.settle = (outcome) => {
        seat.settle = undefined;
        resolve(outcome);
      };
      worker.postMessage({ kind: 'fingerprint', task: this.#nextTask++, ...task });
    });
  }

  /** A worker that was told to cancel or exit is left to it. */
  pause(paused: boolean): void {
    this.#paused = paused;
    const [from, to] = paused ? [Command.run, Command.pause] : [Command.pause, Command.run];
    for (const { slot } of this.#seats) {
      if (readCommand(slot) === from) setCommand(slot, to);
    }
  }

  /** Tasks in progress settle as `cancelled` within one read's time. */
  cancel(): void {
    for (const seat of this.#seats) {
      if (seat.settle !== undefined) setCommand(seat.slot, Command.cancel);
    }
  }

  /** Resolves when every worker has ended. */
  async stop(): Promise<void> {
    this.#stopping = true;
    const endings = this.#seats.map(({ slot, worker }) => {
      if (worker === undefined) return Promise.resolve();
      const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
      setCommand(slot, Command.exit);
      return ended;
    });
    await Promise.all(endings);
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
    if (message.kind === 'done') seat.settle?.({ kind: 'done', result: message });
    else if (message.kind === 'cancelled') seat.settle?.({ kind: 'cancelled' });
    else seat.settle?.({ kind: 'failed', failure: message });
  }
}
