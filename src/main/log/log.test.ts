import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Log, oneLine, setupLog } from './log';

let folder = '';
let log: Log;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'tessera-log-'));
  log = setupLog(folder, false);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('setupLog', () => {
  it('writes one line per sentence, whatever a file was named, and the stack of an error', () => {
    log.warn('refused navigation to https://x/\n[error] forged');
    log.error('it failed', new Error('the cause'));
    const text = readFileSync(path.join(folder, 'main.log'), 'utf8');
    expect(text).toContain('\\u000a[error] forged');
    expect(text).toMatch(/it failed Error: the cause\n\s+at /);
  });

  it('stays bounded however much is logged', () => {
    const line = 'x'.repeat(1900);
    for (let count = 0; count < 2000; count += 1) log.info(line);
    const sizes = readdirSync(folder).map((name) => statSync(path.join(folder, name)).size);
    expect(sizes.length).toBeLessThanOrEqual(2);
    expect(Math.max(...sizes)).toBeLessThan(1.1 * 1024 * 1024);
  });
});

describe('oneLine', () => {
  it('escapes control characters and cuts long text', () => {
    expect(oneLine('a\u001b[2Jb')).toBe('a\\u001b[2Jb');
    expect(oneLine('y'.repeat(5000))).toHaveLength(2000);
  });
});
