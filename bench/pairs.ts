import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createKernelMemory, type Kernels, loadKernels } from '../src/main/engine/kernels/kernels';
import { MEASURE_BYTES } from '../src/main/engine/kernels/measure-memory';
import type { FileAt, PairSpec } from '../src/main/engine/kernels/messages';
import { measurePairs } from '../src/main/engine/kernels/pair';
import { splitmix64 } from '../src/main/engine/kernels/reference/cdc';
import type { TensorTarget } from '../src/main/engine/kernels/targets';
import { valueKinds } from '../src/main/engine/kernels/values';
import { weighFile } from '../src/main/engine/kernels/weigh';
import {
  type BenchOptions,
  type Contender,
  interleave,
  throughputTable,
  writeResult,
} from './harness';

const ELEMENTS = 33_554_432;
const ROWS = 8192;

/**
 * Measuring a tensor of 2^25 elements against its fine-tune (relative update 0.01) on one thread,
 * files cached. Bytes of a speed are those of both tensors; of weighing, those of the one.
 */
export async function pairs(options: BenchOptions): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'tessera-bench-'));
  try {
    const kernels = loadKernels(
      createKernelMemory(MEASURE_BYTES),
      join(import.meta.dirname, 'kernels.wasm'),
    );
    const measured: Record<string, unknown> = {};
    for (const [name, bytes] of [
      ['F32', 4],
      ['BF16', 2],
    ] as const) {
      const [a, b] = [join(folder, `${name}-a`), join(folder, `${name}-b`)];
      writePair(kernels, name, a, b);
      const target = {
        offset: 0,
        length: ELEMENTS * bytes,
        kind: valueKinds[name],
        elements: ELEMENTS,
        rows: ROWS,
        matrix: true,
      };
      const both = await interleave(pairContenders(name, kernels, a, b, target), options.rounds);
      console.log(throughputTable(both, 2 * target.length));
      const one = await interleave([weighing(name, kernels, a, target)], options.rounds);
      console.log(throughputTable(one, target.length));
      measured[name] = { pairBytes: 2 * target.length, both, one };
    }
    console.log(`\nwritten: ${writeResult(options.root, 'pairs', { measured })}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function pairContenders(
  kind: string,
  kernels: Kernels,
  a: string,
  b: string,
  target: TensorTarget,
): Contender[] {
  const by = (name: string, how: PairSpec['how'], to: TensorTarget): Contender => ({
    name: `${kind}: ${name}`,
    run: () => {
      const start = performance.now();
      const pair = { a: target, b: to, how };
      const task = { kind: 'pair', task: 0, a: fileAt(a), b: fileAt(b), pairs: [pair] } as const;
      const { measures } = measurePairs(task, kernels, () => {});
      if (measures[0] === null) throw new Error('expected a measure');
      return { seconds: (performance.now() - start) / 1000 };
    },
  });
  return [
    by('values', 'values', target),
    by('transposed', 'transposed', { ...target, rows: ELEMENTS / ROWS }),
    by('rows', 'rows', target),
  ];
}

function weighing(kind: string, kernels: Kernels, path: string, target: TensorTarget): Contender {
  return {
    name: `${kind}: weigh`,
    run: () => {
      const start = performance.now();
      const task = {
        kind: 'weigh',
        task: 0,
        ...fileAt(path),
        tensors: [target],
        bytes: [],
      } as const;
      const { tensors } = weighFile(task, kernels, () => {});
      if (tensors[0] === undefined) throw new Error('expected a weight');
      return { seconds: (performance.now() - start) / 1000 };
    },
  };
}

function fileAt(path: string): FileAt {
  const { size, mtimeNs, ino } = statSync(path, { bigint: true });
  return { path, expected: { size: Number(size), mtimeNs, inode: ino } };
}

/** Seeded normal weights and their update, a block of 2^16 over and over. */
function writePair(kernels: Kernels, kind: 'F32' | 'BF16', pathA: string, pathB: string): void {
  const block = 65_536;
  const words = splitmix64(1n, block * 2).map((word) => Number(word >> 11n) / 2 ** 53);
  const normal = (at: number): number =>
    Math.sqrt(-2 * Math.log(1 - (words[at] ?? 0))) *
    Math.cos(2 * Math.PI * (words[(at + 1) % words.length] ?? 0));
  const base = Float32Array.from({ length: block }, (_, at) => 0.02 * normal(at));
  const tuned = base.map((value, at) => value + 0.0002 * normal(block + at));
  for (const [path, values] of [
    [pathA, tuned],
    [pathB, base],
  ] as const) {
    const { buffer, exports } = kernels;
    buffer.set(new Uint8Array(values.buffer));
    const [from, to] = [buffer.byteOffset, buffer.byteOffset + 4 * block];
    exports.encodeSingles(valueKinds[kind], from, block, to);
    const bytes = buffer.slice(4 * block, 4 * block + block * (kind === 'F32' ? 4 : 2));
    const fd = openSync(path, 'w');
    for (let done = 0; done < ELEMENTS; done += block) writeSync(fd, bytes);
    closeSync(fd);
  }
}
