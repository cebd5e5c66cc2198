/** The similarity thresholds: kept in order, counted while they move, remembered. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Locator, Page } from '@playwright/test';
import { defaultThresholds } from '../src/shared/domain';
import { request } from './support/bridge';
import { expect, test } from './support/test';
import { analysed } from './support/window';

type Name = 'Exact' | 'Near-duplicate' | 'Similar';

const slider = (page: Page, name: Name): Locator =>
  page.getByRole('slider', { name: `${name}, score` });
const field = (page: Page, name: Name): Locator =>
  page.getByRole('textbox', { name: `${name}, score as a number` });
const found = (page: Page, kind: keyof typeof defaultThresholds): Locator =>
  page.locator(`[data-threshold="${kind}"]`);

const stored = async (page: Page) => (await request(page, 'settings.get', {})).thresholds;

async function openSettings(page: Page): Promise<void> {
  // The window listens to keys from its first picture on.
  await expect(page.getByRole('navigation', { name: 'Screens' })).toBeVisible();
  await page.keyboard.press('Control+,');
  await expect(page.getByRole('dialog', { name: 'Settings' })).toBeVisible();
}

test('thresholds move by key, stay in order, and are reset', async ({ start }) => {
  const { page } = await start();
  await openSettings(page);
  await expect(page.getByText(/What these would match is shown here once/)).toBeVisible();
  await expect(field(page, 'Near-duplicate')).toHaveValue('0.995');
  await expect(slider(page, 'Exact')).toHaveAttribute('aria-valuetext', '0.9999');

  await slider(page, 'Similar').focus();
  await page.keyboard.press('ArrowRight');
  await expect(field(page, 'Similar')).toHaveValue('0.911');
  await expect.poll(() => stored(page)).toEqual({ ...defaultThresholds, similar: 0.911 });

  // The ends: what is in the way gives way.
  await page.keyboard.press('End');
  for (const name of ['Exact', 'Near-duplicate', 'Similar'] as const) {
    await expect(field(page, name)).toHaveValue('1');
  }
  await slider(page, 'Exact').focus();
  await page.keyboard.press('Home');
  await expect.poll(() => stored(page)).toEqual({ exact: 0.5, nearDuplicate: 0.5, similar: 0.5 });

  await page.getByRole('button', { name: 'Reset' }).click();
  await expect.poll(() => stored(page)).toEqual(defaultThresholds);
  await expect(field(page, 'Similar')).toHaveValue('0.90');
  await expect(page.getByRole('button', { name: 'Reset' })).toBeDisabled();
});

test('a threshold can be typed; what is none is refused, and Escape takes it back', async ({
  start,
}) => {
  const userDataDir = await mkdtemp(path.join(tmpdir(), 'tessera-data-'));
  const { page, close } = await start({ userDataDir });
  await openSettings(page);
  await field(page, 'Near-duplicate').fill('0,99987');
  await page.keyboard.press('Enter');
  await expect(field(page, 'Near-duplicate')).toHaveValue('0.99987');
  const typed = { ...defaultThresholds, nearDuplicate: 0.99987 };
  await expect.poll(() => stored(page)).toEqual(typed);

  await field(page, 'Exact').fill('1.2');
  await expect(page.getByRole('dialog').getByRole('alert')).toHaveText('From 0.5 to 1.');
  await page.keyboard.press('Escape');
  await expect(field(page, 'Exact')).toHaveValue('0.9999');
  await expect(page.getByRole('dialog')).toBeVisible();
  expect(await stored(page)).toEqual(typed);
  await close();

  const again = await start({ userDataDir });
  await openSettings(again.page);
  await expect(field(again.page, 'Near-duplicate')).toHaveValue('0.99987');
  await again.close();
  await rm(userDataDir, { recursive: true, force: true });
});

test('while a threshold moves, what it would match is counted', async ({ family, start }) => {
  const { page } = await start({ paths: [family.folder] });
  await analysed(page, family.report.models.length);
  await openSettings(page);
  await expect(found(page, 'exact')).toHaveText(/tensors? /);
  await expect(page.getByRole('img', { name: /^Best scores of tensors/ })).toBeVisible();
  const total = async () => {
    const counts = await request(page, 'similarity.counts', { thresholds: await stored(page) });
    return [counts.exact.tensors, counts.nearDuplicate.tensors, counts.similar.tensors] as const;
  };
  const [exact, near, similar] = await total();

  // All the way down, everything that matches at all is "exact"; all others have nothing left.
  await slider(page, 'Exact').focus();
  await page.keyboard.press('Home');
  const none = /^0 tensors /;
  await expect(found(page, 'similar')).toHaveText(none);
  await expect(found(page, 'nearDuplicate')).toHaveText(none);
  await expect
    .poll(async () =>
      Number.parseInt((await found(page, 'exact').innerText()).replace(',', ''), 10),
    )
    .toBeGreaterThanOrEqual(exact + near + similar);
  await page.getByRole('button', { name: 'Reset' }).click();
  await expect(found(page, 'exact')).toHaveText(
    new RegExp(`^${exact.toLocaleString('en')} tensors? `),
  );
});
