import path from 'node:path';
import { app } from 'electron';
import { type Launch, parseCommandLine } from './launch/command-line';
import { type Folders, setupFolders } from './launch/folders';
import { createInbox, type Inbox } from './launch/inbox';
import { setupQuit } from './launch/quit';
import { becomeOnlyInstance } from './launch/single-instance';
import { setupCrashReports } from './log/crashes';
import { type Log, setupLog } from './log/log';
import { registerAppScheme, setupAppProtocol } from './protocol/app-protocol';
import { setupLockdown, silenceChromium } from './security/lockdown';
import { startShell } from './shell';
import { finishTour, setupTourSwitches } from './tour/process';

/** This module is built to `out/main/index.js`, in whatever folder the application lies. */
const root = path.resolve(import.meta.dirname, '..', '..');
/** Developer tools exist only in an unpackaged run that asks for them. */
const dev = process.env.TESSERA_DEV === '1' && !app.isPackaged;

main();

/** Runs before the application is ready, as schemes, folders and switches are fixed by then. */
function main(): void {
  app.setName('Tessera');
  const folders = setupFolders(process.env);
  const log = setupLog(folders.logs, !app.isPackaged);
  const launch = parseCommandLine(process.argv, {
    folder: process.cwd(),
    entries: app.isPackaged ? [] : [root, import.meta.filename],
  });
  setupCrashReports({ log, interactive: launch.tourFolder === null });
  silenceChromium();
  registerAppScheme();
  if (launch.tourFolder !== null) setupTourSwitches();
  const inbox = createInbox();
  if (becomeOnlyInstance(launch.paths, inbox)) {
    // Not awaited here: the application becomes ready only after this module has run.
    void app.whenReady().then(() => start(folders, launch, inbox, log));
  } else {
    leaveToFirst(launch);
  }
}

/** Another instance has the paths now. A tour cannot be handed over. */
function leaveToFirst({ tourFolder }: Launch): void {
  if (tourFolder === null) {
    process.stdout.write('Tessera is running already; it opens what was asked for.\n');
    app.exit(0);
  } else {
    process.stderr.write('Tessera is running already; close it before the tour.\n');
    app.exit(1);
  }
}

function start(folders: Folders, launch: Launch, inbox: Inbox, log: Log): void {
  log.info(`start: Electron ${process.versions.electron}, ${process.platform} ${process.arch}`);
  setupLockdown({ dev, onRefused: (what) => log.warn(`refused ${what}`) });
  setupAppProtocol(path.join(root, 'out', 'renderer'));
  const shell = startShell({ root, folders, launch, inbox, log, dev });
  setupQuit(shell);
  if (launch.tourFolder !== null) void finishTour(shell, launch.tourFolder);
}
