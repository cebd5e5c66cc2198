import { create } from 'zustand';

export type Overlay = 'commands' | 'jump' | 'keys' | 'settings';

/** What is open over or beside the content. Only one overlay at a time. */
interface Ui {
  readonly overlay: Overlay | undefined;
  readonly jobsOpen: boolean;
  readonly inspectorOpen: boolean;
  open(overlay: Overlay): void;
  close(): void;
  toggleJobs(): void;
  toggleInspector(): void;
}

export const useUi = create<Ui>()((set) => ({
  overlay: undefined,
  jobsOpen: false,
  inspectorOpen: true,
  open: (overlay) => set({ overlay }),
  close: () => set({ overlay: undefined }),
  toggleJobs: () => set((now) => ({ jobsOpen: !now.jobsOpen })),
  toggleInspector: () => set((now) => ({ inspectorOpen: !now.inspectorOpen })),
}));
