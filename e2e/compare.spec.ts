/** Compare: two models or more, as a sentence, a bar, a map and a table, with and without a mouse. */
import { cp } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from '@playwright/test';
import { formatBytes, type ModelId } from '../src/shared/base';
import type { CompareReport } from '../src/shared/domain';
import { request } from './support/bridge';
import { writeSafetensors } from './support/safetensors-file';
import { expect, test } from './support/test';
import { analysed, cellUnder, definitionOf, goTo, grid, inspector, rowOf } from './support/window';

async function idsOf(page: Page, names: readonly string[]): Promise<readonly ModelId[]> {
  const { models } = await request(page, 'models.list', {});
  return names.map((name) => {
    const found = models.find((model) => model.name === name);
    if (found === undefined) throw new Error(`no model ${name}`);
    return found.id;
  });
}

/** What the engine says of two models. */
async function reportOf(page: Page, base: string, other: string): Promise<CompareReport> {
  const [a, b] = await idsOf(page, [base, other]);
  if (a === undefined || b === undefined) throw new Error('two models are needed');
  const [report] = await request(page, 'compare.report', { a, b: [b] });
  if (report === undefined) throw new Error('no report');
  return report;
}

/** Selects models on the Models screen, in this order. */
async function select(page: Page, names: readonly string[]): Promise<void> {
  await goTo(page, 'Models');
  for (const [at, name] of names.entries()) {
    const row = rowOf(grid(page, 'Models'), name);
    await (at === 0 ? row.click() : row.click({ modifiers: ['Control'] }));
  }
}

/** Types a name into the list of models that is open, and takes the first that fits. */
async function pick(page: Page, name: string): Promise<void> {
  const list = page.getByRole('listbox', { name: 'Models' });
  await expect(list).toBeVisible();
  await page.keyboard.type(name);
  const first = list.getByRole('option').first();
  await expect(first.getByTitle(name, { exact: true })).toBeVisible();
  await expect(first).toHaveAttribute('data-focused', 'true');
  await page.keyboard.press('Enter');
}

const table = (page: Page) => grid(page, 'Tensors compared');
const map = (page: Page) => page.getByRole('grid', { name: /^Layers by/ });
/** The cell of the map that the keyboard is at, as a screen reader has it. */
const activeCell = (page: Page) => map(page).getByRole('gridcell');
const rowCount = (page: Page, rows: number) =>
  expect(table(page)).toHaveAttribute('aria-rowcount', `${rows + 1}`);
const verdict = (page: Page) => page.getByRole('main').getByRole('heading', { level: 2 }).first();

test('two models chosen on Models: sentence, bar, map and table say what the engine found', async ({
  family,
  start,
}) => {
  const { page } = await start({ paths: [family.folder] });
  await analysed(page, family.report.totals.models);
  await select(page, ['nova-base', 'nova-instruct']);
  await inspector(page).getByRole('button', { name: 'Compare', exact: true }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Compare' })).toBeVisible();

  const report = await reportOf(page, 'nova-base', 'nova-instruct');
  const { identical, near } = report.groups;
  expect(near.tensors).toBeGreaterThan(0);
  const all = identical.tensors + near.tensors;
  expect(all).toBe(family.report.models.find(({ name }) => name === 'nova-base')?.tensors);
  await expect(verdict(page)).toHaveText(report.verdict);
  await expect(
    page
      .getByRole('main')
      .getByRole('img', { name: /^Bytes by status/ })
      .first(),
  ).toHaveAccessibleName(
    `Bytes by status: identical ${formatBytes(identical.bytes)}, near ${formatBytes(near.bytes)}`,
  );

  await rowCount(page, near.tensors);
  await page.getByRole('button', { name: 'Differences only' }).click();
  await rowCount(page, all);
  await page.getByRole('textbox', { name: 'Filter by name' }).fill('0.self_attn.q_proj');
  await rowCount(page, 1);
  const row = table(page).getByRole('row').nth(1);
  await expect(row).toContainText('near');
  expect(Number(await cellUnder(table(page), row, 'Cosine'))).toBeGreaterThan(0.9);
  expect(Number(await cellUnder(table(page), row, 'Rel. L2'))).toBeGreaterThan(0);

  await row.click();
  await expect(inspector(page).getByRole('heading', { level: 2 })).toHaveText(
    'model.layers.0.self_attn.q_proj.weight',
  );
  await expect(definitionOf(inspector(page), 'Differing bits')).toHaveText(/^[\d.]+ of 16$/);
  await inspector(page).getByRole('button', { name: 'Open in Explore: nova-instruct' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'nova-instruct' })).toBeVisible();
});

