import { nativeTheme } from 'electron';
import type { Settings } from '../../shared/ipc';
import type { SettingsStore } from './store';
import { visibleChanged, visiblePart, visiblePatch } from './visible';

/** The part of the settings that the window sees and may change. */
export interface LiveSettings {
  get(): Settings;
  set(patch: SettingsPatch): Settings;
}
export type SettingsPatch = { readonly [Key in keyof Settings]?: Settings[Key] | undefined };

/** Also keeps the native theme, and with it the page's `prefers-color-scheme`, as the settings say. */
export function setupLiveSettings(
  store: SettingsStore,
  onChange: (settings: Settings, before: Settings) => void,
): LiveSettings {
  nativeTheme.themeSource = store.get().theme;
  store.onChange((now, before) => {
    if (!visibleChanged(now, before)) return;
    nativeTheme.themeSource = now.theme;
    onChange(visiblePart(now), visiblePart(before));
  });
  return {
    get: () => visiblePart(store.get()),
    set: (patch) => visiblePart(store.update(visiblePatch(patch))),
  };
}
