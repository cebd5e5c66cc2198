/** One instance per user data folder; later ones hand their paths over. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from '@playwright/test';
import { request } from './support/bridge';
import { type Launched, launchApp } from './support/launch';
import { writeTinyModel } from './support/tiny-model';

let launched: Launched;
let folder = '';

test.beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tessera-instance-'));
  await mkdir(path.join(folder, 'here'));
  for (const name of ['first', 'second model', 'third']) {
    await writeTinyModel(path.join(folder, 'here', `${name}.safetensors`), 4, 1);
  }
  launched = await launchApp({ paths: [path.join(folder, 'here', 'first.safetensors')] });
});
test.afterAll(async () => {
  await launched.close();
  await rm(folder, { recursive: true, force: true });
});

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts the app again with the same executable and user data, from `folder/here`. */
async function startAgain(args: readonly string[]): Promise<Ended> {
  const { executable, root, asRoot } = await launched.app.evaluate(({ app }) => ({
    executable: process.execPath,
    root: app.getAppPath(),
    asRoot: process.getuid?.() === 0,
  }));
  const second = spawn(executable, [...(asRoot ? ['--no-sandbox'] : []), root, ...args], {
    cwd: path.join(folder, 'here'),
    env: { ...process.env, TESSERA_USER_DATA: launched.userData },
  });
  return ended(second);
}

function ended(process: ChildProcess): Promise<Ended> {
  let stdout = '';
  let stderr = '';
  process.stdout?.on('data', (text) => {
    stdout += text;
  });
  process.stderr?.on('data', (text) => {
    stderr += text;
  });
  return new Promise((resolve) => {
    process.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}

const openPaths = async () =>
  (await request(launched.page, 'sources.list', {})).map((source) => path.basename(source.path));

test('paths of the command line are open, and the session says so', async () => {
  expect(await openPaths()).toEqual(['first.safetensors']);
  expect((await request(launched.page, 'app.info', {})).hasSession).toBe(true);
});

test('a second instance hands over paths, relative to its own folder, and ends', async () => {
  const { code, stdout } = await startAgain(['second model.safetensors']);
  expect(code).toBe(0);
  expect(stdout).toContain('Tessera is running already');
  await expect.poll(openPaths).toEqual(['first.safetensors', 'second model.safetensors']);
  expect(launched.app.windows()).toHaveLength(1);
});

test('a file URL, as desktops pass it, is a path', async () => {
  const url = pathToFileURL(path.join(folder, 'here', 'third.safetensors')).href;
  expect((await startAgain([url])).code).toBe(0);
  await expect.poll(openPaths).toContain('third.safetensors');
});

test('a second instance without paths brings the window back', async () => {
  const state = () =>
    launched.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isVisible());
  await launched.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.hide());
  expect(await state()).toBe(false);
  expect((await startAgain([])).code).toBe(0);
  await expect.poll(state).toBe(true);
});

test('a tour beside a running instance ends with a sentence', async () => {
  const { code, stderr } = await startAgain([`--headless-tour=${path.join(folder, 'tour')}`]);
  expect(code).toBe(1);
  expect(stderr).toContain('Tessera is running already');
});

test('a path that does not exist is told in a message and opens nothing', async () => {
  await launched.app.evaluate(({ dialog }) => {
    const shown: unknown[] = [];
    Object.assign(globalThis, { shown });
    dialog.showMessageBox = (async (options: unknown) => {
      shown.push(options);
      return { response: 0, checkboxChecked: false };
    }) as typeof dialog.showMessageBox;
  });
  const before = await openPaths();
  expect((await startAgain(['nowhere.safetensors'])).code).toBe(0);
  const shown = () =>
    launched.app.evaluate(() => JSON.stringify((globalThis as { shown?: unknown }).shown));
  await expect.poll(shown).toContain('nowhere.safetensors');
  expect(await openPaths()).toEqual(before);
});
