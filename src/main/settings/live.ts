import { nativeTheme } from 'electron';
import type { Settings } from '../../shared/ipc';
import type { SettingsStore } from './store';
import type { StoredSettings } from './stored';

/** The part of the settings that the window sees and may change. */
export interface LiveSettings {
  get(): Settings;
  set(patch: SettingsPatch): Settings;
}
export type SettingsPatch = { readonly [Key in keyof Settings]?: Settings[Key] | undefined };

/** Also keeps the native theme, and with it the page's `prefers-color-scheme`, as the settings say. */
export function setupLiveSettings(
  store: SettingsStore,
  onChange: (settings: Settings) => void,
): LiveSettings {
  nativeTheme.themeSource = store.get().theme;
  store.onChange((now, before) => {
    if (now.theme === before.theme && now.units === before.units) return;
    nativeTheme.themeSource = now.theme;
    onChange(visiblePart(now));
  });
  return {
    get: () => visiblePart(store.get()),
    set: ({ theme, units }) => {
      const patch = { ...(theme && { theme }), ...(units && { units }) };
      return visiblePart(store.update(patch));
    },
  };
}

const visiblePart = ({ units, theme }: StoredSettings): Settings => ({ units, theme });
