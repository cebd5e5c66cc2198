import { readFileSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { scratchFolder } from './testing/cases';
import {
  fuzzFile,
  fuzzSamples,
  fuzzTargets,
  judge,
  prepareFuzzFolder,
  type Verdict,
} from './testing/fuzz';
import { fuzzRun } from './testing/fuzz-run';

const scratch = scratchFolder('fuzz');
afterAll(scratch.remove);
prepareFuzzFolder(scratch.folder);

const MUTANTS = 2000;
const SEED = 20_250_301;

describe('mutants of every valid sample', () => {
  for (const target of fuzzTargets) {
    it(`are refused, opaque, or read within bounds: ${MUTANTS} of ${target}`, () => {
      const samples = fuzzSamples(target);
      expect(samples.length).toBeGreaterThan(3);
      for (const { file, bytes, wrap } of samples) {
        expect([file, judge(scratch.folder, file, wrap?.(bytes) ?? bytes)]).toEqual([
          file,
          'accepted',
        ]);
      }
      const counts: Record<Verdict, number> = { refused: 0, accepted: 0, opaque: 0 };
      let worst = 0;
      for (let index = 0; index < MUTANTS; index += 1) {
        const { file, bytes } = fuzzFile(samples, SEED, index);
        const start = performance.now();
        counts[judge(scratch.folder, file, bytes)] += 1;
        worst = Math.max(worst, performance.now() - start);
      }
      expect(counts.refused).toBeGreaterThan(MUTANTS / 4);
      expect(counts.accepted).toBeGreaterThan(0);
      expect(worst).toBeLessThan(5000);
    });
  }

  it('are the same for the same seed and number, and others for another', () => {
    const samples = fuzzSamples('gguf');
    const first = fuzzFile(samples, 1, 7).bytes;
    expect(fuzzFile(samples, 1, 7).bytes).toEqual(first);
    expect(fuzzFile(samples, 2, 7).bytes).not.toEqual(first);
  });
});

describe('the watchdog of npm run fuzz', () => {
  /** A worker that does this at its mutant number 3, and else counts. */
  const worker = (fault: string) =>
    new URL(
      `data:text/javascript,${encodeURIComponent(`
        import { parentPort, workerData } from 'node:worker_threads';
        const { first, end, at } = workerData;
        for (let index = first; index < end; index += 1) {
          Atomics.store(at, 0, index);
          if (index === 3) { ${fault} }
        }
        const counts = { refused: end - first, accepted: 0, opaque: 0 };
        parentPort.postMessage({ kind: 'done', counts, worstMilliseconds: 1, worstIndex: 0 });
      `)}`,
    );

  it.each([
    ['hang', 'for (;;);'],
    ['crash', 'throw new Error("a fault")'],
    ['crash', 'process.exit(7)'],
  ] as const)('finds a %s, keeps its input, and tries the rest: %s', async (kind, fault) => {
    const run = { target: 'gguf', seed: 5, count: 10, parallel: 1, hangsAfter: 300 } as const;
    const { findings, counts } = await fuzzRun({ ...run, workerFile: worker(fault) });
    expect(findings).toMatchObject([{ kind, index: 3 }]);
    expect(counts.refused).toBe(6);
    const { file = '' } = findings[0] ?? {};
    expect(readFileSync(file)).toEqual(fuzzFile(fuzzSamples('gguf'), 5, 3).bytes);
    rmSync(dirname(file), { recursive: true });
  });
});
