/** Dialogs, tickets, recents, settings and what outlives a run. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ElectronApplication } from '@playwright/test';
import { expect, test } from '@playwright/test';
import { rawRequest, request } from './support/bridge';
import { launchApp } from './support/launch';
import { writeTinyModel } from './support/tiny-model';

let folder = '';
test.beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tessera-session-'));
  await writeTinyModel(path.join(folder, 'a.safetensors'), 64, 1);
  await writeTinyModel(path.join(folder, 'b.safetensors'), 64, 2);
});
test.afterEach(() => rm(folder, { recursive: true, force: true }));

/** Answers the next Open dialogs; what the dialog was asked for is kept in `asked`. */
const answerOpenDialog = (app: ElectronApplication, filePaths: readonly string[]) =>
  app.evaluate(({ dialog }, chosen) => {
    dialog.showOpenDialog = (async (_window: unknown, options: unknown) => {
      Object.assign(globalThis, { asked: options });
      return { canceled: chosen.length === 0, filePaths: [...chosen] };
    }) as typeof dialog.showOpenDialog;
  }, filePaths);

const answerSaveDialog = (app: ElectronApplication, filePath: string) =>
  app.evaluate(({ dialog }, chosen) => {
    dialog.showSaveDialog = (async (_window: unknown, options: unknown) => {
      Object.assign(globalThis, { asked: options });
      return { canceled: chosen === '', filePath: chosen };
    }) as typeof dialog.showSaveDialog;
  }, filePath);

const asked = (app: ElectronApplication) =>
  app.evaluate(() => JSON.stringify((globalThis as { asked?: unknown }).asked));

test('the Open dialogs take several files or folders, and cancelling opens nothing', async () => {
  const { app, page, close } = await launchApp();
  await answerOpenDialog(app, []);
  expect(await request(page, 'sources.openDialog', { kind: 'files' })).toEqual({
    opened: 0,
    cancelled: true,
  });
  expect(await asked(app)).toContain('"properties":["openFile","multiSelections"]');
  await answerOpenDialog(app, [path.join(folder, 'a.safetensors'), folder]);
  expect(await request(page, 'sources.openDialog', { kind: 'folders' })).toEqual({
    opened: 2,
    cancelled: false,
  });
  expect(await asked(app)).toContain('"properties":["openDirectory","multiSelections"]');
  const recents = await request(page, 'home.recents', {});
  expect(recents.map(({ path: shown, kind, open }) => ({ shown, kind, open }))).toEqual([
    { shown: path.join(folder, 'a.safetensors'), kind: 'file', open: true },
    { shown: folder, kind: 'folder', open: true },
  ]);
  await close();
});

test('a restart opens what was open, lists recents, and a missing one is not opened', async () => {
  const userDataDir = await mkdtemp(path.join(tmpdir(), 'tessera-data-'));
  const first = await launchApp({
    userDataDir,
    paths: [path.join(folder, 'a.safetensors'), path.join(folder, 'b.safetensors')],
  });
  await expect
    .poll(async () => (await request(first.page, 'models.list', {})).models.length)
    .toBe(2);
  await first.close();
  await rm(path.join(folder, 'b.safetensors'));

  const second = await launchApp({ userDataDir });
  expect((await request(second.page, 'app.info', {})).hasSession).toBe(true);
  const sources = await request(second.page, 'sources.list', {});
  expect(sources.map((source) => source.name)).toEqual(['a.safetensors']);
  const recents = await request(second.page, 'home.recents', {});
  expect(recents.map(({ name, exists }) => [name, exists])).toEqual([
    ['a.safetensors', true],
    ['b.safetensors', false],
  ]);
  const [, missing] = recents;
  const tickets = missing === undefined ? [] : [missing.ticket];
  expect(await rawRequest(second.page, 'sources.openTickets', { tickets })).toMatchObject({
    ok: false,
    error: { code: 'not-found' },
  });
  for (const ticket of tickets) await request(second.page, 'home.forgetRecent', { ticket });
  expect(await request(second.page, 'home.recents', {})).toHaveLength(1);
  await second.close();
  await rm(userDataDir, { recursive: true, force: true });
});

