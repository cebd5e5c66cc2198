import { Menu, shell } from 'electron';
import type { SendEvent } from '../ipc/setup';
import type { Opening } from '../session/opening';
import type { LiveSettings } from '../settings/live';
import type { SettingsStore } from '../settings/store';
import { type MenuActions, menuTemplate } from './template';

export interface MenuParts {
  readonly store: SettingsStore;
  readonly settings: LiveSettings;
  readonly opening: Opening;
  readonly openPaths: (paths: readonly string[]) => void;
  readonly send: SendEvent;
  readonly about: () => void;
  readonly logs: string;
  readonly dev: boolean;
  /** Something that the person asked for could not be done. */
  readonly onFailure: (error: unknown) => void;
}

/** Sets the application menu and keeps its recents and check marks up to date. */
export function setupMenu(parts: MenuParts): void {
  const { store, settings, dev } = parts;
  const actions = menuActions(parts);
  const refresh = () => {
    const { recents } = store.get();
    const state = { settings: settings.get(), recents, platform: process.platform, dev };
    Menu.setApplicationMenu(Menu.buildFromTemplate(menuTemplate(state, actions)));
  };
  refresh();
  store.onChange((now, before) => {
    const same =
      now.theme === before.theme &&
      now.units === before.units &&
      JSON.stringify(now.recents) === JSON.stringify(before.recents);
    if (!same) refresh();
  });
}

function menuActions(parts: MenuParts): MenuActions {
  const { store, settings, opening, openPaths, send, about, logs, onFailure } = parts;
  return {
    openDialog: (kind) => {
      opening.byDialog(kind).then(({ opened }) => {
        if (opened > 0) send('menu.command', { kind: 'go', screen: 'models' });
      }, onFailure);
    },
    openPath: (path) => openPaths([path]),
    clearRecents: () => void store.update({ recents: [] }),
    send: (command) => send('menu.command', command),
    set: (patch) => void settings.set(patch),
    about,
    openLogs: () => void shell.openPath(logs),
  };
}
