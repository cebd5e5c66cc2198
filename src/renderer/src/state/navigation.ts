import { create } from 'zustand';
import type { ModelId } from '../../../shared/base';
import type { ScreenName } from '../../../shared/ipc';

/** What Compare compares: a base, and what is held against it (none yet: `b` is empty). */
export interface Comparison {
  readonly a: ModelId;
  readonly b: readonly ModelId[];
}

/** Where the person is: a screen and, on Explore, the model and the tensor looked at. */
export interface Location {
  readonly screen: ScreenName;
  readonly modelId?: ModelId;
  /** Index of the tensor in the model. */
  readonly tensor?: number;
  /** On Compare; absent while nothing was chosen. */
  readonly compare?: Comparison;
}

export const sameComparison = (a: Comparison | undefined, b: Comparison | undefined): boolean =>
  a === b ||
  (a?.a === b?.a && a?.b.length === b?.b.length && (a?.b.every((id, i) => id === b?.b[i]) ?? true));

export const sameLocation = (a: Location, b: Location): boolean =>
  a.screen === b.screen &&
  a.modelId === b.modelId &&
  a.tensor === b.tensor &&
  sameComparison(a.compare, b.compare);

const historyLimit = 100;

interface Navigation {
  readonly location: Location;
  readonly past: readonly Location[];
  readonly future: readonly Location[];
  /** The model that Explore shows when it is opened without one. */
  readonly currentModel: ModelId | undefined;
  /** What Compare shows when it is opened without models. */
  readonly currentComparison: Comparison | undefined;
  /** Adds to the history; going where one already is changes nothing. */
  go(location: Location): void;
  /** Changes the place without a step in the history (a tensor chosen in a table). */
  replace(location: Location): void;
  back(): void;
  forward(): void;
  /** Drops models that are no longer open from the current place and the history. */
  forgetMissing(open: ReadonlySet<ModelId>): void;
}

export const useNavigation = create<Navigation>()((set) => ({
  location: { screen: 'home' },
  past: [],
  future: [],
  currentModel: undefined,
  currentComparison: undefined,
  go: (wanted) =>
    set((now) => {
      const location = withCurrent(wanted, now);
      if (sameLocation(location, now.location)) return now;
      const past = [...now.past, now.location].slice(-historyLimit);
      return { location, past, future: [], ...currentAt(location, now) };
    }),
  replace: (location) => set((now) => ({ location, ...currentAt(location, now) })),
  back: () =>
    set((now) => {
      const location = now.past.at(-1);
      if (!location) return now;
      return {
        location,
        past: now.past.slice(0, -1),
        future: [now.location, ...now.future],
        ...currentAt(location, now),
      };
    }),
  forward: () =>
    set((now) => {
      const location = now.future[0];
      if (!location) return now;
      return {
        location,
        past: [...now.past, now.location],
        future: now.future.slice(1),
        ...currentAt(location, now),
      };
    }),
  forgetMissing: (open) =>
    set((now) => {
      const gone = (id: ModelId | undefined) => id !== undefined && !open.has(id);
      const touched = (compare: Comparison | undefined) =>
        compare !== undefined && (gone(compare.a) || compare.b.some(gone));
      const all = [now.location, ...now.past, ...now.future];
      const hit = all.some((place) => gone(place.modelId) || touched(place.compare));
      if (!hit && !gone(now.currentModel) && !touched(now.currentComparison)) return now;
      const keep = (place: Location): Location => {
        const { compare, ...rest } = gone(place.modelId) ? { screen: place.screen } : place;
        const left = compare && withoutMissing(compare, open);
        return left ? { ...rest, compare: left } : rest;
      };
      const comparison = now.currentComparison;
      return {
        location: keep(now.location),
        past: now.past.map(keep),
        future: now.future.map(keep),
        currentModel: gone(now.currentModel) ? undefined : now.currentModel,
        currentComparison: comparison && withoutMissing(comparison, open),
      };
    }),
}));

/** What is left of a comparison: nothing without its base. The same object when all is. */
function withoutMissing(compare: Comparison, open: ReadonlySet<ModelId>): Comparison | undefined {
  if (!open.has(compare.a)) return undefined;
  if (compare.b.every((id) => open.has(id))) return compare;
  return { a: compare.a, b: compare.b.filter((id) => open.has(id)) };
}

type Current = Pick<Navigation, 'currentModel' | 'currentComparison'>;

const currentAt = (location: Location, before: Current): Current => ({
  currentModel: location.modelId ?? before.currentModel,
  currentComparison: location.compare ?? before.currentComparison,
});

/** Explore and Compare, opened without saying of what, show what was looked at last. */
function withCurrent(location: Location, now: Current): Location {
  const { currentModel, currentComparison } = now;
  if (location.screen === 'explore' && !location.modelId && currentModel) {
    return { ...location, modelId: currentModel };
  }
  if (location.screen === 'compare' && !location.compare && currentComparison) {
    return { ...location, compare: currentComparison };
  }
  return location;
}