test('files that are dropped become tickets, and tickets open them', async () => {
  const { page, close } = await launchApp();
  await page.evaluate(`{
    const input = Object.assign(document.createElement('input'), { type: 'file', multiple: true, id: 'dropped' });
    document.body.append(input);
  }`);
  await page.setInputFiles('#dropped', [
    path.join(folder, 'a.safetensors'),
    path.join(folder, 'b.safetensors'),
  ]);
  const tickets = (await page.evaluate(
    `window.tessera.mintDropped([...document.getElementById('dropped').files])`,
  )) as string[];
  expect(tickets).toHaveLength(2);
  expect(tickets.join()).toMatch(/^[0-9a-f]{32},[0-9a-f]{32}$/);
  expect(await rawRequest(page, 'sources.openTickets', { tickets })).toEqual({
    ok: true,
    value: { opened: 2, cancelled: false },
  });
  await close();
});

test('a damaged settings file is kept aside and the app starts with defaults', async () => {
  const userDataDir = await mkdtemp(path.join(tmpdir(), 'tessera-data-'));
  await writeFile(path.join(userDataDir, 'settings.json'), '{"theme": "dark", "uni');
  const { page, close } = await launchApp({ userDataDir });
  const defaults = { units: 'decimal', theme: 'system' };
  expect(await request(page, 'settings.get', {})).toMatchObject(defaults);
  await close();
  const names = await readdir(userDataDir);
  const aside = names.find((name) => name.startsWith('settings.damaged-')) ?? 'none';
  expect(await readFile(path.join(userDataDir, aside), 'utf8')).toBe('{"theme": "dark", "uni');
  await rm(userDataDir, { recursive: true, force: true });
});

test('theme and window bounds outlive a run', async () => {
  const userDataDir = await mkdtemp(path.join(tmpdir(), 'tessera-data-'));
  const first = await launchApp({ userDataDir });
  // Playwright would otherwise make the page believe in a light system.
  await first.page.emulateMedia({ colorScheme: null });
  await request(first.page, 'settings.set', { theme: 'dark', units: 'binary' });
  await expect
    .poll(() => first.page.evaluate(`matchMedia('(prefers-color-scheme: dark)').matches`))
    .toBe(true);
  await first.app.evaluate(({ BrowserWindow }) => {
    const window = BrowserWindow.getAllWindows()[0];
    window?.setContentSize(1100, 720);
    window?.setPosition(40, 30);
  });
  await first.page.waitForTimeout(300);
  await first.close();

  const second = await launchApp({ userDataDir });
  expect(await request(second.page, 'settings.get', {})).toMatchObject({
    units: 'binary',
    theme: 'dark',
  });
  const bounds = await second.app.evaluate(({ BrowserWindow }) => {
    const window = BrowserWindow.getAllWindows()[0];
    return [window?.getContentSize(), window?.getPosition(), window?.getBackgroundColor()];
  });
  expect(bounds).toEqual([[1100, 720], [40, 30], '#131316']);
  await second.close();
  await rm(userDataDir, { recursive: true, force: true });
});

test('a manifest is exported whole through the Save dialog, under a safe name', async () => {
  const { app, page, close } = await launchApp({ paths: [path.join(folder, 'a.safetensors')] });
  const models = async () => (await request(page, 'models.list', {})).models;
  await expect.poll(async () => (await models())[0]?.analysis).toBe('done');
  const modelId = (await models())[0]?.id ?? '';

  await answerSaveDialog(app, '');
  expect(await request(page, 'manifest.export', { modelId })).toEqual({ saved: false });
  expect(await asked(app)).toContain('a.tessera.json');

  const target = path.join(folder, 'out.tessera.json');
  await answerSaveDialog(app, target);
  const outcome = await request(page, 'manifest.export', { modelId });
  const text = await readFile(target, 'utf8');
  expect(outcome).toEqual({ saved: true, path: target, bytes: Buffer.byteLength(text) });
  expect(JSON.parse(text)).toMatchObject({ tessera: 'manifest', version: 1 });
  await request(page, 'manifest.export', { modelId });
  expect(await readFile(target, 'utf8')).toBe(text);

  await answerSaveDialog(app, path.join(folder, 'no', 'such', 'folder.json'));
  const failed = await rawRequest(page, 'manifest.export', { modelId });
  expect(failed).toMatchObject({ ok: false, error: { code: 'io' } });
  expect((await readdir(folder)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  await close();
});
