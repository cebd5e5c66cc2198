import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listServedFiles, type ServedFile } from './file-list';
import { respond } from './respond';

let base = '';
let files: ReadonlyMap<string, ServedFile> = new Map();

beforeAll(() => {
  base = mkdtempSync(path.join(tmpdir(), 'tessera-served-'));
  const folder = path.join(base, 'renderer');
  mkdirSync(path.join(folder, 'assets'), { recursive: true });
  writeFileSync(path.join(base, 'secret.js'), 'secret');
  writeFileSync(path.join(folder, 'index.html'), '<!doctype html>');
  writeFileSync(path.join(folder, 'assets', 'a b.js'), 'export {}');
  writeFileSync(path.join(folder, 'assets', 'gone.js'), 'x');
  writeFileSync(path.join(folder, 'notes.exe'), 'x');
  symlinkSync(path.join(base, 'secret.js'), path.join(folder, 'linked.js'));
  files = listServedFiles(folder);
  rmSync(path.join(folder, 'assets', 'gone.js'));
  writeFileSync(path.join(folder, 'late.js'), 'x');
});
afterAll(() => rmSync(base, { recursive: true, force: true }));

const get = (url: string, method = 'GET') => respond(files, { url, method });

describe('app://tessera/', () => {
  it('lists exactly the known regular files, and the index under the bare path', () => {
    expect([...files.keys()].sort()).toEqual([
      '/',
      '/assets/a%20b.js',
      '/assets/gone.js',
      '/index.html',
    ]);
  });

  it('serves a listed file with its type and the policy', async () => {
    const answer = await get('app://tessera/');
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(await answer.text()).toBe('<!doctype html>');
    const script = await get('app://tessera/assets/a%20b.js');
    expect(script.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
  });

  it.each([
    'app://tessera/../secret.js',
    'app://tessera/%2e%2e/secret.js',
    'app://tessera/..%2fsecret.js',
    'app://tessera/assets/..%5c..%5csecret.js',
    'app://tessera/linked.js',
    'app://tessera/late.js',
    'app://tessera/notes.exe',
    'app://tessera/assets',
    'app://tessera//index.html',
    'app://tessera/index.html?x=1',
    'app://other/index.html',
    'app://user@tessera/index.html',
    'app://tessera:80/index.html',
    'https://tessera/index.html',
    'not a url',
  ])('answers 404 to %s', async (url) => {
    const answer = await get(url);
    expect(answer.status).toBe(404);
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
  });

  it('answers 404 to other methods and to a file that has gone since the start', async () => {
    expect((await get('app://tessera/index.html', 'POST')).status).toBe(404);
    expect((await get('app://tessera/assets/gone.js')).status).toBe(404);
  });
});
