import { create } from 'zustand';
import { defaultThresholds } from '../../../shared/domain';
import type { Settings } from '../../../shared/ipc';
import { call, subscribe, toClientError } from '../client';
import { useToasts } from './toasts';

interface SettingsState extends Settings {
  /** Shows the change at once; the main process confirms it or it is taken back. */
  change(patch: Partial<Settings>): Promise<void>;
}

const only = ({ units, theme, thresholds }: Settings): Settings => ({ units, theme, thresholds });

export const useSettings = create<SettingsState>()((set, get) => ({
  units: 'decimal',
  theme: 'system',
  thresholds: defaultThresholds,
  change: async (patch) => {
    const before = only(get());
    set(patch);
    try {
      set(only(await call('settings.set', patch)));
    } catch (thrown) {
      set(before);
      useToasts.getState().fail(toClientError(thrown));
    }
  },
}));

/** `system` leaves the choice to the platform (color-scheme); the others set `data-theme`. */
export function applyTheme(theme: Settings['theme'], root: HTMLElement): void {
  if (theme === 'system') delete root.dataset.theme;
  else root.dataset.theme = theme;
}

export async function connectSettings(): Promise<void> {
  const apply = (settings: Settings) => useSettings.setState(only(settings));
  useSettings.subscribe((now) => applyTheme(now.theme, document.documentElement));
  subscribe('settings.changed', apply);
  apply(await call('settings.get', {}));
}