test('near pairs are measured on their data, once, and then no number is an estimate', async ({
  family,
  start,
}) => {
  const { page } = await start({ paths: [family.folder] });
  await analysed(page, family.report.totals.models);
  await select(page, ['nova-base', 'nova-code']);
  await page.keyboard.press('Control+d');
  await expect(verdict(page)).toBeVisible();
  await expect
    .poll(async () => (await reportOf(page, 'nova-base', 'nova-code')).unverified)
    .toBe(0);
  await expect(table(page).getByText('~')).toHaveCount(0);
  const measurements = async () =>
    (await request(page, 'jobs.list', {})).filter(({ kind }) => kind === 'match').length;
  expect(await measurements()).toBe(1);
  await goTo(page, 'Models');
  await goTo(page, 'Compare');
  await expect(verdict(page)).toBeVisible();
  expect(await measurements()).toBe(1);
});

test('without a mouse: to a layer on the map, its tensors, the next difference, and Explore', async ({
  family,
  start,
}) => {
  const { page } = await start({ paths: [family.folder] });
  await analysed(page, family.report.totals.models);
  await select(page, ['nova-base', 'nova-instruct']);
  const { keyboard } = page;
  await keyboard.press('Control+d');
  const { near } = (await reportOf(page, 'nova-base', 'nova-instruct')).groups;
  await rowCount(page, near.tensors);

  await map(page).focus();
  await expect(activeCell(page)).toHaveText(/^embed_tokens: nothing here$/);
  await keyboard.press('ArrowRight');
  await expect(activeCell(page)).toHaveText(/^layer 0: 4 tensors: 4 near$/);
  await keyboard.press('ArrowDown');
  await expect(activeCell(page)).toHaveText(/^layer 0: 3 tensors: 3 identical$/);
  await keyboard.press('Enter');
  await rowCount(page, 4);
  await keyboard.press('Enter');
  await rowCount(page, near.tensors);

  await keyboard.press('n');
  const first = await inspector(page).getByRole('heading', { level: 2 }).innerText();
  await keyboard.press('n');
  await expect(inspector(page).getByRole('heading', { level: 2 })).not.toHaveText(first);
  await keyboard.press('p');
  await expect(inspector(page).getByRole('heading', { level: 2 })).toHaveText(first);
  await expect(table(page).locator('[aria-selected="true"]')).toHaveAttribute('data-index', '0');
  await keyboard.press('p');
  await expect(page.getByText('This is the first difference.')).toBeVisible();

  await table(page).focus();
  await keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1, name: 'nova-instruct' })).toBeVisible();
  await keyboard.press('Alt+ArrowLeft');
  await expect(inspector(page).getByRole('heading', { level: 2 })).toHaveText(first);
});

test('n finds the next difference among identical tensors too', async ({ family, start }) => {
  const { page } = await start({ paths: [family.folder] });
  await analysed(page, family.report.totals.models);
  await select(page, ['nova-base', 'nova-instruct']);
  await page.keyboard.press('Control+d');
  await page.getByRole('button', { name: 'Differences only' }).click();
  await page.getByRole('radio', { name: 'By layer' }).click();
  const { identical, near } = (await reportOf(page, 'nova-base', 'nova-instruct')).groups;
  await rowCount(page, identical.tensors + near.tensors);
  const chosen = table(page).locator('[aria-selected="true"]');
  await page.keyboard.press('n');
  await expect(chosen).toContainText('near');
  const at = Number(await chosen.getAttribute('data-index'));
  expect(at).toBeGreaterThan(0);
  await page.keyboard.press('n');
  await expect
    .poll(async () => Number(await chosen.getAttribute('data-index')))
    .toBeGreaterThan(at);
});

test('several models: added, removed, another base; the map has rows for each', async ({
  family,
  start,
}) => {
  const { page } = await start({ paths: [family.folder] });
  await analysed(page, family.report.totals.models);
  await goTo(page, 'Compare');
  await expect(page.getByRole('heading', { level: 3, name: 'Most in common' })).toBeVisible();
  await page.getByRole('button', { name: 'Choose the base' }).click();
  await pick(page, 'nova-base');
  await page.getByRole('button', { name: 'Choose a model to compare with' }).click();
  await pick(page, 'nova-instruct');
  const others = page.getByRole('list', { name: 'Compared with the base' });
  await expect(others.getByTitle('nova-instruct', { exact: true })).toBeVisible();
  await expect(map(page)).toHaveAttribute('aria-rowcount', '3');
  const single = await reportOf(page, 'nova-base', 'nova-instruct');
  await expect(verdict(page)).toHaveText(single.verdict);

  await page.getByRole('button', { name: 'Add another model' }).click();
  await pick(page, 'nova-base-fp16');
  await expect(map(page)).toHaveAttribute('aria-rowcount', '6');
  await expect(verdict(page)).toHaveText(/^\d+% of the bytes are identical or casts, /);
  await expect(inspector(page).getByText(single.verdict)).toBeVisible();
  const model = table(page).getByRole('columnheader', { name: 'Model' });
  await expect(model).toBeVisible();

  await page.getByRole('button', { name: 'Make nova-instruct the base' }).click();
  await expect(page.getByRole('button', { name: /^Base: nova-instruct\./ })).toBeVisible();
  await page.getByRole('button', { name: 'Leave out nova-base-fp16' }).click();
  await expect(map(page)).toHaveAttribute('aria-rowcount', '3');
  await expect(verdict(page)).toHaveText(
    (await reportOf(page, 'nova-instruct', 'nova-base')).verdict,
  );
  await page.keyboard.press('Alt+ArrowLeft');
  await expect(map(page)).toHaveAttribute('aria-rowcount', '6');
});

