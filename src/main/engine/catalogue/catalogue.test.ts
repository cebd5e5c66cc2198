import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openCatalogue, type StoredFingerprint } from './catalogue';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tessera-catalogue-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const stamp = { size: 10, mtimeNs: 12345678901234567n, inode: 18446744073709551615n, device: 1n };
const stored: StoredFingerprint = {
  fingerprint: {
    sha256: new Uint8Array(32).fill(1),
    segmentHashes: new Uint8Array(64).fill(2),
    fragmentCounts: Uint32Array.of(1, 70_000),
    fragmentHashes: new Uint8Array(96).fill(3),
    fragmentLengths: Uint32Array.of(4, 5, 4_000_000_000),
  },
  viewHashes: new Uint8Array(0),
};
const plain = (value: StoredFingerprint | undefined) =>
  value === undefined
    ? undefined
    : [
        ...Object.values(value.fingerprint).map((column) => [...(column as Uint8Array)]),
        [...value.viewHashes],
      ];

describe('catalogue', () => {
  it('gives back after reopening what was put', () => {
    const first = openCatalogue(folder);
    first.put('/a', stamp, 'plan', stored);
    first.close();
    const second = openCatalogue(folder);
    expect(plain(second.get('/a', stamp, 'plan'))).toEqual(plain(stored));
    second.close();
  });

  it.each([
    ['size', { ...stamp, size: 11 }, 'plan'],
    ['modification time', { ...stamp, mtimeNs: 12345678901234568n }, 'plan'],
    ['inode', { ...stamp, inode: 2n }, 'plan'],
    ['plan', stamp, 'other'],
  ])('knows nothing of a file whose %s differs', (_what, changed, plan) => {
    const catalogue = openCatalogue(null);
    catalogue.put('/a', stamp, 'plan', stored);
    expect(catalogue.get('/a', changed, plan)).toBeUndefined();
    expect(catalogue.get('/a', stamp, 'plan')).toBeDefined();
    catalogue.close();
  });

  it('moves a damaged file aside and starts anew', () => {
    writeFileSync(join(folder, 'catalogue.sqlite'), 'this is no database'.repeat(500));
    const catalogue = openCatalogue(folder);
    catalogue.put('/a', stamp, 'plan', stored);
    expect(catalogue.get('/a', stamp, 'plan')).toBeDefined();
    catalogue.close();
    expect(readdirSync(folder).some((name) => name.includes('damaged'))).toBe(true);
  });

  it('serves two processes at once, and memory where the folder cannot be made', () => {
    const one = openCatalogue(folder);
    const two = openCatalogue(folder);
    one.put('/a', stamp, 'plan', stored);
    expect(two.get('/a', stamp, 'plan')).toBeDefined();
    one.close();
    two.close();
    writeFileSync(join(folder, 'file'), '');
    const memory = openCatalogue(join(folder, 'file', 'below'));
    memory.put('/a', stamp, 'plan', stored);
    expect(memory.get('/a', stamp, 'plan')).toBeDefined();
    memory.close();
  });
});
