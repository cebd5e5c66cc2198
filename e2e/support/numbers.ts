/** Compares what the window shows with what the command line printed. */
import { expect, type Page } from '@playwright/test';
import type { ScanReport } from '../../src/cli/scan';
import { formatBytes, formatCount } from '../../src/shared/base';
import { request } from './bridge';
import { analysed, cellUnder, definitionOf, goTo, grid, inspector, rowOf } from './window';

type ScannedModel = ScanReport['models'][number];

/** Byte for byte, from the same requests that the screens make. */
export async function expectExactNumbers(page: Page, report: ScanReport): Promise<void> {
  const { models, totals } = await request(page, 'models.list', {});
  const shown = models.map(({ id, name, format, files, logicalBytes, tensors, dtypes, bytes }) => {
    expect(bytes?.uniqueBytes).toBe((bytes?.exclusiveBytes ?? 0) + (bytes?.sharedBytes ?? 0));
    const { exclusiveBytes, sharedBytes } = bytes ?? {};
    return { id, name, format, files, logicalBytes, tensors, dtypes, exclusiveBytes, sharedBytes };
  });
  const byId = (a: { readonly id: string }, b: { readonly id: string }) => (a.id < b.id ? -1 : 1);
  const printed = report.models.map((model) => ({ ...model, files: model.files.length }));
  expect(shown.toSorted(byId)).toEqual(printed.toSorted(byId));
  const { files, tensors, logicalBytes, uniqueBytes, pendingModels } = totals;
  expect({ models: totals.models, files, tensors, logicalBytes, uniqueBytes }).toEqual(
    report.totals,
  );
  expect(pendingModels).toBe(0);
}

/**
 * On the Models screen: the totals, and every model's row and inspector. `models`: those whose rows
 * are looked at, where not all names differ; the exact numbers are compared for all of them.
 */
export async function expectNumbersOnScreen(
  page: Page,
  report: ScanReport,
  models = report.models,
): Promise<void> {
  await analysed(page, report.totals.models);
  await expectExactNumbers(page, report);
  await goTo(page, 'Models');
  for (const model of models) await expectModelOnScreen(page, model);
  const { logicalBytes, uniqueBytes } = report.totals;
  const main = page.getByRole('main');
  await expect(definitionOf(main, 'On disk now')).toHaveText(formatBytes(logicalBytes));
  await expect(definitionOf(main, 'If stored once')).toHaveText(formatBytes(uniqueBytes));
  const saved = formatBytes(logicalBytes - uniqueBytes);
  await expect(definitionOf(main, 'Identical elsewhere')).toHaveText(saved);
}

async function expectModelOnScreen(page: Page, model: ScannedModel): Promise<void> {
  const { name, format, files, tensors, logicalBytes, exclusiveBytes, sharedBytes } = model;
  if (exclusiveBytes === null || sharedBytes === null) throw new Error(`${name} was not read`);
  const table = grid(page, 'Models');
  const row = rowOf(table, name);
  const inCell = (header: string) => cellUnder(table, row, header);
  expect({
    format: await inCell('Format'),
    files: await inCell('Files'),
    tensors: await inCell('Tensors'),
    logical: await inCell('Logical'),
    exclusive: await inCell('Exclusive'),
  }).toEqual({
    format,
    files: formatCount(files.length),
    tensors: formatCount(tensors),
    logical: formatBytes(logicalBytes),
    exclusive: formatBytes(exclusiveBytes),
  });
  await row.click();
  const panel = inspector(page);
  await expect(panel.getByRole('heading', { level: 2 })).toHaveText(name);
  await expect(definitionOf(panel, 'Logical')).toHaveText(formatBytes(logicalBytes));
  await expect(definitionOf(panel, 'Unique bytes')).toHaveText(
    formatBytes(exclusiveBytes + sharedBytes),
  );
  await expect(definitionOf(panel, 'Exclusive')).toHaveText(formatBytes(exclusiveBytes));
  await expect(definitionOf(panel, 'Shared')).toHaveText(formatBytes(sharedBytes));
  await expect(definitionOf(panel, 'Tensors')).toHaveText(formatCount(tensors));
}
