import { z } from 'zod';
import type { JobId, ModelId, PathTicket, SourceId } from '../base';
import {
  type CompareMap,
  type ComparePage,
  type CompareReport,
  compareSortKeys,
  type Estimate,
  type FamiliesReport,
  fragmentTypes,
  type JobInfo,
  LOWEST_THRESHOLD,
  type Match,
  type MetadataJson,
  type MetadataPage,
  type ModelDetail,
  type ModelSummary,
  type Problem,
  type SavingsReport,
  type SelectionUnion,
  type SourceInfo,
  type TensorDetail,
  type TensorRow,
  type TensorTreeNode,
  type ThresholdCounts,
  type Totals,
} from '../domain';
import type {
  AppInfo,
  DetectedStore,
  ExportOutcome,
  OpenOutcome,
  RecentItem,
  Settings,
  TensorPage,
} from './types';

/** Zod would try to compile code, which the window's content policy forbids and reports. */
z.config({ jitless: true });

/** The parameters' schema, parsed at the receiving end, and the result's type. */
export interface RequestDefinition<Params extends z.ZodType, Value> {
  readonly params: Params;
  /** Type only; never set. */
  readonly value?: Value;
}

const request =
  <Value>() =>
  <Params extends z.ZodType>(params: Params): RequestDefinition<Params, Value> => ({ params });

const none = z.strictObject({});
const hexId = <T>(length: number) =>
  z
    .string()
    .regex(new RegExp(`^[0-9a-f]{${length}}$`))
    .transform((text) => text as T);
const modelId = hexId<ModelId>(16);
const sourceId = hexId<SourceId>(16);
const jobId = z
  .string()
  .regex(/^job-\d{1,9}$/)
  .transform((text) => text as JobId);
const ticket = z
  .string()
  .regex(/^[0-9a-f]{32}$/)
  .transform((text) => text as PathTicket);
const metadataPath = z.array(z.string().max(1_100_000)).max(64);
const modelIds = z.array(modelId).max(100_000);
const index = z.int().min(0).max(100_000_000);

export const tensorFilterSchema = z.strictObject({
  text: z.string().max(1000).default(''),
  regex: z.boolean().default(false),
  /** Empty: any. */
  dtypes: z.array(z.string().max(64)).max(64).default([]),
  /** Fragment types; empty: any. */
  types: z.array(z.enum(fragmentTypes)).max(64).default([]),
  /** `4096x*`, `*x3x3`, `>=2d`; empty: any. See parseShapeFilter. */
  shape: z.string().max(200).default(''),
  /** Only tensors whose name is this prefix or lies below it; empty: all. */
  prefix: z.string().max(1_100_000).default(''),
});
export type TensorFilter = z.infer<typeof tensorFilterSchema>;

export const tensorSortKeys = ['file', 'name', 'dtype', 'shape', 'size', 'shared', 'type'] as const;
export type TensorSortKey = (typeof tensorSortKeys)[number];

/** 1 >= exact >= nearDuplicate >= similar >= LOWEST_THRESHOLD. */
export const thresholdsSchema = z
  .strictObject({
    exact: z.number().min(LOWEST_THRESHOLD).max(1),
    nearDuplicate: z.number().min(LOWEST_THRESHOLD).max(1),
    similar: z.number().min(LOWEST_THRESHOLD).max(1),
  })
  .refine((t) => t.exact >= t.nearDuplicate && t.nearDuplicate >= t.similar, 'not in order');

const compareModels = { a: modelId, b: z.array(modelId).min(1).max(64) };

export const settingsPatchSchema = z.strictObject({
  units: z.enum(['decimal', 'binary']).optional(),
  theme: z.enum(['system', 'light', 'dark']).optional(),
  thresholds: thresholdsSchema.optional(),
});

/**
 * Every call that the renderer may make. The renderer never names a path: dialogs, drops, recents
 * and stores are named by tickets and ids that the main process minted.
 */
