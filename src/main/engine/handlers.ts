import { homedir } from 'node:os';
import type { JobId, ModelId } from '../../shared/base';
import { detectedStores } from './discover/stores';
import type { Estimates } from './estimate/service';
import type { JobBoard } from './jobs/board';
import type { Fingerprints } from './jobs/fingerprint';
import { type MeasureContext, startMeasuring } from './jobs/measure';
import type { KernelPool } from './jobs/pool';
import { startSamples } from './jobs/samples';
import { prepareSource, type ScanContext, scanSources } from './jobs/scan';
import { manifestOf, verifyAgainst } from './manifest/service';
import type { Model } from './model/model';
import { type EngineCallName, EngineError, type EngineParams, type EngineValue } from './protocol';
import { metadataJson } from './queries/metadata-json';
import { metadataItems } from './queries/metadata-page';
import { modelDetail, modelSummary, savingsReport, selectionUnion, totals } from './queries/models';
import { sourceInfo } from './queries/sources';
import { TensorQueries, tensorDetail } from './queries/tensors';
import { treeChildren } from './queries/tree';
import type { Registry, Source } from './registry';
import type { PieceStore } from './sharing/pieces';
import type { SharingIndex } from './sharing/sharing';
import { Comparisons } from './similarity/comparisons';
import { Families, familyWishes } from './similarity/families-service';
import type { Similarity } from './similarity/similarity';

export type Handlers = {
  [Name in EngineCallName]: (
    params: EngineParams<Name>,
  ) => EngineValue<Name> | Promise<EngineValue<Name>>;
};

export interface HandlerContext {
  readonly registry: Registry;
  readonly sharing: SharingIndex;
  readonly pieces: PieceStore;
  readonly fingerprints: Fingerprints;
  readonly similarity: Similarity;
  readonly pool: KernelPool;
  readonly board: JobBoard;
  readonly estimates: Estimates;
  /** Something was measured, or thresholds moved. */
  readonly similarityChanged: () => void;
  /** Fingerprint by itself once a scan is done. */
  readonly autoFingerprint: boolean;
  readonly changed: ScanContext['changed'];
}

/** What the engine answers to each call. */
export function createHandlers(context: HandlerContext): Handlers {
  const modelOf = (id: ModelId): Model => {
    const model = context.registry.model(id);
    if (model === undefined) throw new EngineError('not-found', 'This model is no longer open.');
    return model;
  };
  return {
    ...sourceHandlers(context),
    ...modelHandlers(context, modelOf),
    ...tensorHandlers(context, modelOf),
    ...jobHandlers(context),
    ...similarityHandlers(context),
    'manifest.build': ({ modelId }) => manifestOf(modelOf(modelId), context.fingerprints),
    'manifest.verify': ({ file, against }) => verifyAgainst(file, against),
    'stores.existing': () => detectedStores(process.env, homedir(), process.platform),
  };
}

type HandlersOf<Prefix extends string> = Pick<
  Handlers,
  Extract<EngineCallName, `${Prefix}.${string}`>
>;

function sourceHandlers(context: HandlerContext): HandlersOf<'sources'> {
  const { registry, fingerprints, changed } = context;
  return {
    'sources.open': ({ paths }) => {
      const sources = paths.map((path) => prepareSource(path, context));
      const what = sources.length === 1 ? sources[0]?.name : `${sources.length} places`;
      const jobId = startScan(sources, `Reading ${what}`, context);
      return { sourceIds: sources.map((source) => source.id), jobId };
    },
    'sources.list': () => registry.sources().map(sourceInfo),
    'sources.close': async ({ sourceId }) => {
      registry.remove(sourceId);
      fingerprints.trim();
      await fingerprints.reconcile();
      for (const what of ['sources', 'models', 'problems'] as const) changed(what);
      return null;
    },
    'sources.rescan': ({ sourceId }) => {
      const source = registry.source(sourceId);
      if (source === undefined) {
        throw new EngineError('not-found', 'This folder is no longer open.');
      }
      if (source.state === 'scanning') return null;
      startScan([prepareSource(source.path, context)], `Reading ${source.name} again`, context);
      return null;
    },
  };
}

