import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSettings } from './store';

let folder = '';
let problems: string[] = [];
const open = () => openSettings({ folder, onProblem: (sentence) => problems.push(sentence) });

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'tessera-settings-'));
  problems = [];
});
afterEach(() => {
  chmodSync(folder, 0o755);
  rmSync(folder, { recursive: true, force: true });
});

describe('openSettings', () => {
  it('starts from defaults and finds what was written before', () => {
    expect(open().get().units).toBe('decimal');
    open().update({ units: 'binary', session: ['/a'] });
    expect(open().get()).toMatchObject({ units: 'binary', theme: 'system', session: ['/a'] });
    expect(problems).toEqual([]);
  });

  it('moves a damaged file aside with its bytes kept, says so, and goes on', () => {
    writeFileSync(path.join(folder, 'settings.json'), '{"units": "bin');
    const settings = open();
    expect(settings.get().units).toBe('decimal');
    expect(problems).toHaveLength(1);
    const aside = readdirSync(folder).find((name) => name.startsWith('settings.damaged-')) ?? '';
    expect(readFileSync(path.join(folder, aside), 'utf8')).toBe('{"units": "bin');
    settings.update({ theme: 'dark' });
    expect(open().get().theme).toBe('dark');
  });

  it('keeps settings in memory when the file cannot be written, and says so once', () => {
    mkdirSync(path.join(folder, 'settings.json'));
    const settings = open();
    expect(settings.update({ units: 'binary' }).units).toBe('binary');
    settings.update({ theme: 'dark' });
    expect(settings.get()).toMatchObject({ units: 'binary', theme: 'dark' });
    expect(problems).toHaveLength(1);
  });

  it('keeps fields of a newer version that it does not know', () => {
    writeFileSync(
      path.join(folder, 'settings.json'),
      '{"version": 1, "later": [1], "units": "binary"}',
    );
    open().update({ theme: 'light' });
    const written: unknown = JSON.parse(readFileSync(path.join(folder, 'settings.json'), 'utf8'));
    expect(written).toMatchObject({ later: [1], units: 'binary', theme: 'light' });
  });
});
