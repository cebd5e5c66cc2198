import { create } from 'zustand';
import type { ModelId } from '../../../shared/base';

interface Selection {
  /** Models chosen on the Models screen, in the order of choice. */
  readonly models: readonly ModelId[];
  set(models: readonly ModelId[]): void;
  clear(): void;
  /** Drops models that are no longer open. */
  forgetMissing(open: ReadonlySet<ModelId>): void;
}

export const useSelection = create<Selection>()((set) => ({
  models: [],
  set: (models) => set({ models: [...new Set(models)] }),
  clear: () => set({ models: [] }),
  forgetMissing: (open) =>
    set((now) =>
      now.models.every((id) => open.has(id))
        ? now
        : { models: now.models.filter((id) => open.has(id)) },
    ),
}));
