import { Worker } from 'node:worker_threads';
import type { SourceId } from '../../shared/base';
import { builtFile } from './locate';
import {
  type EngineCallName,
  EngineError,
  type EngineEventName,
  type EngineEvents,
  type EngineOptions,
  type EngineParams,
  type EngineValue,
} from './protocol';
import type { EngineWorkerData, FromEngine, ToEngine } from './transport';

/** Restarts of a dying engine worker before the host gives up. */
const MAX_RESTARTS = 3;

interface Pending {
  readonly resolve: (value: never) => void;
  readonly reject: (error: Error) => void;
}

type Listener = (payload: never) => void;

/**
 * Starts the engine worker and speaks with it; the same under Electron, the CLI and tests.
 * An engine worker that dies fails the calls in flight and is replaced; what was open is opened
 * again.
 */
export class EngineHost {
  #worker: Worker;
  #ready: Promise<void>;
  #nextId = 1;
  #restarts = 0;
  #stopping = false;
  readonly #pending = new Map<number, Pending>();
  readonly #listeners = new Map<EngineEventName, Set<Listener>>();
  readonly #open = new Map<SourceId, string>();

  private constructor(
    private readonly options: EngineOptions,
    private readonly workerFile: URL,
  ) {
    [this.#worker, this.#ready] = this.#spawn();
  }

  /** `workerFile`: the built worker's entry. */
  static async start(
    options: EngineOptions,
    workerFile: URL = builtFile('engine-worker.js'),
  ): Promise<EngineHost> {
    const host = new EngineHost(options, workerFile);
    await host.#ready;
    return host;
  }

  /** Rejects with EngineError. */
  async call<Name extends EngineCallName>(
    name: Name,
    params: EngineParams<Name>,
  ): Promise<EngineValue<Name>> {
    const value = await this.#send<EngineValue<Name>>((id) => ({ kind: 'call', id, name, params }));
    this.#remember(name, params, value);
    return value;
  }

  /** Returns a function that ends the subscription. */
  on<Name extends EngineEventName>(
    name: Name,
    listener: (payload: EngineEvents[Name]) => void,
  ): () => void {
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners);
    listeners.add(listener as Listener);
    return () => listeners.delete(listener as Listener);
  }

  /** Resolves when no job is queued, running or paused. */
  idle(): Promise<void> {
    return this.#send<void>((id) => ({ kind: 'idle', id }));
  }

  /** Cancels jobs, closes the catalogue, ends every thread. Idempotent. */
  async stop(): Promise<void> {
    if (this.#stopping) return;
    this.#stopping = true;
    const worker = this.#worker;
    const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
    worker.postMessage({ kind: 'stop' } satisfies ToEngine);
    await ended;
  }

  #send<Value>(message: (id: number) => ToEngine): Promise<Value> {
    if (this.#stopping) {
      return Promise.reject(new EngineError('not-ready', 'The engine has been stopped.'));
    }
    const id = this.#nextId++;
    return new Promise<Value>((resolve, reject) => {
      this.#pending.set(id, { resolve: resolve as Pending['resolve'], reject });
      this.#worker.postMessage(message(id));
    });
  }

  #spawn(): [Worker, Promise<void>] {
    const workerData: EngineWorkerData = { options: this.options };
    const worker = new Worker(this.workerFile, { workerData, name: 'engine' });
    const ready = new Promise<void>((resolve, reject) => {
      worker.once('error', reject);
      worker.on('message', (message: FromEngine) => {
        if (message.kind === 'ready') resolve();
        else this.#receive(message);
      });
    });
    let cause = '';
    worker.on('error', (error) => {
      cause = error.message;
    });
    worker.once('exit', () => this.#died(cause));
    return [worker, ready];
  }

  #receive(message: Exclude<FromEngine, { kind: 'ready' }>): void {
    if (message.kind === 'event') {
      this.#emit(message.name, message.payload);
      return;
    }
    const pending = this.#pending.get(message.id);
    this.#pending.delete(message.id);
    if (message.kind === 'value') pending?.resolve(message.value as never);
    else {
      const { code, message: text, hint } = message.error;
      pending?.reject(new EngineError(code, text, hint));
    }
  }

  #emit<Name extends EngineEventName>(name: Name, payload: EngineEvents[Name]): void {
    for (const listener of this.#listeners.get(name) ?? []) listener(payload as never);
  }

  #remember<Name extends EngineCallName>(
    name: Name,
    params: EngineParams<Name>,
    value: EngineValue<Name>,
  ): void {
    if (name === 'sources.open') {
      const { paths } = params as EngineParams<'sources.open'>;
      const { sourceIds } = value as EngineValue<'sources.open'>;
      sourceIds.forEach((id, at) => {
        this.#open.set(id, paths[at] as string);
      });
    } else if (name === 'sources.close') {
      this.#open.delete((params as EngineParams<'sources.close'>).sourceId);
    }
  }

  #died(cause: string): void {
    const restarted = !this.#stopping && this.#restarts < MAX_RESTARTS;
    const reason = this.#stopping
      ? 'The engine was stopped before it answered.'
      : `The engine stopped unexpectedly${cause === '' ? '' : ` (${cause})`}${
          restarted ? ' and was started again.' : '. Restart Tessera to go on.'
        }`;
    const failed = [...this.#pending.values()];
    this.#pending.clear();
    for (const pending of failed) pending.reject(new EngineError('internal', reason));
    if (this.#stopping) return;
    this.#emit('engine.died', { reason, restarted });
    if (!restarted) {
      this.#stopping = true;
      return;
    }
    this.#restarts += 1;
    [this.#worker, this.#ready] = this.#spawn();
    this.#reopen().catch(() => {});
  }

  async #reopen(): Promise<void> {
    await this.#ready;
    const paths = [...this.#open.values()];
    if (paths.length > 0) await this.call('sources.open', { paths });
    for (const name of ['sources.changed', 'models.changed', 'problems.changed'] as const) {
      this.#emit(name, null);
    }
  }
}
