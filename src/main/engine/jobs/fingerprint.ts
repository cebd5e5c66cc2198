import type { JobId, ModelId } from '../../../shared/base';
import { formatCount } from '../../../shared/base';
import type { AnalysisState, Problem } from '../../../shared/domain';
import type { Catalogue, StoredFingerprint } from '../catalogue/catalogue';
import type { Packed } from '../kernels/messages';
import { pieceOf } from '../kernels/packed';
import type { Model } from '../model/model';
import { wrongDigests } from '../queries/findings';
import type { FilePieces, PieceStore } from '../sharing/pieces';
import type { SharingIndex } from '../sharing/sharing';
import type { SignatureStore } from '../similarity/store';
import type { JobBoard, JobHandle } from './board';
import { notKept, problemOf, uncutProblem } from './fingerprint-problems';
import type { KernelPool, Lane, TaskOutcome } from './pool';
import { bytesOf, fullTurn, signingTurn, type Turn } from './turn';
import {
  type FileWork,
  fileAt,
  type ModelWork,
  modelWork,
  targetDigest,
  tensorDigests,
} from './work';

/** How often progress is read from the workers, milliseconds. */
const PROGRESS_INTERVAL = 100;

export interface FingerprintContext {
  readonly catalogue: Catalogue;
  readonly pool: KernelPool;
  readonly pieces: PieceStore;
  readonly sharing: SharingIndex;
  readonly signatures: SignatureStore;
  readonly board: JobBoard;
  /** All open models. */
  readonly models: () => readonly Model[];
  readonly changed: (what: 'models' | 'problems') => void;
  /** A model's digests, and as many of its signatures as there are, can be used: now, or again. */
  readonly joined: (model: Model, digests: Int32Array) => void;
  readonly left: (ids: ReadonlySet<ModelId>) => void;
  /** No file is being read any more. */
  readonly settled: () => void;
}

interface Run {
  readonly job: JobHandle;
  readonly lane: Lane;
  readonly timer: NodeJS.Timeout;
  queue: Turn[];
  inFlight: number;
  doneBytes: number;
  totalBytes: number;
  doneFiles: number;
  totalFiles: number;
  crashes: string[];
  failures: number;
}

/**
 * Fingerprints what is open and not fingerprinted yet: from the catalogue where it knows the file,
 * else by the kernel workers, one job at a time. A model joins the sharing index when its last
 * file is done; a file that several models use is read once.
 */
export class Fingerprints {
  readonly #works = new Map<ModelId, ModelWork>();
  readonly #pieces = new Map<string, FilePieces>();
  readonly #failed = new Map<string, readonly Problem[]>();
  /** What the finished files' digests gave away: a blob that is not what its name says. */
  readonly #findings = new Map<string, readonly Problem[]>();
  readonly #inFlight = new Set<string>();
  /** Files whose hashes are known and some of whose signatures are not, by key. */
  readonly #unsigned = new Map<string, FileWork>();
  #run: Run | undefined;

  constructor(private readonly context: FingerprintContext) {}

  work(model: Model): ModelWork {
    const known = this.#works.get(model.id);
    if (known !== undefined && isOf(known, model)) return known;
    const work = modelWork(model);
    this.#works.set(model.id, work);
    return work;
  }

  /** A fingerprinted file's digests, by `FileWork.key`. */
  pieces(key: string): FilePieces | undefined {
    return this.#pieces.get(key);
  }

