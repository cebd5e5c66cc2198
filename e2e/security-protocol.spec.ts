/** `app://tessera/` serves the listed files with the policy, and nothing else. */
import { expect, test } from '@playwright/test';
import { type Launched, launchApp } from './support/launch';

let launched: Launched;
test.beforeAll(async () => {
  launched = await launchApp();
});
test.afterAll(() => launched.close());

interface Answer {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly text: string;
}

/** Asks the protocol's handler itself, as the browser process would, without a page's policy. */
const ask = (url: string, method = 'GET'): Promise<Answer> =>
  launched.app.evaluate(
    async ({ net }, [address, verb]) => {
      const answer = await net.fetch(address, { method: verb });
      return {
        status: answer.status,
        headers: Object.fromEntries(answer.headers.entries()),
        text: await answer.text(),
      };
    },
    [url, method] as const,
  );

test('the index carries a policy that denies by default', async () => {
  const { status, headers, text } = await ask('app://tessera/');
  expect(status).toBe(200);
  expect(text).toContain('<div id="root">');
  const policy = headers['content-security-policy'] ?? '';
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("script-src 'self'");
  expect(policy).toContain("connect-src 'none'");
  expect(policy).not.toMatch(/unsafe|http|\*/);
  expect(headers['x-content-type-options']).toBe('nosniff');
  expect(headers['cross-origin-opener-policy']).toBe('same-origin');
});

test('what the index refers to is served with its own type', async () => {
  const { text } = await ask('app://tessera/');
  const paths = [...text.matchAll(/(?:src|href)="\.?(\/assets\/[^"]+)"/g)].map((found) => found[1]);
  expect(paths.length).toBeGreaterThan(1);
  for (const path of paths) {
    const { status, headers } = await ask(`app://tessera${path}`);
    expect(status, path).toBe(200);
    expect(headers['content-type']).toMatch(/^(text\/(javascript|css)|font\/|image\/)/);
  }
});

for (const path of [
  '/../main/index.js',
  '/%2e%2e/main/index.js',
  '/..%2fmain%2findex.js',
  '/assets/..%5c..%5cmain%5cindex.js',
  '/../../package.json',
  '//etc/passwd',
  '/etc/passwd',
  '/assets/',
  '/index.html?x',
  '/INDEX.HTML',
  '/nothing.js',
]) {
  test(`${path} is not found`, async () => {
    const { status, headers, text } = await ask(`app://tessera${path}`);
    expect(status).toBe(404);
    expect(text).toBe('Not found\n');
    expect(headers['content-security-policy']).toContain("default-src 'none'");
  });
}

test('another host and another method are not found', async () => {
  expect((await ask('app://other/index.html')).status).toBe(404);
  expect((await ask('app://tessera/index.html', 'POST')).status).toBe(404);
});

test('the window runs sandboxed, isolated and without Node', async () => {
  const processes = await launched.app.evaluate(({ BrowserWindow, app }) => {
    const window = BrowserWindow.getAllWindows()[0];
    const pid = window?.webContents.getOSProcessId();
    return { pid, known: app.getAppMetrics().map((metric) => metric.pid) };
  });
  expect(processes.known).toContain(processes.pid);
  expect(await launched.page.evaluate('self.crossOriginIsolated')).toBe(true);
});
