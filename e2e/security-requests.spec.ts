/** Requests that the page may not make, or may not make like this. */
import { expect, test } from '@playwright/test';
import { rawRequest, refusal } from './support/bridge';
import { type Launched, launchApp } from './support/launch';

let launched: Launched;
test.beforeAll(async () => {
  launched = await launchApp();
});
test.afterAll(() => launched.close());

test('an unknown request gets a typed error', async () => {
  for (const name of ['files.read', '__proto__', 'constructor', '', null, 7]) {
    const answer = await rawRequest(launched.page, name, {});
    expect(answer).toMatchObject({ ok: false, error: { code: 'unknown-request' } });
  }
});

test('wrong parameters get a typed error, paths among them', async () => {
  const { page } = launched;
  const calls: readonly (readonly [string, unknown])[] = [
    ['app.info', { extra: true }],
    ['app.info', null],
    ['sources.openTickets', { tickets: ['/etc/passwd'] }],
    ['sources.openTickets', { tickets: ['../../etc'] }],
    ['sources.openTickets', { tickets: [], paths: ['/etc'] }],
    ['sources.openDialog', { kind: 'files', defaultPath: '/etc' }],
    ['sources.openSamples', { folder: '/etc' }],
    ['models.detail', { modelId: '/etc/passwd' }],
    ['manifest.export', { modelId: '0123456789abcdef', path: '/etc/cron.d/x' }],
    ['home.forgetRecent', { ticket: '/etc' }],
    ['settings.set', { session: ['/etc'] }],
    ['jobs.cancel', { jobId: 'job-1/../2' }],
  ];
  for (const [name, params] of calls) {
    expect(await refusal(page, name, params), `${name} ${JSON.stringify(params)}`).toBe(
      'bad-params',
    );
  }
});

test('what cannot be passed to another process gets a typed error', async () => {
  const answer = await launched.page.evaluate(`
    window.tessera.request('app.info', { call: Symbol('x') })
      .then((answer) => answer.error.code, (error) => 'threw: ' + error)`);
  expect(answer).toMatch(/^(bad-params|threw: )/);
});

test('a ticket that nobody minted opens nothing', async () => {
  for (const ticket of ['0'.repeat(32), 'f'.repeat(32)]) {
    const answer = await rawRequest(launched.page, 'sources.openTickets', { tickets: [ticket] });
    expect(answer).toMatchObject({ ok: false, error: { code: 'not-found' } });
  }
  expect(await rawRequest(launched.page, 'sources.list', {})).toEqual({ ok: true, value: [] });
});

test('a made-up file gets no ticket; a chosen one gets a ticket that says nothing', async () => {
  const made = await launched.page.evaluate(`
    window.tessera.mintDropped([new File(['x'], '/etc/passwd'), { path: '/etc/passwd' }, '/etc'])`);
  expect(made).toEqual([]);
});

test('an event that does not exist cannot be listened to, and no event object comes through', async () => {
  const refused = await launched.page.evaluate(`{
    try { window.tessera.on('will-quit', () => {}); 'taken'; } catch { 'refused'; }
  }`);
  expect(refused).toBe('refused');
  const received = launched.page.evaluate(`new Promise((done) => {
    const end = window.tessera.on('settings.changed', (...received) => { end(); done(received); });
    window.tessera.request('settings.set', { units: 'binary' });
  })`);
  expect(await received).toEqual([
    {
      units: 'binary',
      theme: 'system',
      thresholds: { exact: 0.9999, nearDuplicate: 0.995, similar: 0.9 },
    },
  ]);
});

interface Intruder {
  /** What the other window shows. */
  readonly url: string;
  readonly webPreferences: Electron.WebPreferences;
  readonly script: string;
}

/** Opens another window in the same process and runs a script in it, as if something had got that far. */
const fromAnotherWindow = (intruder: Intruder): Promise<unknown> =>
  launched.app.evaluate(async ({ app, BrowserWindow }, { url, webPreferences, script }) => {
    const preload = `${app.getAppPath()}/out/preload/index.cjs`;
    const preferences = { ...(webPreferences.sandbox && { preload }), ...webPreferences };
    const other = new BrowserWindow({ show: false, webPreferences: preferences });
    try {
      await other.loadURL(url);
      return await other.webContents.executeJavaScript(script);
    } finally {
      other.destroy();
    }
  }, intruder);

const withBridge = { sandbox: true, nodeIntegrationInSubFrames: true };
const withNode = { sandbox: false, nodeIntegration: true, contextIsolation: false };
const verdict = `(answer) => answer.ok ? 'answered' : answer.error.code`;
const askBridge = `window.tessera.request('app.info', {}).then(${verdict})`;
const askDirectly = `require('electron').ipcRenderer.invoke('tessera:request', 'app.info', {}).then(${verdict})`;
const mintDirectly = `require('electron').ipcRenderer.invoke('tessera:drop', ['/etc']).then(${verdict})`;

test('another window is not answered, even on our own origin with our own preload script', async () => {
  const intruder = { url: 'app://tessera/', webPreferences: withBridge, script: askBridge };
  expect(await fromAnotherWindow(intruder)).toBe('forbidden-sender');
});

test('another origin is not answered, even when it can send to the main process', async () => {
  for (const url of ['about:blank', 'data:text/html,x']) {
    for (const script of [askDirectly, mintDirectly]) {
      const answer = await fromAnotherWindow({ url, webPreferences: withNode, script });
      expect(answer, `${url} ${script}`).toBe('forbidden-sender');
    }
  }
});

test('pages that are not ours get no bridge at all', async () => {
  const script = 'typeof window.tessera';
  for (const url of ['about:blank', 'data:text/html,x']) {
    const answer = await fromAnotherWindow({ url, webPreferences: withBridge, script });
    expect(answer, url).toBe('undefined');
  }
});

test('a frame inside our window gets no bridge', async () => {
  const own = await launched.page.evaluate(`{
    const frame = document.createElement('iframe');
    document.body.append(frame);
    const found = typeof frame.contentWindow.tessera;
    frame.remove();
    found;
  }`);
  expect(own).toBe('undefined');
});
