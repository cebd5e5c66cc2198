/** Fragment types in Explore: the column, the filter and the bars, which limit the table alike. */
import type { Locator, Page } from '@playwright/test';
import { formatBytes } from '../src/shared/base';
import type { FragmentType, TypeShare } from '../src/shared/domain';
import { request } from './support/bridge';
import { expect, test } from './support/test';
import { analysed, cellUnder, definitionOf, explore, grid, inspector } from './support/window';

const bars = (page: Page): Locator =>
  inspector(page).getByRole('table', { name: /^Bytes by type/ });
const named = (page: Page, label: string): Locator =>
  page.getByRole('button', { name: new RegExp(`^${label} ×`) });
const bar = (page: Page, label: string): Locator => bars(page).locator(named(page, label));
const count = (page: Page): Locator => page.getByRole('main').getByRole('status').first();

async function typesOf(page: Page, name: string): Promise<readonly TypeShare[]> {
  const { models } = await request(page, 'models.list', {});
  const modelId = models.find((model) => model.name === name)?.id;
  if (modelId === undefined) throw new Error(`${name} is not open`);
  const { types, totalBytes } = await request(page, 'tensors.page', {
    modelId,
    filter: {},
    sort: { key: 'file', direction: 'ascending' },
    offset: 0,
    limit: 0,
  });
  expect(types.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(totalBytes);
  return types;
}

const share = (types: readonly TypeShare[], type: FragmentType): TypeShare =>
  types.find((one) => one.type === type) ?? { type, tensors: 0, bytes: 0 };

test('every tensor says what it does, and a bar limits the table to its type', async ({
  family,
  start,
}) => {
  const { page } = await start({ paths: [family.folder] });
  await analysed(page, family.report.models.length);
  await explore(page, 'nova-base');
  const types = await typesOf(page, 'nova-base');
  const query = share(types, 'attention-query');
  const norm = share(types, 'normalization');
  expect(query.tensors).toBeGreaterThan(0);
  expect(norm.tensors).toBeGreaterThan(0);

  // One bar per type, most bytes first, each with its figures.
  await expect(bars(page).getByRole('row')).toHaveCount(types.length + 1);
  const line = bars(page)
    .getByRole('row')
    .filter({ has: named(page, 'Attention query') });
  await expect(line.getByRole('cell').first()).toHaveText(formatBytes(query.bytes));

  await bar(page, 'Attention query').click();
  await expect(bar(page, 'Attention query')).toHaveAttribute('aria-pressed', 'true');
  await expect(count(page)).toContainText(`${query.tensors} tensors`);
  const table = grid(page, 'Tensors');
  const first = table.getByRole('rowgroup').getByRole('row').first();
  await expect(first).toContainText('q_proj');
  // Short for the eye, in full for those who hear it.
  expect(await cellUnder(table, first, 'Type')).toMatch(/(^|Attn Q\s*)Attention query$/);

  // Another one by the keyboard; then both from the menu.
  await bar(page, 'Normalization').focus();
  await page.keyboard.press('Space');
  await expect(count(page)).toContainText(`${query.tensors + norm.tensors} tensors`);
  const filter = page.getByRole('button', { name: 'Filter by type: 2 types' });
  await filter.click();
  const menu = page.getByRole('menu', { name: 'Types' });
  const chosen = menu.locator('[aria-checked="true"]');
  await expect(chosen).toHaveText([/Attention query/, /Normalization/]);
  await menu.getByRole('menuitemcheckbox', { name: /^Attention query/ }).click();
  await page.keyboard.press('Escape');
  await expect(count(page)).toContainText(`${norm.tensors} tensors`);
  await expect(bar(page, 'Normalization')).toHaveAttribute('aria-pressed', 'true');

  // A tensor that is chosen says its type beside the table too.
  await table.getByRole('rowgroup').getByRole('row').first().click();
  await expect(definitionOf(inspector(page), 'Type')).toHaveText('Normalization');
  await inspector(page).getByRole('radio', { name: 'Model' }).click();
  await inspector(page).getByRole('button', { name: 'Show all types' }).click();
  await expect(page.getByRole('button', { name: 'Filter by type: Any type' })).toBeVisible();
});

test('the table sorts by type, and nothing of two filters is an empty table with a way out', async ({
  family,
  start,
}) => {
  const { page } = await start({ paths: [family.folder] });
  await analysed(page, family.report.models.length);
  await explore(page, 'nova-base');
  const table = grid(page, 'Tensors');
  const first = table.getByRole('rowgroup').getByRole('row').first();
  await table.getByRole('columnheader', { name: /^Type/ }).click();
  await expect(first).toContainText('Attention query');
  await table.getByRole('columnheader', { name: /^Type/ }).click();
  await expect(first).not.toContainText('Attention query');

  await bar(page, 'Attention query').click();
  await page.getByRole('textbox', { name: 'Filter by name' }).fill('norm');
  await expect(page.getByText('No tensor passes the filter.')).toBeVisible();
  await page.getByRole('button', { name: 'Clear the filter' }).click();
  await expect(first).toBeVisible();
  await expect(page.getByRole('button', { name: 'Filter by type: Any type' })).toBeVisible();
});

test('beside the types every name shows its layer number, in the smallest window too', async ({
  family,
  start,
}) => {
  const { app, page } = await start({ paths: [family.folder] });
  await analysed(page, family.report.models.length);
  await explore(page, 'nova-base');
  const names = grid(page, 'Tensors').locator('[role=gridcell] bdi[title^="model.layers."]');
  for (const [width, height] of [
    [1440, 900],
    [1024, 700],
  ] as const) {
    await app.evaluate(
      ({ BrowserWindow }, size) => BrowserWindow.getAllWindows()[0]?.setContentSize(...size),
      [width, height] as const,
    );
    await expect.poll(() => page.evaluate('innerWidth')).toBe(width);
    await expect(names.first()).toBeVisible();
    const hidden = await names.evaluateAll((all) =>
      all.flatMap((name) => {
        const cell = name.closest('[role=gridcell]')?.getBoundingClientRect();
        const kept = [...name.querySelectorAll('.tn-keep')].map((piece) =>
          piece.getBoundingClientRect(),
        );
        const inside = kept.every(
          ({ left, right }) => cell && left >= cell.left && right <= cell.right,
        );
        return inside && kept.length > 0 ? [] : [name.textContent];
      }),
    );
    expect(hidden, `${width}`).toEqual([]);
  }
});
