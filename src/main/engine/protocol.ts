import type { JobId, ModelId, SourceId } from '../../shared/base';
import type {
  CompareMap,
  ComparePage,
  CompareReport,
  CompareSortKey,
  Estimate,
  FamiliesReport,
  JobInfo,
  Manifest,
  Match,
  MetadataJson,
  MetadataPage,
  ModelDetail,
  ModelSummary,
  Problem,
  SavingsReport,
  SelectionUnion,
  SimilarityThresholds,
  SourceInfo,
  TensorDetail,
  TensorTreeNode,
  ThresholdCounts,
  Totals,
} from '../../shared/domain';
import type { RequestErrorCode, TensorFilter, TensorPage, TensorSortKey } from '../../shared/ipc';

export interface MetadataQuery {
  readonly modelId: ModelId;
  /** Keys, and indices as text, that lead to a value. */
  readonly path: readonly string[];
}

export interface TensorQuery {
  readonly modelId: ModelId;
  readonly filter: TensorFilter;
  readonly sort: { readonly key: TensorSortKey; readonly direction: 'ascending' | 'descending' };
  readonly offset: number;
  readonly limit: number;
}

/** Model A against one or more others; their order is the order of everything in the answer. */
export interface CompareQuery {
  readonly a: ModelId;
  readonly b: readonly ModelId[];
}

export interface ComparePageQuery extends CompareQuery {
  readonly filter: {
    /** Leaves out identical tensors. */
    readonly differencesOnly: boolean;
    /** In a tensor's name, either side's; plain text, any case. */
    readonly text: string;
    /** Only names below this prefix; empty: all. */
    readonly prefix: string;
    /** Only this model of `b`; null: all. */
    readonly model: ModelId | null;
  };
  readonly sort: {
    readonly key: CompareSortKey;
    readonly direction: 'ascending' | 'descending';
  };
  readonly offset: number;
  readonly limit: number;
}

export interface MatchQuery {
  /** Lowest score; LOWEST_THRESHOLD … 1. */
  readonly threshold: number;
  readonly offset: number;
  readonly limit: number;
}

/** Every call that the engine answers: name → [parameters, value]. Callers are trusted code. */
export interface EngineCalls {
  /** Opens files or folders by absolute path; headers are read in the background (a scan job). */
  'sources.open': [{ paths: readonly string[] }, { sourceIds: readonly SourceId[]; jobId: JobId }];
  'sources.list': [null, readonly SourceInfo[]];
  'sources.close': [{ sourceId: SourceId }, null];
  'sources.rescan': [{ sourceId: SourceId }, null];
  'models.list': [null, { models: readonly ModelSummary[]; totals: Totals }];
  'models.detail': [{ modelId: ModelId }, ModelDetail];
  'models.metadataItems': [MetadataQuery & { from: number; count: number }, MetadataPage];
  'models.metadataJson': [MetadataQuery, MetadataJson];
  'models.union': [{ modelIds: readonly ModelId[] }, SelectionUnion];
  'tensors.page': [TensorQuery, TensorPage];
  'tensors.children': [{ modelId: ModelId; prefix: string }, readonly TensorTreeNode[]];
  'tensors.detail': [{ modelId: ModelId; index: number }, TensorDetail];
  'savings.report': [null, SavingsReport];
  'problems.list': [null, readonly Problem[]];
  /** From hashes and signatures, at once; `not-ready` until all of the models are fingerprinted. */
  'compare.report': [CompareQuery, readonly CompareReport[]];
  'compare.page': [ComparePageQuery, ComparePage];
  'compare.map': [CompareQuery, CompareMap];
  /** Measures the near pairs of a comparison on all of their data; null: nothing is left to do. */
  'compare.verify': [CompareQuery, { jobId: JobId | null }];
  'similarity.thresholds': [{ thresholds: SimilarityThresholds }, null];
  'similarity.counts': [{ thresholds: SimilarityThresholds }, ThresholdCounts];
  /** Best partner of every distinct tensor that has one, surest first. */
  'similarity.matches': [MatchQuery, { total: number; matches: readonly Match[] }];
  /** Measures the best partners of all tensors on their data; null: nothing is left to do. */
  'similarity.verify': [null, { jobId: JobId | null }];
  'families.report': [null, FamiliesReport];
  /** Measures what lineage edges rest on, on the data; null: nothing is left to do. */
  'families.verify': [null, { jobId: JobId | null }];
  /** `sample`: needs no fingerprints; `measured`: weighs every byte. The result is `latest` then. */
  'estimate.run': [{ kind: 'sample' | 'measured' }, { jobId: JobId }];
  /** The best that is known: measured, from fingerprints, or from a sample; null: nothing yet. */
  'estimate.latest': [null, Estimate | null];
  'jobs.list': [null, readonly JobInfo[]];
  'jobs.pause': [{ jobId: JobId }, null];
  'jobs.resume': [{ jobId: JobId }, null];
  'jobs.cancel': [{ jobId: JobId }, null];
  'jobs.fingerprint': [null, { jobId: JobId | null }];
  'jobs.clearFinished': [null, null];
  /** The JSON text of a model's manifest; `not-ready` until the model is fingerprinted. */
  'manifest.build': [{ modelId: ModelId }, { text: string; manifest: Manifest }];
  /** Whether the files below `against` are what the manifest says, byte for byte. Read only. */
  'manifest.verify': [{ file: string; against: string }, ManifestCheck];
  /** Places where other programs keep models, on this machine. */
  'stores.existing': [null, readonly { readonly name: string; readonly path: string }[]];
  /** Writes the sample family into `folder` (created if missing). */
  'samples.write': [{ folder: string; size?: number; seed?: number }, { jobId: JobId }];
}
/** One difference between a manifest and the files; `offset` where it has a place. */
export interface ManifestFinding {
  readonly file: string;
  readonly offset?: number;
  readonly expected: string;
  readonly found: string;
}

export interface ManifestCheck {
  readonly files: number;
  readonly bytes: number;
  readonly findings: readonly ManifestFinding[];
}

export type EngineCallName = keyof EngineCalls;
export type EngineParams<Name extends EngineCallName> = EngineCalls[Name][0];
export type EngineValue<Name extends EngineCallName> = EngineCalls[Name][1];

export interface EngineEvents {
  'sources.changed': null;
  'models.changed': null;
  'problems.changed': null;
  'jobs.changed': readonly JobInfo[];
  /** Signatures, measures, thresholds or an estimate: comparisons and counts must be read again. */
  'similarity.changed': null;
  /** The engine's thread ended by itself; `restarted`: another took its place. */
  'engine.died': { readonly reason: string; readonly restarted: boolean };
}
export type EngineEventName = keyof EngineEvents;

/** An engine call's failure, with a code that screens can act on. */
export class EngineError extends Error {
  override readonly name = 'EngineError';
  constructor(
    readonly code: RequestErrorCode,
    message: string,
    readonly hint?: string,
  ) {
    super(message);
  }
}

export interface EngineOptions {
  /** Folder of the catalogue; created if missing. `null`: keep it in memory. */
  readonly dataFolder: string | null;
  /** Kernel workers; default: one per core. */
  readonly threads?: number;
  /** Start fingerprinting by itself once a scan is done. Default true. */
  readonly autoFingerprint?: boolean;
  readonly thresholds?: SimilarityThresholds;
}
