/** However the sample family is opened, the window, the command line and a recomputation agree. */
import path from 'node:path';
import { request } from './support/bridge';
import { scanJson, tessera, writeFamily } from './support/cli';
import { answerOpenDialog } from './support/dialogs';
import { expectNumbersOnScreen } from './support/numbers';
import { oracle } from './support/oracle';
import { expect, test } from './support/test';
import { goTo } from './support/window';

test('a folder on the command line shows what the command line prints and a recomputation finds', async ({
  folder,
  start,
}) => {
  // Large enough that tensors are cut into several fragments.
  const large = path.join(folder, 'family');
  await writeFamily(large, '80MB');
  const report = await scanJson(large);
  const expected = oracle(large);
  expect(report.models.map(({ id: _, format: __, ...model }) => model)).toEqual(
    expected.models.map(({ uniqueBytes: _, ...model }) => model),
  );
  expect(report.totals).toEqual(expected.totals);
  expect(report.problems).toEqual([]);
  expect(report.totals.uniqueBytes).toBeLessThan(report.totals.logicalBytes);

  const { page } = await start({ paths: [large] });
  await expectNumbersOnScreen(page, report);
  const base = report.models.find(({ name }) => name === 'nova-base');
  if (base === undefined) throw new Error('no nova-base');
  const sort = { key: 'size', direction: 'descending' } as const;
  const { rows } = await request(page, 'tensors.page', {
    modelId: base.id,
    filter: {},
    sort,
    offset: 0,
    limit: 1,
  });
  expect(rows[0]?.byteLength).toBeGreaterThan(2 ** 20);
});

test('a folder from the Open dialog does, too', async ({ family, start }) => {
  const { app, page } = await start();
  await answerOpenDialog(app, [family.folder]);
  await page.getByRole('button', { name: 'Open folder…' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Models' })).toBeVisible();
  await expectNumbersOnScreen(page, family.report);
});

test('a folder and a file that are dropped on the window do, too', async ({
  family,
  folder,
  start,
}) => {
  const other = path.join(folder, 'other');
  expect((await tessera('samples', other, '--size', '1MB', '--seed', '9')).code).toBe(0);
  const file = path.join(other, 'nova-code.safetensors');
  const { page } = await start();
  await expect(page.getByRole('region', { name: 'Open models' })).toBeVisible();
  const session = await page.context().newCDPSession(page);
  const data = { items: [], files: [family.folder, file], dragOperationsMask: 1 };
  const at = { x: 700, y: 450, data };
  await session.send('Input.dispatchDragEvent', { type: 'dragEnter', ...at });
  await session.send('Input.dispatchDragEvent', { type: 'dragOver', ...at });
  await expect(page.getByText('Drop to open')).toBeVisible();
  await session.send('Input.dispatchDragEvent', { type: 'drop', ...at });
  await expect(page.getByText('Drop to open')).toBeHidden();
  await expect(page.getByRole('heading', { level: 1, name: 'Models' })).toBeVisible();
  const report = await scanJson(family.folder, file);
  expect(report.totals.models).toBe(9);
  // Two models have one name now: their rows are told apart by the exact numbers alone.
  const apart = report.models.filter(({ name }) => name !== 'nova-code');
  await expectNumbersOnScreen(page, report, apart);
});

test('a dropped file that lies nowhere gets no ticket, and the window says so', async ({
  start,
}) => {
  const { page } = await start();
  await expect(page.getByRole('region', { name: 'Open models' })).toBeVisible();
  expect(
    await page.evaluate(
      `window.tessera.mintDropped([new File(['x'], '/etc/hostname'), '/etc', {}, null])`,
    ),
  ).toEqual([]);
  await page.evaluate(`{
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File(['x'], 'model.safetensors'));
    document.body.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true }));
  }`);
  await expect(page.getByRole('alert').getByText('Nothing could be opened.')).toBeVisible();
  expect(await request(page, 'sources.list', {})).toEqual([]);
  await goTo(page, 'Models');
  await expect(page.getByText('No models are open')).toBeVisible();
});
