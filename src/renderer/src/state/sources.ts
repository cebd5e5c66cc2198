import type { ModelId } from '../../../shared/base';
import type { ModelSummary, SourceInfo, Totals } from '../../../shared/domain';
import { useQuery } from '../client';

const noModels: readonly ModelSummary[] = [];
const noSources: readonly SourceInfo[] = [];

export interface OpenModels {
  readonly models: readonly ModelSummary[];
  readonly totals: Totals | undefined;
  /** False until the first answer. */
  readonly loaded: boolean;
}

/** Every open model, kept up to date. */
export function useModels(): OpenModels {
  const { data } = useQuery('models.list', {});
  return { models: data?.models ?? noModels, totals: data?.totals, loaded: data !== undefined };
}

export function useModel(id: ModelId | undefined): ModelSummary | undefined {
  const { models } = useModels();
  return id === undefined ? undefined : models.find((model) => model.id === id);
}

export function useSources(): readonly SourceInfo[] {
  return useQuery('sources.list', {}).data ?? noSources;
}
