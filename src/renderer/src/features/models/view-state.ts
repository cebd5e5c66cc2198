import { create } from 'zustand';
import type { Sort } from '../../widgets/data-table';

/** How the Models table is looked at; kept while other screens are on show. */
interface ModelsView {
  readonly query: string;
  readonly grouping: 'folders' | 'flat';
  readonly sort: Sort;
  change(patch: Partial<Pick<ModelsView, 'query' | 'grouping' | 'sort'>>): void;
}

export const useModelsView = create<ModelsView>()((set) => ({
  query: '',
  grouping: 'folders',
  sort: { column: 'name', direction: 'ascending' },
  change: (patch) => set(patch),
}));
