import { createHash } from 'node:crypto';
import { closeSync, mkdtempSync, openSync, readSync, rmSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Blake3Hasher, blake3 } from '@napi-rs/blake-hash';
import { planSegments, type TensorRange } from '../src/main/engine/fragments/plan';
import { createKernelMemory, type Kernels, loadKernels } from '../src/main/engine/kernels/kernels';
import { fingerprintFile, WINDOW_BYTES } from '../src/main/engine/kernels/pass';
import { splitmix64 } from '../src/main/engine/kernels/reference/cdc';
import {
  type BenchOptions,
  type Contender,
  interleave,
  throughputTable,
  writeResult,
} from './harness';
import { measureTransforms, transformTable } from './kernels-transforms';
import type { Sample } from './statistics';

const BLOCK_BYTES = 1_048_576;
const FILE_BYTES = 256 * BLOCK_BYTES;

/**
 * Each kernel that codecs use, beside plain JavaScript. Then where a fingerprint's time goes: each of
 * its steps alone over one cached file, on one thread in windows of the size that the workers use;
 * and whole passes over files of several kinds.
 */
export async function kernels(options: BenchOptions): Promise<void> {
  const file = join(import.meta.dirname, 'kernels.wasm');
  const transforms = await measureTransforms(file, options.rounds);
  console.log(`${transformTable(transforms)}\n`);
  const folder = mkdtempSync(join(tmpdir(), 'tessera-bench-'));
  const path = join(folder, 'data');
  writeData(path);
  const fd = openSync(path, 'r');
  try {
    const loaded = loadKernels(createKernelMemory(WINDOW_BYTES), file);
    const contenders = [...steps(fd, loaded), ...passes(path, loaded)];
    const measured = await interleave(contenders, options.rounds);
    console.log(throughputTable(measured, FILE_BYTES));
    const figures = { bytes: FILE_BYTES, windowBytes: WINDOW_BYTES, measured, transforms };
    console.log(`\nwritten: ${writeResult(options.root, 'kernels', figures)}`);
  } finally {
    closeSync(fd);
    rmSync(folder, { recursive: true, force: true });
  }
}

function steps(fd: number, { buffer, chunker }: Kernels): Contender[] {
  const window = buffer.subarray(0, WINDOW_BYTES);
  const each = (name: string, use: (bytes: Uint8Array) => void): Contender => ({
    name,
    run: () =>
      timed(() => {
        for (let at = 0; at < FILE_BYTES; at += WINDOW_BYTES) {
          readSync(fd, window, 0, WINDOW_BYTES, at);
          use(window);
        }
      }),
  });
  const sha256 = createHash('sha256');
  const hasher = new Blake3Hasher();
  return [
    each('read', () => {}),
    each('read, SHA-256', (bytes) => sha256.update(bytes)),
    each('read, BLAKE3 of the stream', (bytes) => hasher.update(bytes)),
    each('read, BLAKE3 of each window', (bytes) => blake3(bytes)),
    each('read, chunking', (bytes) => {
      for (let from = 0; from < bytes.length; ) {
        from += chunker.next(bytes.subarray(from)) || bytes.length;
      }
    }),
  ];
}

function passes(path: string, loaded: Kernels): Contender[] {
  const stat = statSync(path, { bigint: true });
  const expected = { size: FILE_BYTES, mtimeNs: stat.mtimeNs, inode: stat.ino };
  const pass = (name: string, ranges: TensorRange[]): Contender => {
    const plan = planSegments(FILE_BYTES, ranges);
    const task = { path, plan, views: [], targets: [], expected };
    return { name, run: () => timed(() => fingerprintFile(task, loaded, () => {})) };
  };
  return [
    pass('pass: tensors of 32 MiB, rows of 8192 B', tensors(32 * BLOCK_BYTES, 8192)),
    pass('pass: tensors of 30 MiB, rows of 10240 B', tensors(30 * BLOCK_BYTES, 10_240)),
    pass('pass: tensors of 512 KiB', tensors(BLOCK_BYTES / 2, 1024)),
    pass('pass: tensors of 4 KiB', tensors(4096, 2)),
    pass('pass: opaque file', []),
  ];
}

/** Tensors of one size behind a header of 1000 bytes, back to back. */
function tensors(length: number, rowBytes: number): TensorRange[] {
  const count = Math.floor((FILE_BYTES - 1000) / length);
  return Array.from({ length: count }, (_, i) => ({ offset: 1000 + i * length, length, rowBytes }));
}

function timed(work: () => void): Sample {
  const start = performance.now();
  work();
  return { seconds: (performance.now() - start) / 1000 };
}

/** Seeded random bytes, no two blocks alike. */
function writeData(path: string): void {
  const words = BigUint64Array.from(splitmix64(1n, BLOCK_BYTES / 8));
  const fd = openSync(path, 'w');
  for (let block = 0; block < FILE_BYTES / BLOCK_BYTES; block++) {
    words.forEach((word, at) => {
      words[at] = word * 6364136223846793005n + 1442695040888963407n;
    });
    writeSync(fd, new Uint8Array(words.buffer));
  }
  closeSync(fd);
}
