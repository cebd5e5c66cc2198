import { create } from 'zustand';
import type { ModelId } from '../../../shared/base';
import type { CompareRow, CompareSortKey } from '../../../shared/domain';
import { type Comparison, useNavigation } from './navigation';

/** The contract takes at most this many models beside the base. */
export const MOST_OTHERS = 64;

export const mapMetrics = ['status', 'cosine', 'relativeL2', 'bits', 'stored'] as const;
export type MapMetric = (typeof mapMetrics)[number];

export interface CompareSort {
  readonly key: CompareSortKey;
  readonly direction: 'ascending' | 'descending';
}

/** A layer that the table is limited to. */
export interface LayerFilter {
  readonly label: string;
  readonly prefix: string;
}

/** A row looked at, and its place in the table when it was chosen. */
export interface ChosenRow {
  readonly row: CompareRow;
  readonly index: number;
}

/** What belongs to one comparison and goes with it. */
export interface CompareFocus {
  readonly text: string;
  readonly layer: LayerFilter | undefined;
  readonly model: ModelId | undefined;
  readonly chosen: ChosenRow | undefined;
}

/** How comparisons are looked at; kept while the app runs, so that coming back finds it unchanged. */
interface CompareView {
  readonly metric: MapMetric;
  readonly mapAs: 'map' | 'table';
  readonly differencesOnly: boolean;
  readonly sort: CompareSort;
  /** The comparison that `focus` belongs to. */
  readonly key: string;
  readonly focus: CompareFocus;
  change(patch: Partial<Pick<CompareView, 'metric' | 'mapAs' | 'differencesOnly' | 'sort'>>): void;
  changeFocus(key: string, patch: Partial<CompareFocus>): void;
}

export const noFocus: CompareFocus = {
  text: '',
  layer: undefined,
  model: undefined,
  chosen: undefined,
};

/** Most changed first. */
export const byChange: CompareSort = { key: 'change', direction: 'descending' };
export const byLayer: CompareSort = { key: 'file', direction: 'ascending' };

export const useCompareView = create<CompareView>()((set) => ({
  metric: 'status',
  mapAs: 'map',
  differencesOnly: true,
  sort: byChange,
  key: '',
  focus: noFocus,
  change: (patch) => set(patch),
  changeFocus: (key, patch) =>
    set((now) => ({ key, focus: { ...(now.key === key ? now.focus : noFocus), ...patch } })),
}));

/** What belongs to this comparison; another one starts afresh. */
export const useCompareFocus = (key: string): CompareFocus =>
  useCompareView((state) => (state.key === key ? state.focus : noFocus));

export const comparisonKey = ({ a, b }: Comparison): string => [a, ...b].join(' ');

/** The first is the base. Undefined for fewer than two; the order of choice is kept. */
export function comparisonOf(models: readonly ModelId[]): Comparison | undefined {
  const [a, ...b] = new Set(models);
  if (a === undefined || b.length === 0) return undefined;
  return { a, b: b.slice(0, MOST_OTHERS) };
}

export function withModel(comparison: Comparison, id: ModelId): Comparison {
  const { a, b } = comparison;
  if (id === a || b.includes(id) || b.length >= MOST_OTHERS) return comparison;
  return { a, b: [...b, id] };
}

export const withoutModel = ({ a, b }: Comparison, id: ModelId): Comparison => ({
  a,
  b: b.filter((other) => other !== id),
});

/** Another base. One of the others changes places with it; a new one takes its place. */
export function withBase(comparison: Comparison, id: ModelId): Comparison {
  const { a, b } = comparison;
  if (id === a) return comparison;
  return { a: id, b: b.map((other) => (other === id ? a : other)) };
}

/** Shows a comparison: another place in the history. */
export const goCompare = (compare: Comparison): void =>
  useNavigation.getState().go({ screen: 'compare', compare });

const measured = new Set<string>();

/**
 * True the first time that a comparison is asked about, so that its pairs are measured once and a
 * cancelled measurement does not start over by itself.
 */
export function firstLook(key: string): boolean {
  if (measured.has(key)) return false;
  measured.add(key);
  return true;
}
