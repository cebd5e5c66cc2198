import type { ModelId } from '../../../../shared/base';
import type {
  CompareCell,
  CompareGroups,
  CompareReport,
  CompareRow,
  CompareStatus,
  PairMetrics,
  TensorRef,
} from '../../../../shared/domain';

/** Things that tests build on. */
export const modelA = '000000000000000a' as ModelId;
export const modelB = '000000000000000b' as ModelId;

export const noGroups: CompareGroups = {
  identical: { tensors: 0, bytes: 0 },
  cast: { tensors: 0, bytes: 0 },
  near: { tensors: 0, bytes: 0 },
  different: { tensors: 0, bytes: 0 },
  onlyA: { tensors: 0, bytes: 0 },
  onlyB: { tensors: 0, bytes: 0 },
};

/** One tensor per 100 bytes. */
export const groupsOf = (bytes: Partial<Record<CompareStatus, number>>): CompareGroups => ({
  ...noGroups,
  ...Object.fromEntries(
    Object.entries(bytes).map(([status, count]) => [
      status,
      { tensors: count / 100, bytes: count },
    ]),
  ),
});

export const reportOf = (
  groups: CompareGroups,
  extra: Partial<CompareReport> = {},
): CompareReport => ({
  a: modelA,
  b: modelB,
  groups,
  nearDuplicate: { tensors: 0, bytes: 0 },
  renamed: 0,
  verdict: 'The sentence of the engine.',
  unverified: 0,
  ...extra,
});

export const cellOf = (status: CompareStatus, extra: Partial<CompareCell> = {}): CompareCell => ({
  status,
  groups: groupsOf({ [status]: 300 }),
  cosine: null,
  relativeL2: null,
  bits: null,
  stored: null,
  ...extra,
});

export const tensorOf = (name: string, extra: Partial<TensorRef> = {}): TensorRef => ({
  modelId: modelA,
  modelName: 'base',
  index: 0,
  name,
  dtype: 'BF16',
  shape: [2, 3],
  byteLength: 12,
  ...extra,
});

export const metricsOf = (extra: Partial<PairMetrics> = {}): PairMetrics => ({
  score: 0.999,
  cosine: 0.9991,
  relativeL2: 0.042,
  differingBits: 3.14,
  elementBits: 16,
  maxDifference: 0.5,
  deltaBytes: 5,
  verified: true,
  ...extra,
});

export const rowOf = (status: CompareStatus, extra: Partial<CompareRow> = {}): CompareRow => ({
  row: 0,
  b: modelB,
  status,
  nearDuplicate: false,
  tensor: status === 'onlyB' ? null : tensorOf('w'),
  other: status === 'onlyA' ? null : tensorOf('w', { modelId: modelB, modelName: 'tuned' }),
  reason: 'name',
  transposed: false,
  metrics: status === 'near' ? metricsOf() : null,
  rows: null,
  ...extra,
});
