import type { MenuItemConstructorOptions } from 'electron';
import type { UnitSystem } from '../../shared/base';
import type { MenuCommand, ScreenName, Settings } from '../../shared/ipc';
import type { StoredRecent } from '../settings/stored';

export interface MenuActions {
  openDialog(kind: 'files' | 'folders'): void;
  openPath(path: string): void;
  clearRecents(): void;
  /** To the window, as a 'menu.command' event. */
  send(command: MenuCommand): void;
  set(patch: Partial<Settings>): void;
  about(): void;
  openLogs(): void;
}

export interface MenuState {
  readonly settings: Settings;
  readonly recents: readonly StoredRecent[];
  readonly platform: NodeJS.Platform;
  readonly dev: boolean;
}

const screens: readonly (readonly [ScreenName, string])[] = [
  ['home', 'Home'],
  ['models', 'Models'],
  ['explore', 'Explore'],
  ['compare', 'Compare'],
  ['savings', 'Savings'],
  ['problems', 'Problems'],
];
const shownRecents = 10;
const separator: MenuItemConstructorOptions = { type: 'separator' };

/** The native menu, in the platform's order; a pure function of the state. */
export function menuTemplate(state: MenuState, actions: MenuActions): MenuItemConstructorOptions[] {
  const isMac = state.platform === 'darwin';
  return [
    ...(isMac ? [appMenu(actions)] : []),
    fileMenu(state, actions),
    { role: 'editMenu' },
    viewMenu(state, actions),
    ...(isMac ? [{ role: 'windowMenu' } as const] : []),
    helpMenu(state, actions),
  ];
}

function appMenu(actions: MenuActions): MenuItemConstructorOptions {
  return {
    role: 'appMenu',
    submenu: [
      { label: 'About Tessera', click: () => actions.about() },
      separator,
      { role: 'services' },
      separator,
      { role: 'hide' },
      { role: 'hideOthers' },
      { role: 'unhide' },
      separator,
      { role: 'quit' },
    ],
  };
}

function fileMenu(state: MenuState, actions: MenuActions): MenuItemConstructorOptions {
  return {
    label: '&File',
    submenu: [
      {
        label: 'Open File…',
        accelerator: 'CmdOrCtrl+O',
        click: () => actions.openDialog('files'),
      },
      {
        label: 'Open Folder…',
        accelerator: 'CmdOrCtrl+Shift+O',
        click: () => actions.openDialog('folders'),
      },
      { label: 'Open Recent', submenu: recentItems(state.recents, actions) },
      separator,
      {
        label: 'Export Manifest…',
        accelerator: 'CmdOrCtrl+E',
        click: () => actions.send({ kind: 'export-manifest' }),
      },
      separator,
      state.platform === 'darwin' ? { role: 'close' } : { role: 'quit', accelerator: 'Ctrl+Q' },
    ],
  };
}

function recentItems(
  recents: readonly StoredRecent[],
  actions: MenuActions,
): MenuItemConstructorOptions[] {
  if (recents.length === 0) return [{ label: 'Nothing opened yet', enabled: false }];
  const items = recents.slice(0, shownRecents).map(
    ({ path }): MenuItemConstructorOptions => ({
      label: menuText(path),
      click: () => actions.openPath(path),
    }),
  );
  return [...items, separator, { label: 'Clear Recent', click: () => actions.clearRecents() }];
}

/** A path as a menu shows it: `&` would underline the next letter, a long one its middle away. */
export function menuText(path: string): string {
  const visible = path.replace(/\p{Cc}/gu, '�');
  const short = visible.length <= 80 ? visible : `${visible.slice(0, 30)}…${visible.slice(-49)}`;
  return short.replace(/&/g, '&&');
}

function viewMenu(state: MenuState, actions: MenuActions): MenuItemConstructorOptions {
  const go = screens.map(
    ([screen, label], index): MenuItemConstructorOptions => ({
      label,
      accelerator: `CmdOrCtrl+${index + 1}`,
      click: () => actions.send({ kind: 'go', screen }),
    }),
  );
  return {
    label: '&View',
    submenu: [
      ...go,
      separator,
      {
        label: 'Go to…',
        accelerator: 'CmdOrCtrl+Shift+P',
        click: () => actions.send({ kind: 'palette' }),
      },
      { label: 'Find', accelerator: 'CmdOrCtrl+F', click: () => actions.send({ kind: 'find' }) },
      {
        label: 'Jobs',
        accelerator: 'CmdOrCtrl+J',
        click: () => actions.send({ kind: 'toggle-jobs' }),
      },
      separator,
      { label: 'Theme', submenu: themeItems(state.settings, actions) },
      { label: 'Units', submenu: unitItems(state.settings, actions) },
      separator,
      { role: 'resetZoom' },
      { role: 'zoomIn' },
      { role: 'zoomOut' },
      { role: 'togglefullscreen' },
      ...(state.dev ? [separator, { role: 'toggleDevTools' } as const] : []),
    ],
  };
}

function themeItems(settings: Settings, actions: MenuActions): MenuItemConstructorOptions[] {
  const themes: readonly (readonly [Settings['theme'], string])[] = [
    ['system', 'Like the System'],
    ['light', 'Light'],
    ['dark', 'Dark'],
  ];
  return themes.map(([theme, label]) => ({
    label,
    type: 'radio',
    checked: settings.theme === theme,
    click: () => actions.set({ theme }),
  }));
}

function unitItems(settings: Settings, actions: MenuActions): MenuItemConstructorOptions[] {
  const systems: readonly (readonly [UnitSystem, string])[] = [
    ['decimal', 'GB (1 kB = 1000 bytes)'],
    ['binary', 'GiB (1 KiB = 1024 bytes)'],
  ];
  return systems.map(([units, label]) => ({
    label,
    type: 'radio',
    checked: settings.units === units,
    click: () => actions.set({ units }),
  }));
}

function helpMenu(state: MenuState, actions: MenuActions): MenuItemConstructorOptions {
  // The window listens to `?` itself, so that it can still be typed into a field. macOS would
  // register every accelerator that a menu shows, so there the item shows none.
  const shown: Partial<MenuItemConstructorOptions> =
    state.platform === 'darwin' ? {} : { accelerator: '?', registerAccelerator: false };
  return {
    role: 'help',
    label: '&Help',
    submenu: [
      { label: 'Keyboard Shortcuts', ...shown, click: () => actions.send({ kind: 'keys' }) },
      { label: 'Show Log Files', click: () => actions.openLogs() },
      ...(state.platform === 'darwin'
        ? []
        : [separator, { label: 'About Tessera', click: () => actions.about() }]),
    ],
  };
}
