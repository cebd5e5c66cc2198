/** The fingerprint job can be held, let go on, and cancelled; what is finished is kept. */
import { cp } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from '@playwright/test';
import type { JobInfo } from '../src/shared/domain';
import { request } from './support/bridge';
import { scanJson } from './support/cli';
import { expectNumbersOnScreen } from './support/numbers';
import { writeSafetensors } from './support/safetensors-file';
import { expect, test } from './support/test';
import { cellUnder, goTo, grid, rowOf } from './support/window';

/** Zeros that take no room on the disk, but seconds to hash: one worker holds this model. */
const giant = 'giant';
const rows = 4_100;
const columns = 262_144;

async function fingerprintJob(page: Page): Promise<JobInfo> {
  const jobs = await request(page, 'jobs.list', {});
  const job = jobs.findLast(({ kind }) => kind === 'fingerprint');
  if (job === undefined) throw new Error('no fingerprint job');
  return job;
}

const bar = (page: Page) => page.getByRole('contentinfo');
const press = (page: Page, name: string) =>
  bar(page).getByRole('button', { name, exact: true }).click();

test('pause holds the job, resume goes on, cancel keeps what is done, and it can be done later', async ({
  family,
  folder,
  start,
}) => {
  // Hashes the large file some three times over, whatever the machine.
  test.slow();
  const models = path.join(folder, 'models');
  await cp(family.folder, models, { recursive: true });
  const shape = [rows, columns];
  const size = await writeSafetensors(path.join(models, `${giant}.safetensors`), [
    { name: 'hole.weight', shape },
  ]);
  expect(size).toBeGreaterThan(2 ** 32);
  const files = family.report.totals.files + 1;
  const modelCount = family.report.totals.models + 1;

  const { page } = await start({ paths: [models] });
  await press(page, 'Pause');
  await expect(bar(page).getByText(/^\d+% · paused$/)).toBeVisible();
  await expect(bar(page).getByRole('button', { name: 'Resume' })).toBeVisible();
  const held = await settled(page);
  expect(held.state).toBe('paused');
  expect(held.done).toBeLessThan(held.total);
  const progress = bar(page).getByRole('progressbar');
  const percent = String((held.done / held.total) * 100);
  await expect(progress).toHaveAttribute('aria-valuenow', percent);
  // A second's worth of other work, in which a job that ran on would read a gigabyte.
  for (const screen of ['Home', 'Savings', 'Explore', 'Problems', 'Models'] as const) {
    await goTo(page, screen);
  }
  expect(await fingerprintJob(page)).toEqual(held);
  await expect(progress).toHaveAttribute('aria-valuenow', percent);

  await press(page, 'Resume');
  await expect(bar(page).getByRole('button', { name: 'Pause' })).toBeVisible();
  await expect
    .poll(async () => {
      const { done, itemsDone } = await fingerprintJob(page);
      return done > held.done && itemsDone === files - 1;
    })
    .toBe(true);
  await press(page, 'Cancel');
  await expect(bar(page).getByText(`1 model of ${modelCount} not fingerprinted`)).toBeVisible();
  const cancelled = await fingerprintJob(page);
  expect(cancelled).toMatchObject({
    state: 'cancelled',
    message: `Cancelled; ${files - 1} files done and kept, 1 file left.`,
  });
  await press(page, 'Jobs');
  const drawer = page.getByRole('region', { name: 'Jobs' });
  await expect(drawer.getByText('Cancelled', { exact: true })).toBeVisible();
  await expect(drawer.getByText(cancelled.message ?? '')).toBeVisible();
  await press(page, 'Jobs');

  const table = grid(page, 'Models');
  expect(await cellUnder(table, rowOf(table, giant), 'Exclusive')).toBe('pending');
  const { models: kept } = await request(page, 'models.list', {});
  expect(kept.filter(({ analysis }) => analysis === 'done')).toHaveLength(modelCount - 1);

  await press(page, 'Fingerprint now');
  const report = await scanJson(models);
  await expectNumbersOnScreen(page, report);
  expect(await fingerprintJob(page)).toMatchObject({
    state: 'done',
    done: size,
    total: size,
    itemsDone: 1,
  });
});

/** Progress is reported every 100 ms: reads this far apart, in milliseconds, never see one report. */
const apart = 300;

/** The job once two reads of it agree: workers come to rest at the next piece they were reading. */
async function settled(page: Page): Promise<JobInfo> {
  let before: JobInfo | undefined;
  await expect
    .poll(
      async () => {
        const job = await fingerprintJob(page);
        const same = job.done === before?.done && job.itemsDone === before.itemsDone;
        before = job;
        return same;
      },
      { intervals: [apart] },
    )
    .toBe(true);
  return fingerprintJob(page);
}
