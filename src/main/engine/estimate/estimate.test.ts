import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Estimate } from '../../../shared/domain';
import { KernelPool } from '../jobs/pool';
import { SAMPLE_SHARE } from './sample';
import { madeFamilies, writeFamily } from './testing/families';
import { modelsBelow } from './testing/measured';
import { measuredEstimate, sampleEstimate } from './testing/run';

const realFolder = resolve(import.meta.dirname, '../../../../../shared/data');
const realFamilies = existsSync(realFolder)
  ? readdirSync(realFolder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name)
  : [];

let root: string;
let pool: KernelPool;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'tessera-estimate-'));
  pool = new KernelPool(2);
});
afterAll(async () => {
  await pool.stop();
  rmSync(root, { recursive: true, force: true });
});

/** Widest interval that still says something, by what there is to sample: share of all bytes. */
const widest = (bytes: number): number => (bytes < 1e6 ? 0.4 : 0.2);

function expectHonest(sample: Estimate, measured: Estimate): void {
  const { logicalBytes, storedBytes, savings, basis } = sample;
  const { low, expected, high } = storedBytes;
  expect(basis.bytesRead).toBeLessThanOrEqual(logicalBytes * SAMPLE_SHARE);
  expect(low).toBeGreaterThanOrEqual(0);
  expect(low).toBeLessThanOrEqual(expected);
  expect(expected).toBeLessThanOrEqual(high);
  expect(high).toBeLessThanOrEqual(logicalBytes);
  for (const estimate of [sample, measured]) {
    const saved = Object.values(estimate.savings).reduce((sum, bytes) => sum + bytes, 0);
    expect(saved).toBe(logicalBytes - estimate.storedBytes.expected);
    for (const bytes of Object.values(estimate.savings)) {
      expect(Number.isSafeInteger(bytes) && bytes >= 0).toBe(true);
    }
  }
  expect(savings).toBeDefined();
  expect(measured.logicalBytes).toBe(logicalBytes);
  expect(measured.storedBytes.expected).toBeGreaterThanOrEqual(low);
  expect(measured.storedBytes.expected).toBeLessThanOrEqual(high);
  expect(high - low).toBeLessThan(widest(logicalBytes) * logicalBytes);
}

describe('the measured size lies inside the interval that a sample of 2% gives', () => {
  for (const [at, family] of madeFamilies.entries()) {
    for (const size of [3e6, 12e6]) {
      it(`for made models, ${size / 1e6} MB: ${family}`, { timeout: 120_000 }, async () => {
        const folder = join(root, `${family}-${size}`);
        await writeFamily(family, folder, size, 300 + at);
        const models = await modelsBelow(folder);
        expectHonest(await sampleEstimate(models, pool), await measuredEstimate(models, pool));
      });
    }
  }

  it.each(realFamilies)('for real models: %s', { timeout: 120_000 }, async (family) => {
    const models = await modelsBelow(join(realFolder, family));
    expectHonest(await sampleEstimate(models, pool), await measuredEstimate(models, pool));
  });
});

describe('an estimate', () => {
  it('tells the causes apart', { timeout: 120_000 }, async () => {
    const causes = async (family: (typeof madeFamilies)[number]) => {
      const folder = join(root, `causes-${family}`);
      await writeFamily(family, folder, 5e6, 41);
      const { savings, logicalBytes } = await sampleEstimate(await modelsBelow(folder), pool);
      return Object.fromEntries(
        Object.entries(savings).map(([cause, bytes]) => [cause, bytes / logicalBytes]),
      );
    };
    expect((await causes('copies')).exact).toBeCloseTo(5 / 6, 1);
    expect((await causes('casts')).cast).toBeCloseTo(0.5, 1);
    expect((await causes('chain')).delta).toBeGreaterThan(0.1);
    const unrelated = await causes('unrelated');
    expect(unrelated.exact).toBeLessThan(0.03);
    expect(unrelated.cast).toBe(0);
    expect(unrelated.delta).toBeLessThan(0.01);
    expect(unrelated.compression).toBeCloseTo(0.3, 1);
  });

  it('is the same every time, whatever the order of the models', { timeout: 60_000 }, async () => {
    const folder = join(root, 'again');
    await writeFamily('chain', folder, 3e6, 5);
    const models = await modelsBelow(folder);
    const once = await sampleEstimate(models, pool);
    const again = await sampleEstimate(models, pool);
    const { storedBytes, savings } = once;
    expect(again).toMatchObject({ storedBytes, savings });
    const reversed = await sampleEstimate(models.toReversed(), pool);
    const drift = Math.abs(reversed.storedBytes.expected - storedBytes.expected);
    expect(drift).toBeLessThan(0.005 * once.logicalBytes);
  });

  it('is made from what was read when the deadline comes', { timeout: 60_000 }, async () => {
    const folder = join(root, 'late');
    await writeFamily('unrelated', folder, 3e6, 9);
    const models = await modelsBelow(folder);
    const late = await sampleEstimate(models, pool, { deadline: -1 });
    expect(late.basis.bytesRead).toBe(0);
    expect(late.storedBytes.low).toBeLessThan(0.5 * late.logicalBytes);
    expect(late.storedBytes.high).toBeGreaterThan(0.8 * late.logicalBytes);
  });
});
