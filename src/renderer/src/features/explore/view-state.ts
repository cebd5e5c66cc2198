import { create } from 'zustand';
import type { ModelId } from '../../../../shared/base';
import type { FragmentType } from '../../../../shared/domain';
import type { TensorSortKey } from '../../../../shared/ipc';

export interface TensorSort {
  readonly key: TensorSortKey;
  readonly direction: 'ascending' | 'descending';
}

/** How one model is looked at; kept while the app runs, so that coming back finds it unchanged. */
export interface ModelView {
  readonly text: string;
  readonly regex: boolean;
  /** Empty: any. */
  readonly dtypes: readonly string[];
  /** Empty: any. */
  readonly types: readonly FragmentType[];
  readonly shape: string;
  /** The tree node that the table is limited to; empty: none. */
  readonly prefix: string;
  readonly sort: TensorSort;
  readonly expanded: ReadonlySet<string>;
}

export const initialView: ModelView = {
  text: '',
  regex: false,
  dtypes: [],
  types: [],
  shape: '',
  prefix: '',
  sort: { key: 'file', direction: 'ascending' },
  expanded: new Set(),
};

export const isFiltered = (view: ModelView): boolean =>
  view.text !== '' ||
  view.dtypes.length > 0 ||
  view.types.length > 0 ||
  view.shape !== '' ||
  view.prefix !== '';

/** Clears what limits the rows; the order and the tree stay. */
export const withoutFilter = (view: ModelView): ModelView => ({
  ...view,
  text: '',
  dtypes: [],
  types: [],
  shape: '',
  prefix: '',
});

/** In file order and unfiltered, a tensor's place in the table is its index. */
export const isFileOrder = (view: ModelView): boolean =>
  !isFiltered(view) && view.sort.key === 'file' && view.sort.direction === 'ascending';

const VIEWS_KEPT = 50;

interface Views {
  readonly views: ReadonlyMap<ModelId, ModelView>;
  change(id: ModelId, patch: Partial<ModelView>): void;
}

export const useViews = create<Views>()((set) => ({
  views: new Map(),
  change: (id, patch) =>
    set(({ views }) => {
      const next = new Map(views);
      const view = { ...(views.get(id) ?? initialView), ...patch };
      next.delete(id);
      next.set(id, view);
      for (const oldest of next.keys()) {
        if (next.size <= VIEWS_KEPT) break;
        next.delete(oldest);
      }
      return { views: next };
    }),
}));

export const useView = (id: ModelId): ModelView =>
  useViews((state) => state.views.get(id) ?? initialView);

/** Adds a value to a list, or removes it when it is there. */
export const toggledIn = <Value>(list: readonly Value[], value: Value): readonly Value[] =>
  list.includes(value) ? list.filter((one) => one !== value) : [...list, value];

/** Adds a prefix to, or removes it from, the expanded ones. */
export function toggled(expanded: ReadonlySet<string>, prefix: string, open: boolean) {
  const next = new Set(expanded);
  if (open) next.add(prefix);
  else next.delete(prefix);
  return next;
}
