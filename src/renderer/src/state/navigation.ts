import { create } from 'zustand';
import type { ModelId } from '../../../shared/base';
import type { ScreenName } from '../../../shared/ipc';

/** Where the person is: a screen and, on Explore, the model and the tensor looked at. */
export interface Location {
  readonly screen: ScreenName;
  readonly modelId?: ModelId;
  /** Index of the tensor in the model. */
  readonly tensor?: number;
}

export const sameLocation = (a: Location, b: Location): boolean =>
  a.screen === b.screen && a.modelId === b.modelId && a.tensor === b.tensor;

const historyLimit = 100;

interface Navigation {
  readonly location: Location;
  readonly past: readonly Location[];
  readonly future: readonly Location[];
  /** The model that Explore shows when it is opened without one. */
  readonly currentModel: ModelId | undefined;
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
  go: (wanted) =>
    set((now) => {
      const location = withModel(wanted, now.currentModel);
      if (sameLocation(location, now.location)) return now;
      const past = [...now.past, now.location].slice(-historyLimit);
      return { location, past, future: [], currentModel: location.modelId ?? now.currentModel };
    }),
  replace: (location) =>
    set((now) => ({ location, currentModel: location.modelId ?? now.currentModel })),
  back: () =>
    set((now) => {
      const location = now.past.at(-1);
      if (!location) return now;
      return {
        location,
        past: now.past.slice(0, -1),
        future: [now.location, ...now.future],
        currentModel: location.modelId ?? now.currentModel,
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
        currentModel: location.modelId ?? now.currentModel,
      };
    }),
  forgetMissing: (open) =>
    set((now) => {
      const gone = (id: ModelId | undefined) => id !== undefined && !open.has(id);
      const all = [now.location, ...now.past, ...now.future];
      if (!gone(now.currentModel) && !all.some((place) => gone(place.modelId))) return now;
      const keep = (place: Location): Location =>
        gone(place.modelId) ? { screen: place.screen } : place;
      return {
        location: keep(now.location),
        past: now.past.map(keep),
        future: now.future.map(keep),
        currentModel: gone(now.currentModel) ? undefined : now.currentModel,
      };
    }),
}));

function withModel(location: Location, current: ModelId | undefined): Location {
  if (location.screen !== 'explore' || location.modelId || !current) return location;
  return { ...location, modelId: current };
}