test('tensors under other names stand with both names, and their bytes are identical', async ({
  family,
  start,
}) => {
  const { page } = await start({ paths: [family.folder] });
  await analysed(page, family.report.totals.models);
  await select(page, ['nova-base', 'nova-original']);
  await page.keyboard.press('Control+d');
  const report = await reportOf(page, 'nova-base', 'nova-original');
  expect(report.renamed).toBeGreaterThan(0);
  await expect(page.getByText(`${report.renamed} tensors under another name`)).toBeVisible();
  await expect(page.getByText('There is no difference')).toBeVisible();
  await page.getByRole('button', { name: 'Show identical tensors too' }).click();
  const row = table(page).getByRole('row').nth(1);
  await row.click();
  await expect(definitionOf(inspector(page), 'Status')).toContainText('identical');
  await expect(inspector(page).getByText('in the other model')).toBeVisible();
});

test('the map as a table says the same, in every metric', async ({ family, start }) => {
  const { page } = await start({ paths: [family.folder] });
  await analysed(page, family.report.totals.models);
  await select(page, ['nova-base', 'nova-instruct']);
  await page.keyboard.press('Control+d');
  await page.getByRole('radio', { name: 'Table' }).click();
  const layers = grid(page, 'Layers and models');
  const row = rowOf(layers, 'layer 0');
  await expect(row).toContainText('4 near');
  await page.getByRole('radio', { name: 'Cosine' }).click();
  await expect(row).toContainText(/0\.99\d+/);
  await row.dblclick();
  await expect(page.getByRole('button', { name: 'Show all layers' })).toBeVisible();
  await rowCount(page, 4);
});

test('models without fingerprints: what must finish first, how far it is, and how to start it', async ({
  family,
  folder,
  start,
}) => {
  const models = path.join(folder, 'models');
  await cp(family.folder, models, { recursive: true });
  // Zeros that take no room on the disk, but seconds to hash.
  await writeSafetensors(path.join(models, 'giant.safetensors'), [
    { name: 'hole.weight', shape: [4_100, 262_144] },
  ]);
  const { page } = await start({ paths: [models] });
  const bar = page.getByRole('contentinfo');
  await bar.getByRole('button', { name: 'Pause', exact: true }).click();
  await select(page, ['giant', 'nova-base']);
  await page.keyboard.press('Control+d');
  const main = page.getByRole('main');
  await expect(main.getByText('Fingerprinting must finish first')).toBeVisible();
  await expect(main.getByRole('listitem').filter({ hasText: 'giant' }).first()).toBeVisible();
  await expect(main.getByRole('progressbar')).toBeVisible();
  await bar.getByRole('button', { name: 'Cancel', exact: true }).click();
  await main.getByRole('button', { name: 'Fingerprint now' }).click();
  await expect(main.getByRole('progressbar')).toBeVisible();
  await expect(verdict(page)).toBeVisible({ timeout: 60_000 });
});

test('tensors with other row counts: the rows they have in common, in the table and beside it', async ({
  folder,
  start,
}) => {
  const values = Float32Array.from({ length: 96 * 64 }, (_, i) => Math.sin(i * 12.9898));
  for (const [name, count] of [
    ['long', 96],
    ['short', 95],
  ] as const) {
    await writeSafetensors(
      path.join(folder, `${name}.safetensors`),
      [{ name: 'voice', shape: [count, 64] }],
      (length) => new Uint8Array(values.buffer, 0, length),
    );
  }
  const { page } = await start({ paths: [folder] });
  await analysed(page, 2);
  await select(page, ['long', 'short']);
  await page.keyboard.press('Control+d');
  const row = table(page).getByRole('row').nth(1);
  await expect(row).toContainText('95 of 96 rows');
  await row.click();
  await expect(definitionOf(inspector(page), 'In common')).toHaveText('95 of 96 rows');
  await expect(inspector(page).getByText('the first 95 are equal, byte for byte')).toBeVisible();
});
