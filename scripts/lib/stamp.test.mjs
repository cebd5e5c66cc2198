import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { withLock } from './lock.mjs';
import { cacheFolder } from './paths.mjs';
import { dropStamp, hashOf, readStamp, writeStamp } from './stamp.mjs';

let folder;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'tessera-stamp-'));
  mkdirSync(path.join(folder, 'src'));
  writeFileSync(path.join(folder, 'src', 'a.ts'), 'a');
});
afterEach(() => rmSync(folder, { recursive: true }));

it('reads back what it wrote, and nothing from a missing or damaged file', () => {
  const file = path.join(folder, 'deep', 'stamp.json');
  expect(readStamp(file)).toBeUndefined();
  writeStamp(file, { a: 1 });
  expect(readStamp(file)).toEqual({ a: 1 });
  writeFileSync(file, '{"a":');
  expect(readStamp(file)).toBeUndefined();
  dropStamp(file);
  dropStamp(file);
});

it('hashes names and contents, but not what is left out', () => {
  const hash = () => hashOf(folder, ['src', 'gone.json'], (name) => !name.endsWith('.test.ts'));
  const before = hash();
  writeFileSync(path.join(folder, 'src', 'a.test.ts'), 'x');
  expect(hash()).toBe(before);
  writeFileSync(path.join(folder, 'src', 'b.ts'), '');
  const added = hash();
  expect(added).not.toBe(before);
  writeFileSync(path.join(folder, 'src', 'b.ts'), 'b');
  expect(hash()).not.toBe(added);
});

it('lets one at a time do the work', async () => {
  const file = path.join(folder, 'lock');
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  let inside = 0;
  const work = async () => {
    inside += 1;
    expect(inside).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 20));
    inside -= 1;
    return 'done';
  };
  expect(await Promise.all([1, 2, 3].map(() => withLock(file, work)))).toEqual(
    Array(3).fill('done'),
  );
  vi.restoreAllMocks();
});

it('takes over the lock of a process that is gone, and frees it after an error', async () => {
  const file = path.join(folder, 'lock');
  writeFileSync(file, '999999999');
  const failing = async () => Promise.reject(new Error('broken'));
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  await expect(withLock(file, failing)).rejects.toThrow('broken');
  expect(await withLock(file, async () => 1)).toBe(1);
  vi.restoreAllMocks();
});

it('keeps its cache where the user wants it', () => {
  expect(cacheFolder({ XDG_CACHE_HOME: '/c' }, '/h')).toBe('/c/tessera');
  expect(cacheFolder({ XDG_CACHE_HOME: 'relative' }, '/h')).toBe('/h/.cache/tessera');
  expect(cacheFolder({}, '/h')).toBe('/h/.cache/tessera');
});
