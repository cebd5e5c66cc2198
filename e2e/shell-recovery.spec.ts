/** The app goes on when a part of it fails. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from '@playwright/test';
import { type Launched, launchApp } from './support/launch';

let launched: Launched;
test.beforeEach(async () => {
  launched = await launchApp();
  await launched.app.evaluate(({ dialog }) => {
    const shown: string[] = [];
    Object.assign(globalThis, { shown });
    dialog.showMessageBox = (async (options: { message: string }) => {
      shown.push(options.message);
      return { response: 0, checkboxChecked: false };
    }) as unknown as typeof dialog.showMessageBox;
  });
});
test.afterEach(() => launched.close());

const shown = () => launched.app.evaluate(() => (globalThis as { shown?: string[] }).shown);
const log = () => readFile(path.join(launched.userData, 'logs', 'main.log'), 'utf8');

test('a window whose process has gone is offered again and comes back', async () => {
  const bridge = () =>
    launched.app.evaluate(async ({ BrowserWindow }) => {
      const contents = BrowserWindow.getAllWindows()[0]?.webContents;
      if (contents === undefined || contents.isCrashed() || contents.isLoading()) return 'not yet';
      return contents.executeJavaScript(
        `window.tessera.request('app.info', {}).then((answer) => answer.ok)`,
      );
    });
  await launched.app.evaluate(({ BrowserWindow }) => {
    BrowserWindow.getAllWindows()[0]?.webContents.forcefullyCrashRenderer();
  });
  await expect.poll(shown).toEqual(['The window stopped working.']);
  await expect.poll(bridge).toBe(true);
  expect(await log()).toContain('window process gone');
});

test('an error that nobody caught is logged and shown, and the app goes on', async () => {
  await launched.app.evaluate(() => {
    setTimeout(() => {
      throw new Error('made by a test');
    });
  });
  await expect.poll(async () => (await shown())?.length).toBe(1);
  await launched.app.evaluate(() => void Promise.reject(new Error('rejected by a test')));
  await expect.poll(async () => (await shown())?.length).toBe(2);
  expect(await log()).toContain('made by a test');
  expect(await log()).toContain('rejected by a test');
  expect(
    await launched.page.evaluate(`window.tessera.request('app.info', {}).then((a) => a.ok)`),
  ).toBe(true);
});
