import path from 'node:path';
import { clipboard } from 'electron';
import { appInfo, diagnostics, readVersion, showAbout } from './diagnostics';
import { exportManifest } from './export/export-manifest';
import { RequestFailure } from './ipc/failure';
import { forwardEngineEvents } from './ipc/forward';
import { createHandlers } from './ipc/handlers';
import { createRouter } from './ipc/router';
import { createEventSender, setupIpc } from './ipc/setup';
import type { Launch } from './launch/command-line';
import type { Folders } from './launch/folders';
import type { Inbox } from './launch/inbox';
import { setupRendererRecovery } from './log/crashes';
import type { Log } from './log/log';
import { createReporter, type Reporter } from './log/report';
import { setupMenu } from './menu/setup';
import { type EngineAccess, startEngine } from './session/engine-access';
import { createOpening } from './session/opening';
import { createSession } from './session/session';
import { createTickets } from './session/tickets';
import { setupLiveSettings } from './settings/live';
import { openSettings } from './settings/store';
import { keepEngineThresholds } from './settings/thresholds';
import { runTour } from './tour/run';
import { createMainWindow } from './windows/main-window';

export interface ShellOptions {
  /** The application's folder: holds package.json, out and resources. */
  readonly root: string;
  readonly folders: Folders;
  readonly launch: Launch;
  readonly inbox: Inbox;
  readonly log: Log;
  readonly dev: boolean;
}

export interface Shell {
  readonly engine: EngineAccess;
  /** Brings the window to the front, opening it if it was closed. */
  show(): void;
  /** Takes every picture of the tour; resolves with the summary. */
  tour(folder: string): Promise<string>;
}

/** Everything that lives from ready to quit, put together. Call once, when the application is ready. */
export function startShell(options: ShellOptions): Shell {
  const { inbox, launch, log } = options;
  const interactive = launch.tourFolder === null;
  const report = createReporter(log, interactive);
  const services = createServices(options, report);
  const { engine, session, window, send, settings, opening } = services;

  const started = opening.atStart({ ...launch, paths: [...launch.paths, ...inbox.take()] });
  started.catch((error: unknown) => interactive && report(error));
  const hasSession = started.then(
    (opened) => opened > 0,
    () => false,
  );
  const info = async () => appInfo(readVersion(options.root), await hasSession);
  const openPaths = (paths: readonly string[]) => {
    const go = () => send('menu.command', { kind: 'go', screen: 'models' });
    session.open(paths).then(go, report);
  };
  inbox.drain((paths) => {
    window.show();
    if (paths.length > 0) openPaths(paths);
  });
  setupRequests(services, info, log);
  forwardEngineEvents(engine, send, window);
  engine.on('engine.died', ({ reason }) => report(new RequestFailure('internal', reason)));
  const about = () => void info().then(showAbout);
  const { logs } = options.folders;
  setupMenu({ ...services, openPaths, about, logs, dev: options.dev, onFailure: report });
  setupRendererRecovery(window, { log, interactive });
  window.show();
  return {
    engine,
    show: () => void window.show(),
    tour: async (folder) => {
      await started;
      return runTour({ folder, engine, window: window.show(), send, settings });
    },
  };
}

type Services = ReturnType<typeof createServices>;

function createServices(options: ShellOptions, report: Reporter) {
  const { root, folders, launch, log, dev } = options;
  const store = openSettings({ folder: folders.data, onProblem: (text) => log.warn(text) });
  const { thresholds } = store.get();
  const engine = startEngine({ dataFolder: folders.data, thresholds }, report);
  const window = createMainWindow({
    settings: store,
    preload: path.join(root, 'out/preload/index.cjs'),
    icon: path.join(root, 'resources/icon.png'),
    dev,
    remembersBounds: launch.tourFolder === null,
    onRendererMessage: (text) => log.warn(text),
  });
  const send = createEventSender(window);
  const tellEngine = keepEngineThresholds(engine, store.get, (error) =>
    log.error('The engine did not take the thresholds', error),
  );
  const settings = setupLiveSettings(store, (now, before) => {
    tellEngine(now, before);
    send('settings.changed', now);
  });
  const tickets = createTickets();
  const session = createSession({ engine, settings: store, tickets });
  const opening = createOpening({ engine, session, window, dataFolder: folders.data });
  return { store, engine, window, send, settings, tickets, session, opening };
}

function setupRequests(
  services: Services,
  info: () => Promise<ReturnType<typeof appInfo>>,
  log: Log,
): void {
  const { engine, store, window, tickets, opening } = services;
  const handlers = createHandlers({
    ...services,
    appInfo: info,
    copyDiagnostics: async () => clipboard.writeText(diagnostics(await info())),
    openDialog: opening.byDialog,
    openSamples: opening.samples,
    exportManifest: ({ modelId }) =>
      exportManifest({ engine, settings: store, window: window.current() }, modelId),
  });
  const onProblem = (sentence: string, error?: unknown) =>
    error === undefined ? log.warn(sentence) : log.error(sentence, error);
  setupIpc({ window, tickets, router: createRouter({ handlers, onProblem }) });
}
