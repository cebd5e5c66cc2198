import type { JobId } from '../../../shared/base';
import type { Estimate } from '../../../shared/domain';
import type { JobBoard, JobHandle } from '../jobs/board';
import type { Fingerprints } from '../jobs/fingerprint';
import type { KernelPool } from '../jobs/pool';
import { EngineError } from '../protocol';
import type { Registry } from '../registry';
import type { PieceStore } from '../sharing/pieces';
import { optionsOf } from '../similarity/bases';
import { estimateAlone } from '../similarity/estimate-pair';
import type { Similarity } from '../similarity/similarity';
import { estimateFromSignatures } from './from-signatures';
import type { InventorySource } from './inventory';
import { runMeasuredEstimate, runSampleEstimate } from './job';

/** Bases that are measured for each tensor, the likeliest by its signature. */
const MEASURED_BASES = 8;

/** Longest stretch of work without a pause for other calls, milliseconds. */
const SLICE = 8;

/** How long `latest` waits for an estimate that is being worked out, milliseconds. */
const PATIENCE = 300;

const after = (milliseconds: number): Promise<undefined> =>
  new Promise((resolve) => setTimeout(() => resolve(undefined), milliseconds));

/**
 * Relative errors of predictions from signatures, and what zstd leaves of bytes that are no
 * tensors: docs/benchmarks.md, "Estimates".
 */
const MARGINS = { alone: 0.06, delta: 0.25, bytes: 0.5 };
const BYTES_RATIO = 0.5;

export interface EstimatesContext {
  readonly registry: Registry;
  readonly fingerprints: Fingerprints;
  readonly similarity: Similarity;
  readonly pieces: PieceStore;
  readonly pool: KernelPool;
  readonly board: JobBoard;
  readonly similarityChanged: () => void;
  /** A better estimate is there. */
  readonly estimated: () => void;
}

/** An estimate and the state of what is open that it was made for. */
interface Made {
  readonly models: string;
  readonly estimate: Estimate;
}

/** What a library of everything that is open would weigh; knows the best answer so far. */
export class Estimates {
  #sampled: Made | undefined;
  #measured: Made | undefined;
  #fromSignatures: Made | undefined;
  /** What was last worked out from signatures, or is being, by `Made.models`. */
  #working:
    | { readonly models: string; readonly estimate: Promise<Estimate | undefined> }
    | undefined;

  constructor(private readonly context: EstimatesContext) {}

  /** Measured, from fingerprints, or from a sample; null: nothing yet for what is open now. */
  async latest(): Promise<Estimate | null> {
    const { registry } = this.context;
    if (registry.models().length === 0) return null;
    const models = this.#models();
    if (this.#measured?.models === models) return this.#measured.estimate;
    if (this.#fromSignatures?.models === models) return this.#fromSignatures.estimate;
    const soon = this.#isComplete() ? await this.#workOut(models) : undefined;
    return soon ?? (this.#sampled?.models === models ? this.#sampled.estimate : null);
  }

  /** From signatures, between other work; what takes longer than PATIENCE is told by the event. */
  #workOut(models: string): Promise<Estimate | undefined> {
    if (this.#working?.models !== models) {
      const isWanted = (): boolean => this.#working?.models === models;
      const estimate = this.#estimateFromSignatures(isWanted)
        .then((made) => {
          if (made === undefined) return undefined;
          this.#fromSignatures = { models, estimate: made };
          this.context.estimated();
          return made;
        })
        // A failed one is not tried again for the same models.
        .catch(() => undefined);
      this.#working = { models, estimate };
    }
    return Promise.race([this.#working.estimate, after(PATIENCE)]);
  }

  stop(): void {
    this.#working = undefined;
  }

  /** Throws EngineError `not-ready` where nothing is open, or not all of it is fingerprinted. */
  run(kind: 'sample' | 'measured'): JobId {
    if (this.context.registry.models().length === 0) {
      throw new EngineError('not-ready', 'Nothing is open.', 'Open a folder with models first.');
    }
    if (kind === 'measured' && !this.#isComplete()) {
      throw new EngineError(
        'not-ready',
        'Measuring needs the fingerprints of all models.',
        'Wait until the analysis is done, or start it.',
      );
    }
    const title = kind === 'sample' ? 'Estimating from a sample' : 'Measuring every byte';
    const job = this.context.board.create('estimate', title, 'bytes');
    this.#run(kind, job).catch(() => undefined);
    return job.id;
  }

  async #run(kind: 'sample' | 'measured', job: JobHandle): Promise<void> {
    const { registry, fingerprints, pool, similarityChanged } = this.context;
    const models = this.#models();
    if (kind === 'sample') {
      const workOf = fingerprints.work.bind(fingerprints);
      const estimate = await runSampleEstimate(registry.models(), pool, job, { workOf });
      if (estimate !== undefined) this.#sampled = { models, estimate };
    } else {
      const source = await this.#measureSource(() => !job.signal.aborted);
      const estimate = await runMeasuredEstimate(source, pool, job);
      if (estimate !== undefined) this.#measured = { models, estimate };
    }
    similarityChanged();
  }

  /** Names the open models in their present state. */
  #models(): string {
    const { registry, fingerprints } = this.context;
    return registry
      .models()
      .flatMap((model) => fingerprints.work(model).files.map((file) => file.key))
      .join('\n');
  }

  #isComplete(): boolean {
    const { registry, similarity } = this.context;
    return registry.models().every(({ id }) => similarity.members.get(id) !== undefined);
  }

  #inventory(): InventorySource {
    const { fingerprints, pieces, similarity } = this.context;
    return {
      members: similarity.members.all(),
      piecesOf: (key) => fingerprints.pieces(key),
      forEachFragment: (file, visit) => pieces.forEachFragment(file, visit),
    };
  }

