/** Starts the built app for a test, in the runtime that the scripts found, with a user-data folder of its own. */
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { _electron, type ElectronApplication, type Page } from '@playwright/test';
import { findRuntime } from '../../scripts/lib/electron-runtime.mjs';

export interface LaunchOptions {
  /** Switches for the app. */
  readonly args?: readonly string[];
  /** Files and folders to open; made absolute. */
  readonly paths?: readonly string[];
  /** A user-data folder to use again, for instance after a restart; it is then not deleted on close. */
  readonly userDataDir?: string;
  readonly env?: Readonly<Record<string, string>>;
}

export interface Launched {
  readonly app: ElectronApplication;
  /** The first window, loaded. */
  readonly page: Page;
  readonly userData: string;
  /** console.error calls of every window, as text. */
  readonly consoleErrors: string[];
  /** Uncaught errors of every window. */
  readonly pageErrors: Error[];
  /** What the main process wrote to stderr, by line, without Chromium's own messages. */
  readonly mainErrors: string[];
  /** Closes the app and deletes the user-data folder, unless the test brought its own. */
  close(): Promise<void>;
}

const root = path.resolve(import.meta.dirname, '..', '..');

/**
 * Holds the app's `ready` back until Playwright is connected. Playwright adds it only to a runtime that
 * it finds itself; without it, an app that is faster than the connection hangs the launch now and then.
 */
const playwrightLoader = path.join(
  path.dirname(createRequire(import.meta.url).resolve('playwright-core/package.json')),
  'lib',
  'server',
  'electron',
  'loader.js',
);

/** Chromium's log lines start with [pid:date/time:LEVEL:file]; they say nothing about the app. */
const chromiumLog = /^\[\d+:\d+\/\d+\.\d+:[A-Z]+:/;
const otherNoise = /^(Debugger |For help, see|DevTools listening|$)/;

export async function launchApp(options: LaunchOptions = {}): Promise<Launched> {
  const userData = options.userDataDir ?? (await mkdtemp(path.join(tmpdir(), 'tessera-e2e-')));
  const paths = (options.paths ?? []).map((one) => path.resolve(one));
  const app = await _electron.launch({
    executablePath: await electronExecutable(),
    // Playwright adds --no-sandbox unless told otherwise; the app must run as it does for a user.
    chromiumSandbox: true,
    args: ['-r', playwrightLoader, root, ...sandboxArgs(), ...(options.args ?? []), ...paths],
    env: { ...inheritedEnv(), ...options.env, TESSERA_USER_DATA: userData },
  });
  const errors = collectErrors(app);
  const page = await app.firstWindow();
  await page.waitForLoadState('domcontentloaded');
  const close = async (): Promise<void> => {
    await app.close();
    if (options.userDataDir === undefined) {
      await rm(userData, { recursive: true, force: true, maxRetries: 3 });
    }
  };
  return { app, page, userData, ...errors, close };
}

/** The runtime that `npm test` found; a run by hand (`npx playwright test`) looks for it itself. */
async function electronExecutable(): Promise<string> {
  const folder = process.env.TESSERA_ELECTRON_FOLDER;
  const env =
    folder === undefined ? process.env : { ...process.env, ELECTRON_OVERRIDE_DIST_PATH: folder };
  return (await findRuntime({ env })).executable;
}

/** Chromium does not start sandboxed as root. */
function sandboxArgs(): string[] {
  return process.getuid?.() === 0 ? ['--no-sandbox'] : [];
}

function inheritedEnv(): Record<string, string> {
  const entries = Object.entries(process.env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  return Object.fromEntries(entries);
}

function collectErrors(
  app: ElectronApplication,
): Pick<Launched, 'consoleErrors' | 'pageErrors' | 'mainErrors'> {
  const consoleErrors: string[] = [];
  const pageErrors: Error[] = [];
  const mainErrors: string[] = [];
  const watch = (page: Page): void => {
    page.on('console', (message) => {
      if (message.type() === 'error') {
        consoleErrors.push(message.text());
      }
    });
    page.on('pageerror', (error) => pageErrors.push(error));
  };
  app.windows().forEach(watch);
  app.on('window', watch);
  app.process().stderr?.setEncoding('utf8').on('data', lineSplitter(mainErrors));
  return { consoleErrors, pageErrors, mainErrors };
}

/** Collects whole lines, without the ones that are Chromium's or the debugger's. */
function lineSplitter(lines: string[]): (text: string) => void {
  let rest = '';
  return (text) => {
    const parts = (rest + text).split('\n');
    rest = parts.pop() ?? '';
    lines.push(...parts.filter((line) => !chromiumLog.test(line) && !otherNoise.test(line)));
  };
}
