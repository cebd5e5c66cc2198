/** The window shows `app://tessera/` and nothing else, whatever the page does. */
import { expect, test } from '@playwright/test';
import { type Launched, launchApp } from './support/launch';

let launched: Launched;
test.beforeAll(async () => {
  launched = await launchApp();
});
test.afterAll(() => launched.close());

const targets = [
  'https://example.com/',
  'http://127.0.0.1:9/',
  'file:///etc/passwd',
  'app://other/index.html',
  'app://tessera/nothing.html',
  'data:text/html,<h1>x</h1>',
  'chrome://version/',
  'devtools://devtools/bundled/inspector.html',
  'view-source:app://tessera/',
  'mailto:somebody@example.com',
];

for (const target of targets) {
  test(`navigation to ${target} is denied`, async () => {
    const { page } = launched;
    await page.evaluate('window.mark = 1');
    await page.evaluate(`try { location.href = ${JSON.stringify(target)}; } catch {}`);
    await page.evaluate(`{
      const link = document.createElement('a');
      link.href = ${JSON.stringify(target)};
      document.body.append(link);
      link.click();
      link.remove();
    }`);
    await page.waitForTimeout(150);
    expect(page.url()).toBe('app://tessera/');
    expect(await page.evaluate('window.mark')).toBe(1);
  });

  test(`a new window for ${target} is denied`, async () => {
    const { app, page } = launched;
    const opened = await page.evaluate(`String(window.open(${JSON.stringify(target)}))`);
    expect(opened).toBe('null');
    await page.waitForTimeout(50);
    expect(app.windows()).toHaveLength(1);
  });
}

test('a form cannot be sent anywhere', async () => {
  const { page } = launched;
  await page.evaluate(`{
    const form = document.createElement('form');
    form.action = 'https://example.com/';
    form.method = 'post';
    document.body.append(form);
    form.submit();
    form.remove();
  }`);
  await page.waitForTimeout(150);
  expect(page.url()).toBe('app://tessera/');
});

test('a window that went to an empty page, which Chromium asks nobody about, comes back', async () => {
  const { page } = launched;
  await page.evaluate('window.mark = 1');
  await page.evaluate(`setTimeout(() => { location.href = 'about:blank'; }, 10)`);
  await expect
    .poll(() => page.evaluate('location.href + " " + window.mark').catch(() => ''))
    .toBe('app://tessera/ undefined');
});

test('a file is not loaded, not even when the browser process asks for it', async () => {
  const { app, page } = launched;
  const answer = await app.evaluate(({ BrowserWindow }) => {
    const contents = BrowserWindow.getAllWindows()[0]?.webContents;
    return contents?.loadURL('file:///etc/hostname').then(
      () => 'loaded',
      (error: Error) => error.message,
    );
  });
  expect(answer).toContain('ERR_BLOCKED_BY_CLIENT');
  expect(await page.evaluate('typeof window.tessera')).toBe('undefined');
});