  /** Undefined when it is not `wanted` any more. */
  async #estimateFromSignatures(wanted: () => boolean): Promise<Estimate | undefined> {
    const { similarity } = this.context;
    const basesOf = await this.#bases(wanted);
    if (basesOf === undefined) return undefined;
    return estimateFromSignatures(
      {
        ...this.#inventory(),
        basesOf,
        relate: (tensor, base) => {
          const relation = similarity.relations.relate(tensor, base);
          return relation && { cast: relation.cast, deltaBytes: relation.metrics.deltaBytes };
        },
        aloneBytes: (signed) => this.#aloneBytes(signed),
        bytesRatio: BYTES_RATIO,
      },
      MARGINS,
    );
  }

  async #measureSource(wanted: () => boolean) {
    const { book } = this.context.similarity;
    const basesOf = await this.#bases(wanted);
    return {
      ...this.#inventory(),
      basesOf: basesOf ?? (() => []),
      known: (tensor: number, base: number) => {
        const measure = book.get(tensor, base, 'values');
        return measure?.how === 'rows' ? null : measure;
      },
      learned: (
        tensor: number,
        base: number,
        measure: Parameters<typeof book.put>[0][0]['measure'],
      ) => book.put([{ tensor, base, how: 'values', measure }]),
    };
  }

  async #bases(
    wanted: () => boolean,
  ): Promise<((signed: number) => readonly number[]) | undefined> {
    const { members, index, relations, store } = this.context.similarity;
    const bytes = members.signedBytes(store.size);
    const isOpen = (id: number): boolean => (bytes[id] ?? -1) >= 0;
    const bases = new Map<number, readonly number[]>();
    let since = performance.now();
    for (const signed of [...members.signed()]) {
      const elements = store.get(signed)?.elements ?? 0;
      const tensor = { signed, elements, aloneBytes: bytes[signed] ?? 0 };
      const options = optionsOf(tensor, isOpen, index, relations).slice(0, MEASURED_BASES);
      bases.set(
        signed,
        options.map(({ base }) => base),
      );
      if (performance.now() - since < SLICE) continue;
      await new Promise((resolve) => setImmediate(resolve));
      if (!wanted()) return undefined;
      since = performance.now();
    }
    return (signed) => bases.get(signed) ?? [];
  }

  #aloneBytes(signed: number): number | undefined {
    const { members, store } = this.context.similarity;
    const signature = store.get(signed);
    const home = members.home(signed);
    const bytes = home?.member.similar.tensors[home.tensor]?.byteLength;
    if (signature === undefined || bytes === undefined) return undefined;
    return estimateAlone(signature, bytes);
  }
}
