/** The native menu, and what the window hears of it. */
import { expect, test } from '@playwright/test';
import { request } from './support/bridge';
import { type Launched, launchApp } from './support/launch';

let launched: Launched;
test.beforeAll(async () => {
  launched = await launchApp();
  await launched.page.evaluate(`{
    window.heard = [];
    window.tessera.on('menu.command', (command) => window.heard.push(command));
    window.tessera.on('settings.changed', (settings) => window.heard.push(settings));
  }`);
});
test.afterAll(() => launched.close());

/** Chooses a menu item by its labels, as a click would. */
const choose = (labels: readonly string[]) =>
  launched.app.evaluate(({ Menu, BrowserWindow }, path) => {
    let items = Menu.getApplicationMenu()?.items ?? [];
    for (const [depth, label] of path.entries()) {
      const item = items.find((candidate) => candidate.label.replace('&', '') === label);
      if (item === undefined) throw new Error(`no menu item ${label}`);
      if (depth === path.length - 1) item.click({}, BrowserWindow.getAllWindows()[0]);
      items = item.submenu?.items ?? [];
    }
  }, labels);

/** The last command or settings that the page has heard of. */
const lastHeard = () => expect.poll(() => launched.page.evaluate('window.heard.at(-1)'));

const screens = [
  ['Home', 'home'],
  ['Models', 'models'],
  ['Explore', 'explore'],
  ['Compare', 'compare'],
  ['Savings', 'savings'],
  ['Problems', 'problems'],
] as const;
for (const [label, screen] of screens) {
  test(`View, ${label} goes there`, async () => {
    await choose(['View', label]);
    await lastHeard().toEqual({ kind: 'go', screen });
  });
}

test('the other commands reach the page too', async () => {
  await choose(['Help', 'Keyboard Shortcuts']);
  await lastHeard().toEqual({ kind: 'keys' });
  await choose(['View', 'Go to…']);
  await lastHeard().toEqual({ kind: 'palette' });
  await choose(['View', 'Jobs']);
  await lastHeard().toEqual({ kind: 'toggle-jobs' });
  await choose(['File', 'Export Manifest…']);
  await lastHeard().toEqual({ kind: 'export-manifest' });
});

test('theme and units are settings, and the page is told', async () => {
  const { page, app } = launched;
  await choose(['View', 'Theme', 'Dark']);
  await lastHeard().toMatchObject({ units: 'decimal', theme: 'dark' });
  expect(await app.evaluate(({ nativeTheme }) => nativeTheme.themeSource)).toBe('dark');
  await choose(['View', 'Units', 'GiB (1 KiB = 1024 bytes)']);
  await lastHeard().toMatchObject({ units: 'binary', theme: 'dark' });
  const settings = { units: 'binary', theme: 'dark' };
  expect(await request(page, 'settings.get', {})).toMatchObject(settings);
});

test('About shows diagnostics that can be copied, and they name no path', async () => {
  const { app } = launched;
  await app.evaluate(({ dialog }) => {
    dialog.showMessageBox = (async (options: unknown) => {
      Object.assign(globalThis, { shown: options });
      return { response: 1, checkboxChecked: false };
    }) as typeof dialog.showMessageBox;
  });
  await choose(['Help', 'About Tessera']);
  await expect
    .poll(() => app.evaluate(({ clipboard }) => clipboard.readText()))
    .toMatch(/^Tessera \d+\.\d+\.\d+ .*\nElectron /);
  const text = await app.evaluate(({ clipboard }) => clipboard.readText());
  expect(text).not.toMatch(/\/(home|root|tmp|Users)\b/);
});

test('there is no way to reload or to open developer tools', async () => {
  const labels = await launched.app.evaluate(({ Menu }) => {
    const collect = (items: Electron.MenuItem[]): string[] =>
      items.flatMap((item) => [item.role ?? '', ...collect(item.submenu?.items ?? [])]);
    return collect(Menu.getApplicationMenu()?.items ?? []);
  });
  expect(labels.filter((role) => /reload|devtools/i.test(role))).toEqual([]);
});
