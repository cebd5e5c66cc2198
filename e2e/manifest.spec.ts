/** A manifest from the window is the command line's, byte for byte, and finds a single flipped byte. */
import { cp, open, readFile } from 'node:fs/promises';
import path from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { Manifest } from '../src/shared/domain';
import { tessera } from './support/cli';
import { answerSaveDialog } from './support/dialogs';
import { expect, test } from './support/test';
import { analysed, explore, goTo, grid, inspector, rowOf } from './support/window';

const model = 'nova-base';
const schemaFile = path.resolve(import.meta.dirname, '../docs/manifest.schema.json');

/** Inverts the bits of one byte. */
async function flipByte(file: string, offset: number): Promise<void> {
  const handle = await open(file, 'r+');
  const byte = Buffer.alloc(1);
  await handle.read(byte, 0, 1, offset);
  byte[0] = (byte[0] ?? 0) ^ 0xff;
  await handle.write(byte, 0, 1, offset);
  await handle.close();
}

test('a manifest exported from the window is the command line’s and checks the files', async ({
  family,
  folder,
  start,
}) => {
  const saved = path.join(folder, 'from-window.json');
  const printed = path.join(folder, 'from-cli.json');
  const { app, page } = await start({ paths: [family.folder] });
  await analysed(page, family.report.totals.models);
  await answerSaveDialog(app, saved);
  await goTo(page, 'Models');
  await rowOf(grid(page, 'Models'), model).click();
  await inspector(page).getByRole('button', { name: 'Export manifest…' }).click();
  await expect(page.getByRole('status').getByText(/^Manifest saved, /)).toBeVisible();
  await expect(page.getByRole('status').getByText(saved)).toBeVisible();

  const args = ['manifest', 'export', family.folder, '--no-cache', '--model', model];
  expect(await tessera(...args, '-o', printed)).toMatchObject({ code: 0 });
  const text = await readFile(saved, 'utf8');
  expect(text === (await readFile(printed, 'utf8'))).toBe(true);

  const manifest = JSON.parse(text) as Manifest;
  const validate = new Ajv2020({ allErrors: true }).compile(
    JSON.parse(await readFile(schemaFile, 'utf8')) as object,
  );
  expect(validate(manifest), JSON.stringify(validate.errors)).toBe(true);
  const scanned = family.report.models.find(({ name }) => name === model);
  expect(manifest.files.map((file) => file.path)).toEqual(scanned?.files);
  expect(manifest.totals).toMatchObject({
    logicalBytes: scanned?.logicalBytes,
    uniqueBytes: (scanned?.exclusiveBytes ?? 0) + (scanned?.sharedBytes ?? 0),
    tensors: scanned?.tensors,
  });

  const original = path.join(family.folder, model);
  expect(await tessera('manifest', 'verify', saved, '--against', original)).toMatchObject({
    code: 0,
    err: '',
  });
  const damaged = path.join(folder, 'damaged');
  await cp(original, damaged, { recursive: true });
  const tensor = manifest.tensors.at(-1);
  const file = manifest.files[tensor?.file ?? -1]?.path ?? '';
  await flipByte(path.join(damaged, file), (tensor?.offset ?? 0) + 5);
  const { code, out } = await tessera('manifest', 'verify', saved, '--against', damaged);
  expect(code).toBe(1);
  expect(out).toContain(`${file} at byte ${tensor?.offset}: expected tensor ${tensor?.hash}`);
  expect(out).toContain('the files are not what the manifest says');
});

test('a manifest that cannot be written says so, and leaves nothing behind', async ({
  family,
  folder,
  start,
}) => {
  const { app, page } = await start({ paths: [family.folder] });
  await analysed(page, family.report.totals.models);
  const target = path.join(folder, 'no such folder', 'manifest.json');
  await answerSaveDialog(app, target);
  await explore(page, model);
  await page.getByRole('banner').getByRole('button', { name: 'Export manifest…' }).click();
  await expect(page.getByRole('alert').getByText(target, { exact: false })).toBeVisible();
  await expect(readFile(target)).rejects.toThrow('ENOENT');
});
