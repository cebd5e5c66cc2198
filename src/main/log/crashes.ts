import { app, dialog } from 'electron';
import type { MainWindow } from '../windows/main-window';
import type { Log } from './log';
import { showError } from './report';

export interface CrashOptions {
  readonly log: Log;
  /** Somebody sits in front of it: dialogs may be shown. */
  readonly interactive: boolean;
}

/** Keeps the process alive through errors nobody caught; each is logged, and shown, one at a time. */
export function setupCrashReports({ log, interactive }: CrashOptions): void {
  let isShown = false;
  const report = (what: string) => (error: unknown) => {
    log.error(what, error);
    if (!app.isReady()) app.exit(1);
    if (!interactive || isShown) return;
    isShown = true;
    void showError('Something went wrong inside Tessera.', messageOf(error)).finally(() => {
      isShown = false;
    });
  };
  process.on('uncaughtException', report('uncaught exception'));
  process.on('unhandledRejection', report('unhandled rejection'));
  app.on('child-process-gone', (_event, details) => {
    if (details.reason === 'clean-exit') return;
    log.error(`${details.type} process gone: ${details.reason} (${details.exitCode})`);
  });
}

/** Offers to load the window again when its process has gone; the engine is not affected. */
export function setupRendererRecovery(window: MainWindow, options: CrashOptions): void {
  app.on('render-process-gone', (_event, contents, details) => {
    options.log.error(`window process gone: ${details.reason} (${details.exitCode})`);
    const current = window.current();
    if (details.reason === 'clean-exit' || current === null || contents !== current.webContents) {
      return;
    }
    if (options.interactive) void offerReload(window);
  });
}

async function offerReload(window: MainWindow): Promise<void> {
  const { response } = await dialog.showMessageBox({
    type: 'error',
    title: 'Tessera',
    message: 'The window stopped working.',
    detail: 'Opened models and running jobs are not affected. Load the window again?',
    buttons: ['Reload', 'Quit'],
    defaultId: 0,
    cancelId: 0,
  });
  if (response === 1) app.quit();
  else window.current()?.webContents.reload();
}

const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);
