import { app, BrowserWindow, nativeTheme, screen } from 'electron';
import { appOrigin } from '../protocol/respond';
import type { SettingsStore } from '../settings/store';
import { minimumSize, placeWindow, type WindowPlacement } from './window-state';

/** The colours of the token file's page background, so that no flash precedes the first paint. */
const background = { light: '#f6f5f2', dark: '#131316' } as const;
const saveDelay = 500;
const home = `${appOrigin}/`;

/** The one window; it may be closed and opened again (macOS). */
export interface MainWindow {
  current(): BrowserWindow | null;
  /** Opens it, or brings the open one to the front. */
  show(): BrowserWindow;
}

export interface MainWindowOptions {
  readonly settings: SettingsStore;
  /** Absolute paths. */
  readonly preload: string;
  readonly icon: string;
  readonly dev: boolean;
  /** The headless tour decides about bounds itself. */
  readonly remembersBounds: boolean;
  readonly onRendererMessage: (sentence: string) => void;
}

export function createMainWindow(options: MainWindowOptions): MainWindow {
  let window: BrowserWindow | null = null;
  nativeTheme.on('updated', () => window?.setBackgroundColor(currentBackground()));
  const open = () => {
    const created = build(options);
    window = created;
    created.once('closed', () => {
      window = null;
    });
    return created;
  };
  return {
    current: () => window,
    show: () => {
      if (window === null) return open();
      if (window.isMinimized()) window.restore();
      window.show();
      window.focus();
      return window;
    },
  };
}

function build(options: MainWindowOptions): BrowserWindow {
  const { settings, remembersBounds } = options;
  const stored = remembersBounds ? settings.get().window : null;
  const placement = placeWindow(
    stored,
    screen.getAllDisplays().map((display) => display.workArea),
  );
  const window = new BrowserWindow(windowOptions(options, placement));
  if (placement.maximised) window.maximize();
  window.once('ready-to-show', () => window.show());
  reportConsole(window, options.onRendererMessage);
  if (remembersBounds) rememberBounds(window, settings);
  const load = () =>
    window.loadURL(home).catch((error: unknown) => {
      options.onRendererMessage(`the window did not load: ${String(error)}`);
    });
  // Chromium asks nobody before it shows an empty page, so a window that went there is fetched back.
  window.webContents.on('did-navigate', (_event, url) => {
    if (!url.startsWith(home)) void load();
  });
  void load();
  return window;
}

function windowOptions(
  { preload, icon, dev }: MainWindowOptions,
  { position, width, height }: WindowPlacement,
): Electron.BrowserWindowConstructorOptions {
  return {
    ...position,
    width,
    height,
    minWidth: minimumSize.width,
    minHeight: minimumSize.height,
    useContentSize: true,
    show: false,
    title: app.name,
    icon,
    backgroundColor: currentBackground(),
    webPreferences: {
      preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      safeDialogs: true,
      spellcheck: false,
      devTools: dev,
    },
  };
}

const currentBackground = () =>
  nativeTheme.shouldUseDarkColors ? background.dark : background.light;

/** Writes where the window is, half a second after it last moved and when it closes. */
function rememberBounds(window: BrowserWindow, settings: SettingsStore): void {
  let timer: NodeJS.Timeout | undefined;
  const save = () => {
    clearTimeout(timer);
    const maximised = window.isMaximized();
    const before = settings.get().window;
    const isNormal = !maximised && !window.isMinimized() && !window.isFullScreen();
    if (!isNormal && before !== null) {
      settings.update({ window: { ...before, maximised } });
      return;
    }
    const { x, y } = window.getNormalBounds();
    const [width = 0, height = 0] = window.getContentSize();
    settings.update({ window: { x, y, width, height, maximised } });
  };
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(save, saveDelay);
  };
  window.on('resize', later);
  window.on('move', later);
  window.on('maximize', later);
  window.on('unmaximize', later);
  window.on('close', save);
}

/** Errors that the page writes to its console; the two runtimes pass them differently. */
function reportConsole(window: BrowserWindow, onMessage: (sentence: string) => void): void {
  window.webContents.on('console-message', (details, level, message) => {
    const severity: unknown = details.level ?? level;
    const text = details.message ?? message;
    if (severity === 'error' || severity === 3) onMessage(`window: ${text}`);
  });
}
