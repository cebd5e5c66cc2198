/** What code in the page could try if it were hostile: each is tried for real. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from '@playwright/test';
import { type Launched, launchApp } from './support/launch';

let launched: Launched;
let server: Server;
let origin = '';
/** Every request that reached the server, whatever it was. */
const reached: string[] = [];

test.beforeAll(async () => {
  server = createServer((incoming, outgoing) => {
    reached.push(`${incoming.method} ${incoming.url}`);
    outgoing.setHeader('Access-Control-Allow-Origin', '*');
    outgoing.end('reached');
  });
  server.on('connection', () => reached.push('connection'));
  server.on('upgrade', (_request, socket) => socket.destroy());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  launched = await launchApp();
});
test.afterAll(async () => {
  await launched.close();
  server.close();
});

/**
 * Runs `body` of an async function in a task of the page, outside the debugger's own evaluation,
 * where eval would be let through. A thrown error becomes its text.
 */
const inPage = (body: string): Promise<unknown> =>
  launched.page.evaluate(`new Promise((done) => {
    const run = async () => { ${body} };
    setTimeout(() => run().then(done, (error) => done('refused: ' + error)));
  })`);

test('the page has no Node, no Electron and no way to them', async () => {
  const names = ['require', 'process', 'module', 'Buffer', 'global', 'ipcRenderer', 'electron'];
  for (const name of names) {
    expect(await inPage(`return typeof globalThis[${JSON.stringify(name)}]`), name).toBe(
      'undefined',
    );
  }
  expect(await inPage('return Object.keys(window.tessera).sort()')).toEqual([
    'mintDropped',
    'on',
    'request',
  ]);
});

test('the bridge cannot be replaced or extended', async () => {
  const before = await inPage('return String(window.tessera.request)');
  await inPage(`try { window.tessera = {}; } catch {}`);
  await inPage(`try { window.tessera.request = () => 'mine'; } catch {}`);
  await inPage(`try { window.tessera.extra = 1; } catch {}`);
  expect(await inPage('return String(window.tessera.request)')).toBe(before);
  expect(await inPage('return typeof window.tessera.extra')).toBe('undefined');
});

test('code from text is refused: eval, Function, timers with text, inline script, javascript: URLs', async () => {
  expect(await inPage(`return eval('1 + 1')`)).toContain('refused');
  expect(await inPage(`return new Function('return 2')()`)).toContain('refused');
  expect(
    await inPage(`
      try { setTimeout('window.ran = "timer"'); } catch {}
      const script = document.createElement('script');
      try { script.textContent = 'window.ran = "inline"'; } catch {}
      try { script.append('window.ran = "inline"'); } catch {}
      try { document.head.append(script); } catch {}
      const link = document.createElement('a');
      try { link.href = 'javascript:window.ran="link"'; } catch {}
      document.body.append(link);
      link.click();
      try { document.body.insertAdjacentHTML('beforeend', '<img src=x onerror="window.ran=1">'); } catch {}
      await new Promise((done) => setTimeout(done, 300));
      link.remove();
      return String(window.ran);`),
  ).toBe('undefined');
});

test('scripts from data:, blob: and the network are refused', async () => {
  const load = (source: string) =>
    inPage(`
      const script = document.createElement('script');
      return new Promise((done) => {
        script.onload = () => done('loaded');
        script.onerror = () => done('refused');
        try { script.src = ${source}; } catch (error) { return done('refused: ' + error); }
        document.head.append(script);
      });`);
  expect(await load(`'data:text/javascript,window.ran=1'`)).toContain('refused');
  expect(await load(`URL.createObjectURL(new Blob(['window.ran=1']))`)).toContain('refused');
  expect(await load(JSON.stringify(`${origin}/script.js`))).toContain('refused');
  expect(await inPage(`return import('${origin}/module.js')`)).toContain('refused');
});

test('the network cannot be reached in any way', async () => {
  reached.length = 0;
  const url = JSON.stringify(`${origin}/leak`);
  const socket = JSON.stringify(origin.replace('http', 'ws'));
  expect(await inPage(`return (await fetch(${url})).text()`)).toContain('refused');
  expect(await inPage(`return (await fetch(${url}, { mode: 'no-cors' })).type`)).toContain(
    'refused',
  );
  expect(
    await inPage(`
      const call = new XMLHttpRequest();
      call.open('GET', ${url});
      return new Promise((done) => {
        call.onload = () => done('loaded');
        call.onerror = () => done('refused');
        call.send();
      });`),
  ).toBe('refused');
  expect(
    await inPage(`
      const socket = new WebSocket(${socket});
      return new Promise((done) => {
        socket.onopen = () => done('open');
        socket.onerror = () => done('refused');
      });`),
  ).toContain('refused');
  expect(
    await inPage(`
      const source = new EventSource(${url});
      return new Promise((done) => {
        source.onopen = () => done('open');
        source.onerror = () => { source.close(); done('refused'); };
      });`),
  ).toContain('refused');
  expect(
    await inPage(`
      const image = new Image();
      return new Promise((done) => {
        image.onload = () => done('loaded');
        image.onerror = () => done('refused');
        image.src = ${url};
      });`),
  ).toBe('refused');
  await inPage(`navigator.sendBeacon(${url}, 'x')`);
  await inPage(`
    for (const rel of ['stylesheet', 'prefetch', 'preload', 'preconnect', 'dns-prefetch', 'icon', 'manifest']) {
      const link = document.createElement('link');
      Object.assign(link, { rel, href: ${url}, as: 'image' });
      document.head.append(link);
    }
    document.body.style.backgroundImage = 'url(' + ${url} + ')';
    await new Promise((done) => setTimeout(done, 500));
    document.body.style.backgroundImage = '';`);
  expect(reached).toEqual([]);
});

