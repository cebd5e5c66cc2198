import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { JobBoard } from '../jobs/board';
import { KernelPool } from '../jobs/pool';
import { estimateFromSignatures } from './from-signatures';
import { runMeasuredEstimate } from './job';
import { writeFamily } from './testing/families';
import { measureSourceOf, modelsBelow } from './testing/measured';

let root: string;
let pool: KernelPool;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'tessera-from-signatures-'));
  pool = new KernelPool(2);
});
afterAll(async () => {
  await pool.stop();
  rmSync(root, { recursive: true, force: true });
});

async function sourceOf(family: 'copies' | 'casts' | 'chain') {
  const folder = join(root, family);
  await writeFamily(family, folder, 2e6, 21);
  return measureSourceOf(await modelsBelow(folder), pool);
}

const newJob = (board = new JobBoard(() => {})) =>
  ({ board, job: board.create('estimate', 'Measuring', 'bytes') }) as const;

describe('estimateFromSignatures', () => {
  it('has the measured sharing exactly, and the rest from what it is told', async () => {
    const source = await sourceOf('copies');
    const measured = await runMeasuredEstimate(source, pool, newJob().job);
    const margins = { alone: 0.1, delta: 0.1, bytes: 0.1 };
    const told = { aloneBytes: () => undefined, relate: () => undefined, bytesRatio: 0.7 };
    const estimate = estimateFromSignatures({ ...source, ...told }, margins);
    expect(estimate.savings.exact).toBe(measured?.savings.exact);
    expect(estimate.savings).toMatchObject({ cast: 0, delta: 0 });
    const unique = estimate.logicalBytes - estimate.savings.exact;
    expect(estimate.storedBytes.expected).toBe(Math.round(0.7 * unique));
    expect(estimate.storedBytes.low).toBeLessThan(estimate.storedBytes.expected);
    expect(estimate.storedBytes.high).toBeGreaterThan(estimate.storedBytes.expected);
  });
});

describe('runMeasuredEstimate', () => {
  it('finds bit-exact casts and stores them as nothing', { timeout: 60_000 }, async () => {
    const measured = await runMeasuredEstimate(await sourceOf('casts'), pool, newJob().job);
    expect((measured?.savings.cast ?? 0) / (measured?.logicalBytes ?? 1)).toBeCloseTo(0.5, 1);
    expect(measured?.basis.kind).toBe('measured');
  });

  it('asks for nothing that was measured before', { timeout: 60_000 }, async () => {
    const source = await sourceOf('chain');
    const first = await runMeasuredEstimate(source, pool, newJob().job);
    let learned = 0;
    const learning = { ...source, learned: () => (learned += 1) };
    const second = await runMeasuredEstimate(learning, pool, newJob().job);
    expect(learned).toBe(0);
    expect(second?.storedBytes).toEqual(first?.storedBytes);
  });

  it('ends as cancelled, without a figure, when the person cancels', async () => {
    const source = await sourceOf('chain');
    const { board, job } = newJob();
    const running = runMeasuredEstimate(source, pool, job);
    board.cancel(job.id);
    expect(await running).toBeUndefined();
    await board.idle();
    expect(board.list()[0]?.state).toBe('cancelled');
  });

  it('fails with the file’s name when a file has changed', async () => {
    const source = await sourceOf('copies');
    const [{ work }] = source.members as unknown as [{ work: { files: [{ file: object }] } }];
    const { file } = work.files[0] as { file: { stamp: object; realPath: string } };
    Object.assign(file, { stamp: { ...file.stamp, mtimeNs: 1n } });
    const { board, job } = newJob();
    await expect(runMeasuredEstimate(source, pool, job)).rejects.toThrow(file.realPath);
    expect(board.list()[0]?.state).toBe('failed');
  });
});