export const requests = {
  'app.info': request<AppInfo>()(none),
  'app.copyDiagnostics': request<null>()(none),

  'sources.list': request<readonly SourceInfo[]>()(none),
  'sources.openDialog': request<OpenOutcome>()(
    z.strictObject({ kind: z.enum(['files', 'folders']) }),
  ),
  'sources.openTickets': request<OpenOutcome>()(
    z.strictObject({ tickets: z.array(ticket).min(1).max(1000) }),
  ),
  'sources.openSamples': request<OpenOutcome>()(none),
  'sources.close': request<null>()(z.strictObject({ sourceId })),
  'sources.rescan': request<null>()(z.strictObject({ sourceId })),

  'home.recents': request<readonly RecentItem[]>()(none),
  'home.forgetRecent': request<null>()(z.strictObject({ ticket })),
  'home.stores': request<readonly DetectedStore[]>()(none),

  'models.list': request<{ models: readonly ModelSummary[]; totals: Totals }>()(none),
  'models.detail': request<ModelDetail>()(z.strictObject({ modelId })),
  /** A page of a list in the metadata; `path`: the keys that lead to it. */
  'models.metadataItems': request<MetadataPage>()(
    z.strictObject({
      modelId,
      path: metadataPath.min(1),
      from: z.int().min(0).max(Number.MAX_SAFE_INTEGER),
      count: z.int().min(1).max(1000),
    }),
  ),
  /** The metadata below `path` (all: an empty path), long lists in full, up to 64 MB of text. */
  'models.metadataJson': request<MetadataJson>()(z.strictObject({ modelId, path: metadataPath })),
  'models.union': request<SelectionUnion>()(z.strictObject({ modelIds })),

  'tensors.page': request<TensorPage>()(
    z.strictObject({
      modelId,
      filter: tensorFilterSchema,
      sort: z.strictObject({
        key: z.enum(tensorSortKeys),
        direction: z.enum(['ascending', 'descending']),
      }),
      offset: index,
      limit: z.int().min(0).max(500),
    }),
  ),
  'tensors.children': request<readonly TensorTreeNode[]>()(
    z.strictObject({ modelId, prefix: z.string().max(1_100_000) }),
  ),
  'tensors.detail': request<TensorDetail>()(z.strictObject({ modelId, index })),

  'savings.report': request<SavingsReport>()(none),

  'problems.list': request<readonly Problem[]>()(none),

  'compare.report': request<readonly CompareReport[]>()(z.strictObject(compareModels)),
  'compare.page': request<ComparePage>()(
    z.strictObject({
      ...compareModels,
      filter: z.strictObject({
        differencesOnly: z.boolean(),
        text: z.string().max(1000),
        prefix: z.string().max(1_100_000),
        model: modelId.nullable(),
      }),
      sort: z.strictObject({
        key: z.enum(compareSortKeys),
        direction: z.enum(['ascending', 'descending']),
      }),
      offset: index,
      limit: z.int().min(0).max(500),
    }),
  ),
  'compare.map': request<CompareMap>()(z.strictObject(compareModels)),
  /** Measures near pairs on their data, as a job; a no-op when all are measured. */
  'compare.verify': request<null>()(z.strictObject(compareModels)),

  'similarity.counts': request<ThresholdCounts>()(z.strictObject({ thresholds: thresholdsSchema })),
  'similarity.matches': request<{ total: number; matches: readonly Match[] }>()(
    z.strictObject({
      threshold: z.number().min(LOWEST_THRESHOLD).max(1),
      offset: index,
      limit: z.int().min(0).max(500),
    }),
  ),
  'similarity.verify': request<null>()(none),
  'families.report': request<FamiliesReport>()(none),
  'estimate.latest': request<Estimate | null>()(none),
  'estimate.run': request<null>()(z.strictObject({ kind: z.enum(['sample', 'measured']) })),

  'manifest.export': request<ExportOutcome>()(z.strictObject({ modelId })),

  'jobs.list': request<readonly JobInfo[]>()(none),
  'jobs.pause': request<null>()(z.strictObject({ jobId })),
  'jobs.resume': request<null>()(z.strictObject({ jobId })),
  'jobs.cancel': request<null>()(z.strictObject({ jobId })),
  /** Starts fingerprinting whatever is not fingerprinted yet; a no-op when all is. */
  'jobs.fingerprint': request<null>()(none),
  'jobs.clearFinished': request<null>()(none),

  'settings.get': request<Settings>()(none),
  'settings.set': request<Settings>()(settingsPatchSchema),
} as const;

export type Requests = typeof requests;
export type RequestName = keyof Requests;
/** What a caller passes (defaults may be left out). */
export type ParamsOf<Name extends RequestName> = z.input<Requests[Name]['params']>;
/** What a handler receives, after parsing. */
export type ParsedParamsOf<Name extends RequestName> = z.output<Requests[Name]['params']>;
export type ValueOf<Name extends RequestName> =
  Requests[Name] extends RequestDefinition<z.ZodType, infer Value> ? Value : never;

/** Events from main to renderer. Those without a payload say only that a list must be read again. */
export interface EventPayloads {
  'sources.changed': null;
  'models.changed': null;
  'problems.changed': null;
  'jobs.changed': readonly JobInfo[];
  /** Comparisons, families, counts and estimates must be read again. */
  'similarity.changed': null;
  'settings.changed': Settings;
  /** A native menu item or accelerator was chosen. */
  'menu.command': MenuCommand;
}
export type EventName = keyof EventPayloads;
export const eventNames = [
  'sources.changed',
  'models.changed',
  'problems.changed',
  'jobs.changed',
  'similarity.changed',
  'settings.changed',
  'menu.command',
] as const satisfies readonly EventName[];

export type MenuCommand =
  | {
      readonly kind: 'go';
      readonly screen: ScreenName;
      /** On Explore: the model to show, and the index of the tensor to choose in it. */
      readonly modelId?: ModelId;
      readonly tensor?: number;
      /** On Compare: the base and what is compared with it. */
      readonly compare?: { readonly a: ModelId; readonly b: readonly ModelId[] };
    }
  | { readonly kind: 'palette' }
  | { readonly kind: 'keys' }
  | { readonly kind: 'find' }
  | { readonly kind: 'export-manifest' }
  | { readonly kind: 'toggle-jobs' };

export const screenNames = ['home', 'models', 'explore', 'compare', 'savings', 'problems'] as const;
export type ScreenName = (typeof screenNames)[number];

export type { TensorRow };