  state(model: Model): AnalysisState {
    const { files } = this.work(model);
    if (files.every((file) => this.#pieces.has(file.key))) return 'done';
    if (files.some((file) => this.#failed.has(file.key))) return 'failed';
    return files.some((file) => this.#inFlight.has(file.key)) ? 'running' : 'pending';
  }

  /** Findings of files that could not be fingerprinted and are still open. */
  problems(): Problem[] {
    const open = new Map<string, FileWork>();
    for (const model of this.context.models()) {
      for (const file of this.work(model).files) open.set(file.key, file);
    }
    return [...open].flatMap(([key, work]) => [
      ...(this.#findings.get(key) ?? []),
      ...(this.#failed.get(key) ?? uncutProblem(work) ?? []),
    ]);
  }

  /** A model's stored fingerprints, in the order of its files; undefined until all are there. */
  stored(model: Model): StoredFingerprint[] | undefined {
    const found: StoredFingerprint[] = [];
    for (const { file, planKey } of this.work(model).files) {
      const stored = this.context.catalogue.get(file.realPath, file.stamp, planKey);
      if (stored === undefined) return undefined;
      found.push(stored);
    }
    return found;
  }

  /** Takes what the catalogue knows, and brings the sharing index in step with what is open. */
  async reconcile(): Promise<void> {
    const models = this.context.models();
    this.#forgetClosed(models);
    let since = performance.now();
    for (const model of models) {
      for (const file of this.work(model).files) this.#takeCached(file);
      if (!this.context.sharing.has(model.id)) this.#joinIfDone(model);
      if (performance.now() - since > 16) {
        await new Promise((resolve) => setImmediate(resolve));
        since = performance.now();
      }
    }
    this.context.changed('models');
    if (this.#run === undefined) this.context.settled();
  }

  /** Starts the job, or adds to it; null when nothing is left to do. Failed files are tried again. */
  start(): JobId | null {
    const wanted = this.#missing();
    if (wanted.length === 0) return this.#run?.job.id ?? null;
    for (const { work } of wanted) this.#failed.delete(work.key);
    const run = this.#run ?? this.#begin();
    const queued = new Set(run.queue.map((turn) => turn.work.key));
    const added = wanted.filter((turn) => !queued.has(turn.work.key));
    run.queue = [...run.queue, ...added].sort((a, b) => b.bytes - a.bytes);
    run.totalFiles += added.length;
    run.totalBytes += bytesOf(added);
    this.#report(run);
    this.#pump(run);
    return run.job.id;
  }

  /** Drops queued files that no open model needs any more. */
  trim(): void {
    const run = this.#run;
    if (run === undefined) return;
    const needed = new Set(this.#missing().map((turn) => turn.work.key));
    const dropped = run.queue.filter((turn) => !needed.has(turn.work.key));
    run.queue = run.queue.filter((turn) => needed.has(turn.work.key));
    run.totalFiles -= dropped.length;
    run.totalBytes -= bytesOf(dropped);
    this.#pump(run);
  }

  #missing(): Turn[] {
    const missing = new Map<string, Turn>();
    for (const model of this.context.models()) {
      for (const work of this.work(model).files) {
        if (this.#inFlight.has(work.key)) continue;
        if (!this.#pieces.has(work.key)) {
          missing.set(work.key, fullTurn(work));
        } else if (this.#unsigned.has(work.key)) {
          missing.set(work.key, signingTurn(work));
        }
      }
    }
    return [...missing.values()];
  }

  #begin(): Run {
    const job = this.context.board.create('fingerprint', 'Fingerprinting', 'bytes');
    const lane = this.context.pool.lane();
    const run: Run = {
      job,
      lane,
      timer: setInterval(() => this.#report(run), PROGRESS_INTERVAL),
      queue: [],
      inFlight: 0,
      doneBytes: 0,
      totalBytes: 0,
      doneFiles: 0,
      totalFiles: 0,
      crashes: [],
      failures: 0,
    };
    this.#run = run;
    job.onPause = (paused) => lane.pause(paused);
    job.signal.addEventListener('abort', () => {
      run.queue = [];
      lane.cancel();
      this.#pump(run);
    });
    return run;
  }

  #pump(run: Run): void {
    // With nothing in flight one file waits in line, for other jobs may hold every worker.
    while (run.queue.length > 0 && (this.context.pool.idle > 0 || run.inFlight === 0)) {
      this.#startFile(run, run.queue.shift() as Turn);
    }
    if (run.queue.length === 0 && run.inFlight === 0 && this.#run === run) this.#end(run);
  }

  #startFile(run: Run, turn: Turn): void {
    const { work } = turn;
    run.inFlight += 1;
    this.#inFlight.add(work.key);
    const ended = turn.kind === 'sign' ? this.#sign(run, work) : this.#fingerprint(run, work);
    ended
      .catch((error: unknown) => notKept(work, error))
      .then((outcome) => {
        run.inFlight -= 1;
        this.#inFlight.delete(work.key);
        this.#settle(run, turn, outcome);
        this.#report(run);
        this.#pump(run);
      });
  }

  async #fingerprint(run: Run, work: FileWork): Promise<TaskOutcome> {
    const { plan, views, targets } = work;
    const outcome = await run.lane.run({
      kind: 'fingerprint',
      ...fileAt(work),
      plan,
      views,
      targets,
    });
    if (outcome.kind !== 'done') return outcome;
    const { fingerprint, viewHashes, signatures } = outcome.result;
    const { file, planKey } = work;
    this.context.catalogue.put(file.realPath, file.stamp, planKey, { fingerprint, viewHashes });
    this.#take(work, { fingerprint, viewHashes });
    this.#putSignatures(work, signatures);
    return outcome;
  }

  async #sign(run: Run, work: FileWork): Promise<TaskOutcome> {
    const outcome = await run.lane.run({
      kind: 'sign',
      ...fileAt(work),
      targets: work.targets,
    });
    if (outcome.kind === 'done') this.#putSignatures(work, outcome.result.signatures);
    return outcome;
  }

  #putSignatures(work: FileWork, signatures: Packed): void {
    const pieces = this.#pieces.get(work.key);
    if (pieces === undefined) return;
    const signed = work.targets.map((target, at) => ({
      digest: targetDigest(work, pieces, target),
      target,
      data: pieceOf(signatures, at),
    }));
    this.context.signatures.put(signed.filter(({ digest }) => digest >= 0));
    this.#unsigned.delete(work.key);
  }

  #settle(run: Run, { work, bytes }: Turn, outcome: TaskOutcome): void {
    if (outcome.kind === 'cancelled') return;
    run.doneFiles += 1;
    run.doneBytes += bytes;
    if (outcome.kind === 'done') {
      for (const model of this.context.models()) this.#joinIfUses(model, work.key);
    } else {
      run.failures += 1;
      if (outcome.kind === 'crashed') run.crashes.push(work.file.realPath);
      this.#failed.set(work.key, [problemOf(work, outcome)]);
      this.context.changed('problems');
    }
    this.context.changed('models');
  }

  #end(run: Run): void {
    clearInterval(run.timer);
    this.#run = undefined;
    const { job } = run;
    if (job.signal.aborted) {
      const left = run.totalFiles - run.doneFiles;
      job.finish(
        'cancelled',
        `Cancelled; ${files(run.doneFiles)} done and kept, ${files(left)} left.`,
      );
    } else if (run.crashes.length > 0) {
      job.finish('failed', `A worker died on ${run.crashes.join(', ')}; the rest is done.`);
    } else if (run.failures > 0) {
      job.finish('done', `${files(run.failures)} could not be fingerprinted; see Problems.`);
    } else {
      job.finish('done');
    }
    this.context.changed('models');
    this.context.settled();
  }

  #report(run: Run): void {
    run.job.update({
      title: `Fingerprinting ${files(run.totalFiles)}`,
      done: Math.min(run.totalBytes, run.doneBytes + run.lane.bytesDone()),
      total: run.totalBytes,
      itemsDone: run.doneFiles,
      itemsTotal: run.totalFiles,
    });
  }

  #takeCached(work: FileWork): void {
    if (this.#pieces.has(work.key) || this.#inFlight.has(work.key)) return;
    const { file, planKey } = work;
    const stored = this.context.catalogue.get(file.realPath, file.stamp, planKey);
    if (stored === undefined) return;
    this.#take(work, stored);
    const pieces = this.#pieces.get(work.key);
    if (pieces === undefined) return;
    const isSigned = work.targets.every((target) => {
      const digest = targetDigest(work, pieces, target);
      return digest < 0 || this.context.signatures.load(digest, target);
    });
    if (!isSigned) this.#unsigned.set(work.key, work);
  }

  #take(work: FileWork, { fingerprint, viewHashes }: StoredFingerprint): void {
    this.#pieces.set(work.key, this.context.pieces.add(fingerprint, viewHashes));
    const findings = wrongDigests([{ realPath: work.file.realPath, sha256: fingerprint.sha256 }]);
    if (findings.length === 0) return;
    this.#findings.set(work.key, findings);
    this.context.changed('problems');
  }

  #joinIfUses(model: Model, key: string): void {
    if (this.work(model).files.some((file) => file.key === key)) this.#joinIfDone(model);
  }

