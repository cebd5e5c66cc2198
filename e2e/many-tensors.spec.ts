/** A model of 100,000 tensors, and names of 200,000 characters: the window draws only what is seen. */
import path from 'node:path';
import type { Locator, Page } from '@playwright/test';
import { request } from './support/bridge';
import { type TensorEntry, writeSafetensors } from './support/safetensors-file';
import { expect, test } from './support/test';
import { analysed, explore, grid, inspector } from './support/window';

const count = 100_000;
const perLayer = 20;
const mostRows = 200;

/** `model.layers.0.experts.0.weight` … in file order. */
const nameOf = (index: number) =>
  `model.layers.${Math.floor(index / perLayer)}.experts.${index % perLayer}.weight`;

const entries: readonly TensorEntry[] = Array.from({ length: count }, (_, index) => ({
  name: nameOf(index),
  shape: [1 + (index % 3)],
}));

const rowsOf = (table: Locator) => table.getByRole('rowgroup').getByRole('row');

/** The row of a tensor by its place in the table, which is its index while nothing is filtered. */
const rowAt = (table: Locator, index: number) => table.locator(`[aria-rowindex="${index + 2}"]`);

async function expectRow(table: Locator, index: number): Promise<void> {
  const row = rowAt(table, index);
  await expect(row.getByTitle(nameOf(index), { exact: true })).toBeInViewport();
  await expect(row.getByRole('gridcell', { name: `${4 + 4 * (index % 3)} B` })).toBeVisible();
}

/** Both sides answer, and few rows are drawn. */
async function expectAtEase(page: Page): Promise<void> {
  expect((await request(page, 'app.info', {})).version).toMatch(/^\d/);
  expect(await rowsOf(grid(page, 'Tensors')).count()).toBeLessThan(mostRows);
  expect(await page.getByRole('treeitem').count()).toBeLessThan(mostRows);
}

test('100,000 tensors scroll to both ends by key and by wheel, and only what is seen is drawn', async ({
  folder,
  start,
}) => {
  const file = path.join(folder, 'many.safetensors');
  await writeSafetensors(file, entries);
  const { page } = await start({ paths: [file] });
  await explore(page, 'many');
  const table = grid(page, 'Tensors');
  await expect(table).toHaveAttribute('aria-rowcount', `${count + 1}`);
  await expectRow(table, 0);

  await table.focus();
  await page.keyboard.press('End');
  await expectRow(table, count - 1);
  await expect(rowAt(table, count - 1)).toHaveAttribute('aria-selected', 'true');
  await expect(inspector(page).getByRole('heading', { level: 3 })).toHaveText(nameOf(count - 1));
  await expectAtEase(page);
  await page.keyboard.press('Home');
  await expectRow(table, 0);
  for (let pages = 1; pages <= 40; pages += 1) {
    await page.keyboard.press('PageDown');
    if (pages % 10 === 0) await expectAtEase(page);
  }
  const active = Number(await table.locator('[aria-selected="true"]').getAttribute('data-index'));
  expect(active).toBeGreaterThan(40 * 5);
  await expectRow(table, active);

  await table.hover();
  await page.mouse.wheel(0, 40 * count);
  await expectRow(table, count - 1);
  await expectAtEase(page);
  for (let step = 0; step < 20; step += 1) {
    await page.mouse.wheel(0, -20_000);
    await expectAtEase(page);
  }
  await page.mouse.wheel(0, -40 * count);
  await expectRow(table, 0);
  await analysed(page, 1);
});

test('100,000 tensors open up as a tree, and a regular expression finds its few', async ({
  folder,
  start,
}) => {
  const file = path.join(folder, 'many.safetensors');
  await writeSafetensors(file, entries);
  const { page } = await start({ paths: [file] });
  await explore(page, 'many');

  const tree = page.getByRole('tree', { name: 'Tensors by name' });
  const node = (label: string, level: number) =>
    tree
      .locator(`[role=treeitem][aria-level="${level}"]`)
      .filter({ has: page.getByText(label, { exact: true }) });
  const layers = count / perLayer;
  const last = node(`${layers - 1}`, 3);
  await node('layers', 2).click();
  await expect(node('0', 3)).toHaveAttribute('aria-setsize', `${layers}`);
  await page.keyboard.press('End');
  await expect(last).toBeInViewport();
  await page.keyboard.press('ArrowRight');
  await expect(node('experts', 4)).toBeVisible();
  await last.click();
  const table = grid(page, 'Tensors');
  await expect(table).toHaveAttribute('aria-rowcount', `${perLayer + 1}`);
  await expect(table.getByTitle(nameOf(count - 1), { exact: true })).toBeVisible();
  await expectAtEase(page);
  await page.getByRole('button', { name: /^Show all tensors/ }).click();

  await page.getByRole('button', { name: 'Regular expression' }).click();
  await page
    .getByRole('textbox', { name: 'Filter by name' })
    .fill('layers\\.(7|4999)\\..*\\.3\\.weight$');
  await expect(table).toHaveAttribute('aria-rowcount', '3');
  await expect(table.getByTitle(nameOf(7 * perLayer + 3), { exact: true })).toBeVisible();
  await expect(table.getByTitle(nameOf(4999 * perLayer + 3), { exact: true })).toBeVisible();
  await page.getByRole('textbox', { name: 'Filter by name' }).fill('(.*)*\\1$x');
  await expect(page.getByRole('main').getByRole('alert')).toContainText(
    /^This pattern takes too long on these names\./,
  );
  await expectAtEase(page);
});

test('names of 200,000 characters are listed, shown and found', async ({ folder, start }) => {
  const file = path.join(folder, 'long.safetensors');
  const longName = (letter: string) => `model.${letter.repeat(200_000)}.weight`;
  const letters = ['a', 'b', 'c'];
  await writeSafetensors(
    file,
    letters.map((letter) => ({ name: longName(letter), shape: [2] })),
  );
  const { page } = await start({ paths: [file] });
  await explore(page, 'long');
  const table = grid(page, 'Tensors');
  await expect(rowsOf(table)).toHaveCount(letters.length);
  await expect(rowAt(table, 1)).toContainText('model.bbbb');
  await expect(rowAt(table, 1)).toContainText('bbbb.weight');
  await rowAt(table, 1).click();
  await expect(inspector(page).getByRole('heading', { level: 3 })).toContainText('model.bbbb');
  const shown = await page.evaluate('document.body.innerText.length');
  expect(shown).toBeLessThan(20_000);
  await page.getByRole('textbox', { name: 'Filter by name' }).fill('ccc');
  await expect(rowsOf(table)).toHaveCount(1);
  await analysed(page, 1);
});
