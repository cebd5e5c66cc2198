/** What exact sharing saves: the headline, the bars and the table say what the command line counts. */
import { formatBytes, formatShare } from '../src/shared/base';
import { request } from './support/bridge';
import { oracle } from './support/oracle';
import { expect, test } from './support/test';
import { analysed, cellUnder, goTo, grid, rowOf } from './support/window';

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

test('the savings add up to the byte, and the screen shows them', async ({ family, start }) => {
  const { models, totals } = family.report;
  const { page } = await start({ paths: [family.folder] });
  await analysed(page, models.length);
  await goTo(page, 'Savings');

  const report = await request(page, 'savings.report', {});
  const { logicalBytes, uniqueBytes, savedBytes } = report;
  expect({ logicalBytes, uniqueBytes }).toEqual({
    logicalBytes: totals.logicalBytes,
    uniqueBytes: totals.uniqueBytes,
  });
  expect(savedBytes).toBe(logicalBytes - uniqueBytes);
  expect(report.savedAcrossModels + report.savedInsideModels).toBe(savedBytes);
  expect(report.savedAcrossModels).toBeGreaterThan(0);
  expect(report.pendingModels).toBe(0);
  expect(sum(report.models.map((model) => model.logicalBytes))).toBe(logicalBytes);
  const expected = new Map(oracle(family.folder).models.map((model) => [model.name, model]));
  for (const { name, ...row } of report.models) {
    const model = expected.get(name);
    expect([name, row]).toEqual([
      name,
      {
        modelId: models.find((one) => one.name === name)?.id,
        logicalBytes: model?.logicalBytes,
        exclusiveBytes: model?.exclusiveBytes,
        sharedBytes: model?.sharedBytes,
        repeatedBytes: (model?.logicalBytes ?? 0) - (model?.uniqueBytes ?? 0),
      },
    ]);
  }

  const main = page.getByRole('main');
  const share = formatShare(savedBytes, totals.logicalBytes);
  await expect(main.getByRole('heading', { level: 2 }).first()).toHaveText(
    `Storing shared fragments once saves ${formatBytes(savedBytes)}, ${share} of ${formatBytes(totals.logicalBytes)}.`,
  );
  const before = page.getByRole('region', { name: 'Before and after' });
  await expect(before.locator('b.num')).toHaveText([
    formatBytes(totals.logicalBytes),
    formatBytes(totals.uniqueBytes),
  ]);
  await expect(before.getByRole('img', { name: /^Size now/ })).toHaveAccessibleName(
    new RegExp(`kept once ${formatBytes(totals.uniqueBytes)}, copies in other models `),
  );
  await expect(page.getByRole('img', { name: /^Bars per model: 8 models/ })).toBeVisible();
});

test('the table lists every model with its figures, sorts them, and opens one', async ({
  family,
  start,
}) => {
  const { page } = await start({ paths: [family.folder] });
  const { models } = family.report;
  await analysed(page, models.length);
  await goTo(page, 'Savings');
  await page.getByRole('radio', { name: 'Table' }).click();
  const table = grid(page, 'Savings per model');
  await expect(table.getByRole('rowgroup').getByRole('row')).toHaveCount(models.length);
  for (const { name, logicalBytes, exclusiveBytes, sharedBytes } of models) {
    const row = rowOf(table, name);
    const repeated = logicalBytes - (exclusiveBytes ?? 0) - (sharedBytes ?? 0);
    expect({
      logical: await cellUnder(table, row, 'Logical'),
      shared: await cellUnder(table, row, 'Shared'),
      repeated: await cellUnder(table, row, 'Repeated'),
      exclusive: await cellUnder(table, row, 'Exclusive'),
      share: await cellUnder(table, row, 'Shared %'),
    }).toEqual({
      logical: formatBytes(logicalBytes),
      shared: formatBytes(sharedBytes ?? Number.NaN),
      repeated: formatBytes(repeated),
      exclusive: formatBytes(exclusiveBytes ?? Number.NaN),
      share: formatShare(sharedBytes ?? Number.NaN, logicalBytes),
    });
  }
  await table.getByRole('columnheader', { name: 'Exclusive' }).click();
  const largest = models.toSorted((a, b) => (b.exclusiveBytes ?? 0) - (a.exclusiveBytes ?? 0));
  const first = largest[0]?.name ?? '';
  const top = table.getByRole('rowgroup').getByRole('row').first();
  await expect(top.getByTitle(first, { exact: true })).toBeVisible();
  await top.dblclick();
  await expect(page.getByRole('heading', { level: 1, name: first })).toBeVisible();
});

test('the figures are shown in the units that the person chooses', async ({ family, start }) => {
  const { page } = await start({ paths: [family.folder] });
  const { totals } = family.report;
  await analysed(page, totals.models);
  await goTo(page, 'Savings');
  await request(page, 'settings.set', { units: 'binary' });
  const before = page.getByRole('region', { name: 'Before and after' });
  await expect(before.locator('b.num')).toHaveText([
    formatBytes(totals.logicalBytes, 'binary'),
    formatBytes(totals.uniqueBytes, 'binary'),
  ]);
});
