/** Plan's first number: an estimate with its range, then the exact figure. */
import { formatBytes } from '../src/shared/base';
import { request } from './support/bridge';
import { expect, test } from './support/test';
import { analysed, goTo } from './support/window';

test('what packing would save is estimated, then measured, and adds up', async ({
  family,
  start,
}) => {
  const { page } = await start({ paths: [family.folder] });
  await analysed(page, family.report.models.length);
  await goTo(page, 'Savings');
  const card = page.getByRole('region', { name: 'If packed' });

  const measure = card.getByRole('button', { name: /^Measure/ });
  await measure.click();
  await expect(card.getByText('measured', { exact: true })).toBeVisible({ timeout: 30_000 });
  await expect(measure).toBeEnabled();

  const estimate = await request(page, 'estimate.latest', {});
  if (estimate === null) throw new Error('no estimate');
  const { logicalBytes, storedBytes, savings } = estimate;
  expect(logicalBytes).toBe(family.report.totals.logicalBytes);
  expect(storedBytes.low).toBe(storedBytes.high);
  const saved = savings.exact + savings.cast + savings.delta + savings.compression;
  expect(storedBytes.expected + saved).toBe(logicalBytes);
  await expect(card.locator('.es-headline')).toContainText(formatBytes(storedBytes.expected));
  await expect(card.getByText(/^Measured: every byte of 8 models/)).toBeVisible();
  const causes = card.getByRole('table', { name: /^What is stored/ });
  await expect(causes.getByRole('row').last()).toContainText(formatBytes(storedBytes.expected));
});
