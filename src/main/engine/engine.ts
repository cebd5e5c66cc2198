import { availableParallelism } from 'node:os';
import { openCatalogue } from './catalogue/catalogue';
import { Estimates } from './estimate/service';
import { createHandlers, type Handlers } from './handlers';
import { JobBoard } from './jobs/board';
import { Fingerprints } from './jobs/fingerprint';
import { KernelPool } from './jobs/pool';
import type {
  EngineCallName,
  EngineEventName,
  EngineEvents,
  EngineOptions,
  EngineParams,
  EngineValue,
} from './protocol';
import { Registry } from './registry';
import { PieceStore } from './sharing/pieces';
import { SharingIndex } from './sharing/sharing';
import { MeasureBook } from './similarity/measures';
import { Similarity } from './similarity/similarity';
import { SignatureStore } from './similarity/store';
import { throttle } from './throttle';

/** Shortest time between two events of one name, milliseconds. */
const EVENT_INTERVAL = { 'jobs.changed': 100, other: 250 };

export interface Engine {
  call<Name extends EngineCallName>(
    name: Name,
    params: EngineParams<Name>,
  ): Promise<EngineValue<Name>>;
  /** Resolves when no job is running or paused. */
  idle(): Promise<void>;
  stop(): Promise<void>;
}

export type Emit = <Name extends EngineEventName>(name: Name, payload: EngineEvents[Name]) => void;

/** Puts the engine's parts together. Holds all state; runs in the engine's worker thread. */
export function createEngine(options: EngineOptions, emit: Emit): Engine {
  const events = engineEvents(emit, () => board.list());
  const board = new JobBoard(() => events.jobs());
  const registry = new Registry();
  const catalogue = openCatalogue(options.dataFolder);
  const pool = new KernelPool(options.threads ?? availableParallelism());
  const pieces = new PieceStore();
  const sharing = new SharingIndex(pieces);
  const signatures = new SignatureStore(catalogue, (digest) => pieces.hex(digest));
  const book = new MeasureBook(catalogue, signatures);
  const similarity = new Similarity(signatures, book);
  if (options.thresholds !== undefined) similarity.setThresholds(options.thresholds);
  const similarityChanged = (): void => {
    similarity.changed();
    events.similarity();
  };
  const fingerprints: Fingerprints = new Fingerprints({
    catalogue,
    pool,
    pieces,
    sharing,
    signatures,
    board,
    models: () => registry.models(),
    changed: (what) => events[what](),
    joined: (model, digests) => {
      similarity.join(model, fingerprints.work(model), digests);
      events.similarity();
    },
    // While files are read, the cores are theirs.
    settled: () => {
      similarity.settle().then(() => events.similarity());
    },
    left: (ids) => {
      similarity.leave(ids);
      events.similarity();
    },
  });
  const estimates = new Estimates({
    registry,
    fingerprints,
    similarity,
    pieces,
    pool,
    board,
    similarityChanged,
    estimated: () => events.similarity(),
  });
  const handlers = createHandlers({
    registry,
    sharing,
    pieces,
    fingerprints,
    similarity,
    pool,
    board,
    similarityChanged,
    estimates,
    autoFingerprint: options.autoFingerprint ?? true,
    changed: (what) => events[what](),
  });

  return {
    call: async (name, params) => (handlers[name] as Handlers[typeof name])(params),
    idle: () => board.idle(),
    stop: async () => {
      board.cancelAll();
      similarity.stop();
      estimates.stop();
      await board.idle();
      await pool.stop();
      events.end();
      catalogue.close();
    },
  };
}

function engineEvents(emit: Emit, jobs: () => EngineEvents['jobs.changed']) {
  const bare = (
    name: 'sources.changed' | 'models.changed' | 'problems.changed' | 'similarity.changed',
  ) => throttle(EVENT_INTERVAL.other, () => emit(name, null));
  const all = {
    sources: bare('sources.changed'),
    models: bare('models.changed'),
    problems: bare('problems.changed'),
    similarity: bare('similarity.changed'),
    jobs: throttle(EVENT_INTERVAL['jobs.changed'], () => emit('jobs.changed', jobs())),
  };
  const end = (): void => {
    for (const event of Object.values(all)) event.flush();
  };
  return { ...all, end };
}
