import {
  appendFileSync,
  closeSync,
  ftruncateSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { blake3 } from '@napi-rs/blake-hash';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { planSegments, segmentOf } from '../fragments/plan';
import { viewsOf } from '../fragments/views';
import type { ExpectedFile } from './messages';
import { fingerprintFile, type TaskFailure, WINDOW_BYTES } from './pass';
import { splitmix64 } from './reference/cdc';
import { sparseFolder, testKernels } from './test-support';

const kernels = testKernels(WINDOW_BYTES);
const bytes = new Uint8Array(BigUint64Array.from(splitmix64(9n, 400_000)).buffer);
const hex = (packed: Uint8Array): string => Buffer.from(packed).toString('hex');

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tessera-pass-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, content: Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

function stampOf(path: string): ExpectedFile {
  const stat = statSync(path, { bigint: true });
  return { size: Number(stat.size), mtimeNs: stat.mtimeNs, inode: stat.ino };
}

function run(
  path: string,
  expected = stampOf(path),
  checkpoint: (done: number) => void = () => {},
) {
  const plan = planSegments(expected.size, []);
  return fingerprintFile({ path, plan, views: [], targets: [], expected }, kernels, checkpoint);
}

function failureOf(call: () => unknown): TaskFailure | undefined {
  try {
    call();
  } catch (error) {
    return error as TaskFailure;
  }
  return undefined;
}

describe('a pass over a file', () => {
  it('hashes views of overlapping tensors too', () => {
    const path = write('views', bytes);
    const ranges = [
      { offset: 8, length: 2_500_000, rowBytes: 1000 },
      { offset: 1000, length: 2_000_000, rowBytes: 1000 },
      { offset: 2_400_000, length: 300_000, rowBytes: 100 },
    ];
    const plan = planSegments(bytes.length, ranges);
    const views = viewsOf(plan, ranges);
    const expected = stampOf(path);
    const { viewHashes } = fingerprintFile(
      { path, plan, views, targets: [], expected },
      kernels,
      () => {},
    );
    expect(views).toHaveLength(2);
    const hashes = views.map(({ offset, length }) =>
      blake3(bytes.subarray(offset, offset + length)),
    );
    expect(hex(viewHashes)).toBe(hex(Buffer.concat(hashes)));
  });

  it('reports how far it is, never further than it is', () => {
    const seen: number[] = [];
    run(write('progress', bytes), undefined, (done) => seen.push(done));
    expect(seen[0]).toBe(0);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(seen.at(-1)).toBeGreaterThanOrEqual(bytes.length - WINDOW_BYTES);
    expect(seen.at(-1)).toBeLessThan(bytes.length);
  });

  it('of a missing file names the operation and the path', () => {
    const path = join(folder, 'missing');
    const expected = { size: 1, mtimeNs: 0n, inode: 0n };
    const failure = failureOf(() => run(path, expected));
    expect(failure).toMatchObject({ code: 'io', operation: 'open' });
    expect(failure?.message).toContain(path);
  });

  it('of a folder in the file’s place is refused as changed', () => {
    const path = join(folder, 'folder');
    mkdirSync(path);
    expect(failureOf(() => run(path))).toMatchObject({ code: 'changed' });
  });

  it.each([
    ['longer', (path: string) => appendFileSync(path, 'x')],
    ['shorter', (path: string) => truncateSync(path, 100)],
    ['touched', (path: string) => utimesSync(path, 1, 1)],
  ])('of a file that is %s than when its header was read is refused', (_, change) => {
    const path = write('before', bytes);
    const expected = stampOf(path);
    change(path);
    expect(failureOf(() => run(path, expected))).toMatchObject({ code: 'changed' });
  });

  it.each([
    ['is written to', (path: string) => appendFileSync(path, 'x')],
    ['is cut short', (path: string) => truncateSync(path, 2_000_000)],
    ['is touched', (path: string) => utimesSync(path, 1, 1)],
  ])('of a file that %s on the way is refused', (_, change) => {
    const path = write('during', bytes);
    let calls = 0;
    const disturb = () => {
      calls += 1;
      if (calls === 2) change(path);
    };
    expect(failureOf(() => run(path, undefined, disturb))).toMatchObject({ code: 'changed' });
  });
});

describe('a file over 4 GiB', () => {
  const GiB = 2 ** 30;
  const tail = bytes.subarray(0, 1_000_003);
  const size = 4 * GiB + 2_000_003;
  const ranges = [
    // Crosses 4 GiB; what follows lies beyond.
    { offset: 4096, length: 4 * GiB + 995_904, rowBytes: 8192 },
    { offset: 4 * GiB + 1_000_000, length: 1_000_000, rowBytes: 1000 },
    { offset: 4 * GiB + 2_000_000, length: 3, rowBytes: 1 },
  ];

  const sparse = sparseFolder();
  afterAll(() => rmSync(sparse, { recursive: true, force: true }));

  it('has the right hashes on both sides of 4 GiB and as a whole', { timeout: 120_000 }, () => {
    const path = join(sparse, 'sparse');
    const file = openSync(path, 'w');
    ftruncateSync(file, size);
    writeSync(file, tail, 0, tail.length, 4 * GiB + 1_000_000);
    closeSync(file);
    const plan = planSegments(size, ranges);
    const expected = stampOf(path);
    const task = { path, plan, views: [{ offset: size - 9, length: 9 }], targets: [], expected };
    const { fingerprint, viewHashes } = fingerprintFile(task, kernels, () => {});
    expect(hex(fingerprint.sha256)).toBe(SPARSE_SHA256);
    const hashOf = (index: number) =>
      hex(fingerprint.segmentHashes.subarray(index * 32, index * 32 + 32));
    const second = segmentOf(plan, 4 * GiB + 1_000_000, 1_000_000);
    expect(hashOf(second)).toBe(hex(blake3(tail.subarray(0, 1_000_000))));
    expect(hashOf(second + 1)).toBe(hex(blake3(tail.subarray(1_000_000))));
    expect(hex(viewHashes)).toBe(hex(blake3(tail.subarray(-9))));
    const lengths = fingerprint.fragmentLengths;
    expect(lengths.reduce((sum, length) => sum + length, 0)).toBe(size);
  });
});

/** Of that file, by sha256sum. */
const SPARSE_SHA256 = 'ac439830b6a7fd7c275a8bf642fac98333c1ae30ca657f888b45165cd4c6c85d';