test('the network stays out of reach even where no policy of the page applies', async () => {
  reached.length = 0;
  const answer = await launched.app.evaluate(
    ({ net, session }, url) =>
      Promise.all(
        [net.fetch(url), session.defaultSession.fetch(url)].map((task) =>
          task.then(
            () => 'loaded',
            (error: unknown) => String(error),
          ),
        ),
      ),
    `${origin}/main`,
  );
  expect(answer.join(' ')).not.toContain('loaded');
  expect(answer.join(' ')).toContain('ERR_BLOCKED_BY_CLIENT');
  const outside = await launched.app.evaluate(({ session }) =>
    session
      .fromPartition('other')
      .resolveHost('localhost')
      .then(
        () => 'resolved',
        () => 'refused',
      ),
  );
  expect(outside).toBe('refused');
  expect(reached).toEqual([]);
});

test('files of the machine cannot be read', async () => {
  expect(await inPage(`return (await fetch('file:///etc/passwd')).text()`)).toContain('refused');
  expect(
    await inPage(`
      const image = new Image();
      return new Promise((done) => {
        image.onload = () => done('loaded');
        image.onerror = () => done('refused');
        image.src = 'file:///usr/share/pixmaps/debian-logo.png';
      });`),
  ).toBe('refused');
});

test('workers, plugins and frames are refused', async () => {
  expect(
    await inPage(`
      const worker = new Worker(URL.createObjectURL(new Blob(['postMessage(1)'])));
      return new Promise((done) => {
        worker.onmessage = () => done('ran');
        worker.onerror = () => done('refused');
      });`),
  ).toContain('refused');
  expect(await inPage(`return (await navigator.serviceWorker.register('/x.js')).scope`)).toContain(
    'refused',
  );
  const frames = await inPage(`
    for (const [tag, key, value] of [
      ['iframe', 'src', '${origin}/frame'], ['iframe', 'src', 'app://tessera/'],
      ['iframe', 'src', 'file:///etc/passwd'], ['iframe', 'src', 'data:text/html,x'],
      ['object', 'data', '${origin}/object'], ['embed', 'src', '${origin}/embed'],
      ['webview', 'src', '${origin}/webview'],
    ]) {
      const element = document.createElement(tag);
      try { element.setAttribute(key, value); } catch {}
      document.body.append(element);
    }
    await new Promise((done) => setTimeout(done, 500));
    const inside = [...document.querySelectorAll('iframe')].map((frame) => {
      try { return typeof frame.contentWindow.tessera + ' ' + frame.contentDocument?.body?.textContent; }
      catch { return 'closed'; }
    });
    const webview = typeof document.querySelector('webview').getWebContentsId;
    document.querySelectorAll('iframe, object, embed, webview').forEach((element) => element.remove());
    return [...new Set(inside), webview];`);
  expect(frames).toEqual(expect.arrayContaining(['undefined']));
  expect(JSON.stringify(frames)).not.toMatch(/function|object|root:/);
  const contents = await launched.app.evaluate(
    ({ webContents }) => webContents.getAllWebContents().length,
  );
  expect(contents).toBe(1);
});

test('permissions are denied', async () => {
  const states = await inPage(`
    const names = ['geolocation', 'notifications', 'clipboard-read', 'camera', 'microphone', 'midi'];
    return Promise.all(names.map((name) =>
      navigator.permissions.query({ name }).then((status) => status.state, () => 'denied')));`);
  expect(new Set(states as string[])).toEqual(new Set(['denied']));
  expect(await inPage('return Notification.requestPermission()')).toBe('denied');
  expect(await inPage('return navigator.clipboard.readText()')).toContain('refused');
  expect(await inPage('return navigator.mediaDevices.getUserMedia({ audio: true })')).toContain(
    'refused',
  );
  expect(await inPage('return navigator.mediaDevices.getDisplayMedia()')).toContain('refused');
  expect(
    await inPage(`return new Promise((done) =>
      navigator.geolocation.getCurrentPosition(() => done('given'), (error) => done(error.code)));`),
  ).toBe(1);
});

test('developer tools do not open', async () => {
  const open = await launched.app.evaluate(async ({ BrowserWindow }) => {
    const contents = BrowserWindow.getAllWindows()[0]?.webContents;
    contents?.openDevTools();
    await new Promise((resolve) => setTimeout(resolve, 500));
    return [contents?.isDevToolsOpened(), contents?.devToolsWebContents === null];
  });
  expect(open).toEqual([false, true]);
});

test('the page is still ours after all of it', async () => {
  expect(launched.page.url()).toBe('app://tessera/');
  expect(await launched.page.evaluate('typeof window.tessera.request')).toBe('function');
});
