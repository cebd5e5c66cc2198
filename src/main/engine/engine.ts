import { availableParallelism, homedir } from 'node:os';
import type { JobId, ModelId } from '../../shared/base';
import { openCatalogue } from './catalogue/catalogue';
import { existingStores, usualStores } from './discover/stores';
import { JobBoard } from './jobs/board';
import { Fingerprints } from './jobs/fingerprint';
import { KernelPool } from './jobs/pool';
import { startSamples } from './jobs/samples';
import { prepareSource, scanSources } from './jobs/scan';
import { manifestOf, verifyAgainst } from './manifest/service';
import type { Model } from './model/model';
import {
  type EngineCallName,
  EngineError,
  type EngineEventName,
  type EngineEvents,
  type EngineOptions,
  type EngineParams,
  type EngineValue,
} from './protocol';
import { modelDetail, modelSummary, savingsReport, selectionUnion, totals } from './queries/models';
import { sourceInfo } from './queries/sources';
import { TensorQueries, tensorDetail } from './queries/tensors';
import { treeChildren } from './queries/tree';
import { Registry, type Source } from './registry';
import { PieceStore } from './sharing/pieces';
import { SharingIndex } from './sharing/sharing';
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

type Handlers = {
  [Name in EngineCallName]: (
    params: EngineParams<Name>,
  ) => EngineValue<Name> | Promise<EngineValue<Name>>;
};

/** Puts the engine's parts together. Holds all state; runs in the engine's worker thread. */
export function createEngine(options: EngineOptions, emit: Emit): Engine {
  const events = engineEvents(emit, () => board.list());
  const board = new JobBoard(() => events.jobs());
  const registry = new Registry();
  const catalogue = openCatalogue(options.dataFolder);
  const pool = new KernelPool(options.threads ?? availableParallelism());
  const pieces = new PieceStore();
  const sharing = new SharingIndex(pieces);
  const fingerprints = new Fingerprints({
    catalogue,
    pool,
    pieces,
    sharing,
    board,
    models: () => registry.models(),
    changed: (what) => events[what](),
  });
  const context = { registry, sharing, fingerprints, pieces };
  const queries = new TensorQueries(context);
  const scanContext = {
    registry,
    changed: (what: 'sources' | 'models' | 'problems') => events[what](),
  };

  const modelOf = (id: ModelId): Model => {
    const model = registry.model(id);
    if (model === undefined) throw new EngineError('not-found', 'This model is no longer open.');
    return model;
  };

  const scan = (sources: readonly Source[], title: string): JobId => {
    const job = board.create('scan', title, 'files');
    events.sources();
    scanSources(sources, job, scanContext)
      .then(async () => {
        await fingerprints.reconcile();
        if (options.autoFingerprint ?? true) fingerprints.start();
        job.finish(job.signal.aborted ? 'cancelled' : 'done');
      })
      .catch((error: unknown) => {
        for (const source of sources) source.state = 'ready';
        events.sources();
        job.finish('failed', error instanceof Error ? error.message : String(error));
      });
    return job.id;
  };

  const handlers: Handlers = {
    'sources.open': ({ paths }) => {
      const sources = paths.map((path) => prepareSource(path, scanContext));
      const title =
        sources.length === 1 ? `Reading ${sources[0]?.name}` : `Reading ${sources.length} places`;
      return { sourceIds: sources.map((source) => source.id), jobId: scan(sources, title) };
    },
    'sources.list': () => registry.sources().map(sourceInfo),
    'sources.close': async ({ sourceId }) => {
      registry.remove(sourceId);
      fingerprints.trim();
      await fingerprints.reconcile();
      for (const name of ['sources', 'models', 'problems'] as const) events[name]();
      return null;
    },
    'sources.rescan': ({ sourceId }) => {
      const source = registry.source(sourceId);
      if (source === undefined)
        throw new EngineError('not-found', 'This folder is no longer open.');
      if (source.state === 'scanning') return null;
      scan([prepareSource(source.path, scanContext)], `Reading ${source.name} again`);
      return null;
    },
    'models.list': () => ({
      models: registry.models().map((model) => modelSummary(model, context)),
      totals: totals(context),
    }),
    'models.detail': ({ modelId }) => modelDetail(modelOf(modelId), context),
    'models.union': ({ modelIds }) => selectionUnion(modelIds, context),
    'tensors.page': (query) => queries.page(modelOf(query.modelId), query),
    'tensors.children': ({ modelId, prefix }) => treeChildren(modelOf(modelId), prefix),
    'tensors.detail': ({ modelId, index }) => {
      const model = modelOf(modelId);
      if (model.tensors[index] === undefined) {
        throw new EngineError('not-found', `${model.name} has no tensor number ${index}.`);
      }
      return tensorDetail(model, index, registry.models(), context);
    },
    'savings.report': () => savingsReport(context),
    'problems.list': () => [
      ...registry.sources().flatMap((source) => source.problems),
      ...fingerprints.problems(),
    ],
    'jobs.list': () => board.list(),
    'jobs.pause': ({ jobId }) => {
      board.pause(jobId, true);
      return null;
    },
    'jobs.resume': ({ jobId }) => {
      board.pause(jobId, false);
      return null;
    },
    'jobs.cancel': ({ jobId }) => {
      board.cancel(jobId);
      return null;
    },
    'jobs.fingerprint': () => ({ jobId: fingerprints.start() }),
    'jobs.clearFinished': () => {
      board.clearFinished();
      return null;
    },
    'manifest.build': ({ modelId }) => manifestOf(modelOf(modelId), fingerprints),
    'manifest.verify': ({ file, against }) => verifyAgainst(file, against),
    'stores.existing': () => existingStores(usualStores(process.env, homedir(), process.platform)),
    'samples.write': (params) => ({ jobId: startSamples(params, board) }),
  };

  return {
    call: async (name, params) => (handlers[name] as Handlers[typeof name])(params),
    idle: () => board.idle(),
    stop: async () => {
      board.cancelAll();
      await board.idle();
      await pool.stop();
      events.end();
      catalogue.close();
    },
  };
}

function engineEvents(emit: Emit, jobs: () => EngineEvents['jobs.changed']) {
  const bare = (name: 'sources.changed' | 'models.changed' | 'problems.changed') =>
    throttle(EVENT_INTERVAL.other, () => emit(name, null));
  const all = {
    sources: bare('sources.changed'),
    models: bare('models.changed'),
    problems: bare('problems.changed'),
    jobs: throttle(EVENT_INTERVAL['jobs.changed'], () => emit('jobs.changed', jobs())),
  };
  const end = (): void => {
    for (const event of Object.values(all)) event.flush();
  };
  return { ...all, end };
}
