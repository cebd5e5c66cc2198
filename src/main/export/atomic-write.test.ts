import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeAtomically } from './atomic-write';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'tessera-write-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('writeAtomically', () => {
  it('writes the text, replaces an older file and leaves nothing else behind', async () => {
    const file = path.join(folder, 'a.json');
    writeFileSync(file, 'old and longer');
    await writeAtomically(file, 'naïve');
    expect(readFileSync(file, 'utf8')).toBe('naïve');
    expect(readdirSync(folder)).toEqual(['a.json']);
  });

  it('rejects and cleans up when the target cannot be replaced', async () => {
    const file = path.join(folder, 'taken');
    mkdirSync(path.join(file, 'inside'), { recursive: true });
    await expect(writeAtomically(file, 'x')).rejects.toThrow(/EISDIR|ENOTEMPTY|EEXIST|EPERM/);
    expect(readdirSync(folder)).toEqual(['taken']);
  });

  it('rejects when the folder does not exist', async () => {
    await expect(writeAtomically(path.join(folder, 'no', 'a'), 'x')).rejects.toThrow(/ENOENT/);
  });
});