  #joinIfDone(model: Model): void {
    const { sharing } = this.context;
    const work = this.work(model);
    const pieces: FilePieces[] = [];
    for (const file of work.files) {
      const known = this.#pieces.get(file.key);
      if (known === undefined) return;
      pieces.push(known);
    }
    const files = new Map(work.files.map((file, at) => [file.key, pieces[at] as FilePieces]));
    const digests = tensorDigests(model, work, pieces);
    if (!sharing.has(model.id)) {
      sharing.add({
        id: model.id,
        files: [...files].map(([key, known]) => ({ key, pieces: known })),
        tensors: digests,
      });
    }
    this.context.joined(model, digests);
  }

  /** Models that were closed, or whose files changed since they joined, leave the index. */
  #forgetClosed(models: readonly Model[]): void {
    const open = new Map(models.map((model) => [model.id, model]));
    const gone = new Set<ModelId>();
    for (const member of this.context.sharing.models()) {
      const model = open.get(member.id);
      const keys = new Set(
        model === undefined ? [] : this.work(model).files.map((file) => file.key),
      );
      if (keys.size !== member.files.length || member.files.some((file) => !keys.has(file.key))) {
        gone.add(member.id);
      }
    }
    if (gone.size > 0) {
      this.context.sharing.remove(gone);
      this.context.left(gone);
    }
    for (const id of this.#works.keys()) if (!open.has(id)) this.#works.delete(id);
  }
}

function isOf(work: ModelWork, model: Model): boolean {
  return (
    work.files.length === model.files.length &&
    work.files.every((file, at) => file.file === model.files[at])
  );
}

const files = (count: number): string => `${formatCount(count)} ${count === 1 ? 'file' : 'files'}`;
