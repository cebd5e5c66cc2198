import { useMemo } from 'react';
import type { ModelId } from '../../../../shared/base';
import type { ModelSummary } from '../../../../shared/domain';
import { comparisonKey } from '../../state/compare';
import type { Comparison } from '../../state/navigation';

/** A comparison with the models in it: the base first, then the others in their order. */
export interface Compared {
  readonly comparison: Comparison;
  readonly key: string;
  readonly models: readonly ModelSummary[];
  readonly nameOf: (id: ModelId) => string;
}

export function useCompared(
  comparison: Comparison,
  byId: ReadonlyMap<ModelId, ModelSummary>,
): Compared {
  return useMemo(
    () => ({
      comparison,
      key: comparisonKey(comparison),
      models: [comparison.a, ...comparison.b].flatMap((id) => byId.get(id) ?? []),
      nameOf: (id) => byId.get(id)?.name ?? '',
    }),
    [comparison, byId],
  );
}