function startScan(sources: readonly Source[], title: string, context: HandlerContext): JobId {
  const { board, fingerprints, changed } = context;
  const job = board.create('scan', title, 'files');
  changed('sources');
  scanSources(sources, job, context)
    .then(async () => {
      await fingerprints.reconcile();
      if (context.autoFingerprint) fingerprints.start();
      job.finish(job.signal.aborted ? 'cancelled' : 'done');
    })
    .catch((error: unknown) => {
      for (const source of sources) source.state = 'ready';
      changed('sources');
      job.finish('failed', error instanceof Error ? error.message : String(error));
    });
  return job.id;
}

type ModelOf = (id: ModelId) => Model;

function modelHandlers(
  context: HandlerContext,
  modelOf: ModelOf,
): HandlersOf<'models' | 'savings' | 'problems'> {
  const { registry, fingerprints } = context;
  return {
    'models.list': () => ({
      models: registry.models().map((model) => modelSummary(model, context)),
      totals: totals(context),
    }),
    'models.detail': ({ modelId }) => modelDetail(modelOf(modelId), context),
    'models.metadataItems': (query) => metadataItems(modelOf(query.modelId), query),
    'models.metadataJson': ({ modelId, path }) => metadataJson(modelOf(modelId), path),
    'models.union': ({ modelIds }) => selectionUnion(modelIds, context),
    'savings.report': () => savingsReport(context),
    'problems.list': () => [
      ...registry.sources().flatMap((source) => source.problems),
      ...fingerprints.problems(),
    ],
  };
}

function tensorHandlers(context: HandlerContext, modelOf: ModelOf): HandlersOf<'tensors'> {
  const queries = new TensorQueries(context);
  return {
    'tensors.page': (query) => queries.page(modelOf(query.modelId), query),
    'tensors.children': ({ modelId, prefix }) => treeChildren(modelOf(modelId), prefix),
    'tensors.detail': ({ modelId, index }) => {
      const model = modelOf(modelId);
      if (model.tensors[index] === undefined) {
        throw new EngineError('not-found', `${model.name} has no tensor number ${index}.`);
      }
      return tensorDetail(model, index, context.registry.models(), context);
    },
  };
}

function similarityHandlers(
  context: HandlerContext,
): HandlersOf<'compare' | 'similarity' | 'families' | 'estimate'> {
  const { similarity, similarityChanged, estimates } = context;
  const comparisons = new Comparisons(similarity);
  const measuring: MeasureContext = {
    board: context.board,
    pool: context.pool,
    book: similarity.book,
    placeOf: (signed) => similarity.members.placeOf(signed),
    changed: similarityChanged,
  };
  const families = new Families(context);
  return {
    'compare.report': (query) => comparisons.report(query),
    'compare.page': (query) => comparisons.page(query),
    'compare.map': (query) => comparisons.map(query),
    'compare.verify': async (query) => ({ jobId: await comparisons.verify(query, measuring) }),
    'similarity.thresholds': ({ thresholds }) => {
      similarity.setThresholds(thresholds);
      similarityChanged();
      return null;
    },
    'similarity.counts': ({ thresholds }) => similarity.counts(thresholds),
    'similarity.matches': async ({ threshold, offset, limit }) => {
      await similarity.settle();
      const matches = similarity.matches(threshold);
      return { total: matches.length, matches: matches.slice(offset, offset + limit) };
    },
    'similarity.verify': async () => ({
      jobId: await startMeasuring(
        async () => {
          await similarity.settle();
          return similarity.wishes();
        },
        'Measuring similar tensors',
        measuring,
      ),
    }),
    'families.report': () => families.report(),
    'families.verify': async () => {
      const wishes = async () =>
        familyWishes(await families.report(), similarity, (pair) => comparisons.wishes(pair));
      return { jobId: await startMeasuring(wishes, 'Measuring families', measuring) };
    },
    'estimate.run': ({ kind }) => ({ jobId: estimates.run(kind) }),
    'estimate.latest': () => estimates.latest(),
  };
}

function jobHandlers({ board, fingerprints }: HandlerContext): HandlersOf<'jobs' | 'samples'> {
  const done = (action: () => void): null => {
    action();
    return null;
  };
  return {
    'jobs.list': () => board.list(),
    'jobs.pause': ({ jobId }) => done(() => board.pause(jobId, true)),
    'jobs.resume': ({ jobId }) => done(() => board.pause(jobId, false)),
    'jobs.cancel': ({ jobId }) => done(() => board.cancel(jobId)),
    'jobs.fingerprint': () => ({ jobId: fingerprints.start() }),
    'jobs.clearFinished': () => done(() => board.clearFinished()),
    'samples.write': (params) => ({ jobId: startSamples(params, board) }),
  };
}
