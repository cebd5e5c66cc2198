/** What was opened and read once is there after a restart, without reading it again. */
import { cp, utimes } from 'node:fs/promises';
import path from 'node:path';
import { request } from './support/bridge';
import { scanJson } from './support/cli';
import { expectNumbersOnScreen } from './support/numbers';
import { expect, test } from './support/test';
import { analysed, goTo } from './support/window';

test('a restart finds the session and the recents, and fingerprints nothing again', async ({
  family,
  folder,
  start,
}) => {
  const userDataDir = path.join(folder, 'user data');
  const first = await start({ userDataDir, paths: [family.folder] });
  await analysed(first.page, family.report.totals.models);
  const before = await request(first.page, 'jobs.list', {});
  const read = before.find(({ kind }) => kind === 'fingerprint');
  expect(read).toMatchObject({ state: 'done', done: family.report.totals.logicalBytes });
  await first.close();

  const { page } = await start({ userDataDir });
  await expectNumbersOnScreen(page, family.report);
  const jobs = await request(page, 'jobs.list', {});
  expect(jobs.map(({ kind }) => kind)).not.toContain('fingerprint');
  await page.getByRole('contentinfo').getByRole('button', { name: 'Jobs' }).click();
  await expect(page.getByRole('region', { name: 'Jobs' })).toBeVisible();
  await expect(page.getByRole('region', { name: 'Jobs' }).getByText(/^Fingerprinting/)).toHaveCount(
    0,
  );

  expect((await request(page, 'app.info', {})).hasSession).toBe(true);
  const recents = await request(page, 'home.recents', {});
  expect(recents.map(({ path: shown, open }) => [shown, open])).toEqual([[family.folder, true]]);
  await goTo(page, 'Home');
  await expect(
    page.getByRole('region', { name: /^Open now/ }).getByTitle(family.folder),
  ).toBeVisible();
  await page.getByRole('button', { name: 'Close family' }).click();
  await page
    .getByRole('region', { name: /^Recent/ })
    .getByRole('button', { name: 'Open family' })
    .click();
  await expectNumbersOnScreen(page, family.report);
  expect((await request(page, 'jobs.list', {})).map(({ kind }) => kind)).not.toContain(
    'fingerprint',
  );
});

test('after a restart only a file that changed is read again', async ({
  family,
  folder,
  start,
}) => {
  const userDataDir = path.join(folder, 'user data');
  const own = path.join(folder, 'models');
  await cp(family.folder, own, { recursive: true });
  const first = await start({ userDataDir, paths: [own] });
  await analysed(first.page, family.report.totals.models);
  await first.close();

  const touched = 'quasar-base';
  await utimes(path.join(own, `${touched}.safetensors`), 1, 1);
  const { page } = await start({ userDataDir });
  const report = await scanJson(own);
  await expectNumbersOnScreen(page, report);
  const jobs = await request(page, 'jobs.list', {});
  const size = report.models.find(({ name }) => name === touched)?.logicalBytes;
  expect(
    jobs
      .filter(({ kind }) => kind === 'fingerprint')
      .map(({ done, itemsTotal }) => [done, itemsTotal]),
  ).toEqual([[size, 1]]);
});
