import type { FileDigest, ModelId } from '../../../shared/base';
import type {
  ByteCounts,
  ModelDetail,
  ModelSummary,
  SavingsReport,
  SelectionUnion,
  Totals,
} from '../../../shared/domain';
import type { Fingerprints } from '../jobs/fingerprint';
import { physicalKey } from '../jobs/work';
import type { Model } from '../model/model';
import type { Registry } from '../registry';
import type { SharingIndex } from '../sharing/sharing';
import { factsOf } from './facts';
import { boundMetadata } from './metadata';

export interface ModelContext {
  readonly registry: Registry;
  readonly sharing: SharingIndex;
  readonly fingerprints: Fingerprints;
}

/** The size of some models' files, each physical file once. */
export function logicalBytesOf(models: readonly Model[]): number {
  return physicalFiles(models).reduce((sum, size) => sum + size, 0);
}

function physicalFiles(models: readonly Model[]): number[] {
  const sizes = new Map<string, number>();
  for (const model of models) {
    for (const file of model.files) sizes.set(physicalKey(file), file.stamp.size);
  }
  return [...sizes.values()];
}

export function modelSummary(model: Model, context: ModelContext): ModelSummary {
  const bytes = byteCounts(model, context);
  return {
    id: model.id,
    name: model.name,
    sourceId: context.registry.sourceOf(model.id)?.id ?? ('' as ModelSummary['sourceId']),
    folder: model.folder,
    format: model.format,
    ...(model.opaqueReason === undefined ? {} : { opaqueReason: model.opaqueReason }),
    files: model.files.length,
    logicalBytes: logicalBytesOf([model]),
    ...tensorFacts(model),
    analysis: context.fingerprints.state(model),
    ...(bytes === undefined ? {} : { bytes }),
  };
}

type TensorFacts = Pick<ModelSummary, 'tensors' | 'parameters' | 'dtypes'>;
const tensorFactsOf = new WeakMap<Model, TensorFacts>();

function tensorFacts(model: Model): TensorFacts {
  const known = tensorFactsOf.get(model);
  if (known !== undefined) return known;
  const dtypes = new Map<string, number>();
  let parameters = 0;
  for (const { dtype, shape } of model.tensors) {
    dtypes.set(dtype, (dtypes.get(dtype) ?? 0) + 1);
    parameters += shape.reduce((product, size) => product * size, 1);
  }
  const ordered = [...dtypes].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  const facts = { tensors: model.tensors.length, parameters, dtypes: Object.fromEntries(ordered) };
  tensorFactsOf.set(model, facts);
  return facts;
}

function byteCounts(model: Model, { sharing }: ModelContext): ByteCounts | undefined {
  const counts = sharing.counts(model.id);
  return counts === undefined ? undefined : { logicalBytes: logicalBytesOf([model]), ...counts };
}

export function totals(context: ModelContext): Totals {
  const models = context.registry.models();
  const done = models.filter((model) => context.sharing.has(model.id));
  return {
    models: models.length,
    files: physicalFiles(models).length,
    tensors: models.reduce((sum, model) => sum + model.tensors.length, 0),
    logicalBytes: logicalBytesOf(models),
    fingerprintedBytes: logicalBytesOf(done),
    ...context.sharing.totals,
    pendingModels: models.length - done.length,
  };
}

export function modelDetail(model: Model, context: ModelContext): ModelDetail {
  const stored = context.fingerprints.stored(model);
  return {
    ...modelSummary(model, context),
    fileList: model.files.map((file, at) => {
      const sha256 = stored?.[at]?.fingerprint.sha256;
      return {
        path: file.path,
        size: file.stamp.size,
        format: file.format,
        role: file.role,
        ...(sha256 === undefined
          ? {}
          : { sha256: Buffer.from(sha256).toString('hex') as FileDigest }),
      };
    }),
    facts: factsOf(model),
    metadata: boundMetadata(model.metadata),
    sharesWith: context.sharing.partners(model.id).map(({ id, sharedBytes }) => ({
      modelId: id,
      name: context.registry.model(id)?.name ?? '',
      sharedBytes,
    })),
  };
}

export function selectionUnion(ids: readonly ModelId[], context: ModelContext): SelectionUnion {
  const models = [...new Set(ids)].flatMap((id) => context.registry.model(id) ?? []);
  return {
    models: models.length,
    logicalBytes: logicalBytesOf(models),
    ...context.sharing.union(models.map((model) => model.id)),
    pendingModels: models.filter((model) => !context.sharing.has(model.id)).length,
  };
}

export function savingsReport(context: ModelContext): SavingsReport {
  const models = context.registry.models();
  const done = models.filter((model) => context.sharing.has(model.id));
  const logicalBytes = logicalBytesOf(done);
  const { uniqueBytes } = context.sharing.totals;
  const { acrossModels, insideModels } = context.sharing.saved();
  return {
    models: done.map((model) => modelSavings(model, context)),
    pendingModels: models.length - done.length,
    logicalBytes,
    uniqueBytes,
    savedBytes: logicalBytes - uniqueBytes,
    savedAcrossModels: acrossModels,
    savedInsideModels: insideModels,
  };
}

function modelSavings(model: Model, { sharing }: ModelContext): SavingsReport['models'][number] {
  const logicalBytes = logicalBytesOf([model]);
  const counts = sharing.counts(model.id);
  const { exclusiveBytes, sharedBytes, uniqueBytes } = counts ?? {
    exclusiveBytes: 0,
    sharedBytes: 0,
    uniqueBytes: 0,
  };
  return {
    modelId: model.id,
    name: model.name,
    logicalBytes,
    exclusiveBytes,
    sharedBytes,
    repeatedBytes: logicalBytes - uniqueBytes,
  };
}
