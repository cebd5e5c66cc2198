/** Broken files among good ones are named with what is wrong, where, and what to do; names are text. */
import { cp, symlink, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from '@playwright/test';
import { request } from './support/bridge';
import { scanJson } from './support/cli';
import { expectExactNumbers } from './support/numbers';
import { writeSafetensors } from './support/safetensors-file';
import { expect, test } from './support/test';
import { analysed, cellUnder, goTo, grid, inspector, rowOf } from './support/window';

/** Markup, a right-to-left override, controls and a line break: each would spoil a careless page. */
const hostile = '<img src=x onerror="document.title=1">\u202egnp\u0007\u001b[31m\n';
/** The same as the window has to show it. */
const shown = '<img src=x onerror="document.title=1">\\u{202E}gnp\\u{7}\\u{1B}[31m\\n';

const webPage = '<!doctype html><html><body><h1>Access is restricted</h1></body></html>';

async function writeModels(folder: string, good: string): Promise<void> {
  const at = (name: string) => path.join(folder, name);
  await cp(good, at('good.safetensors'));
  await cp(good, at('copy.safetensors'));
  await cp(good, at('truncated.safetensors'));
  await truncate(at('truncated.safetensors'), 100_000);
  await writeFile(at('garbage.safetensors'), Buffer.alloc(4096, 0xc3));
  await writeFile(at('page.safetensors'), webPage.padEnd(2000));
  await symlink(at('nowhere'), at('dangling.safetensors'));
}

const findings = (page: Page) =>
  page.getByRole('region', { name: 'Problems' }).getByRole('list').getByRole('listitem');

test('broken files are listed with what is wrong, where, and what to do; good ones open', async ({
  family,
  folder,
  start,
}) => {
  await writeModels(folder, path.join(family.folder, 'nova-code.safetensors'));
  const report = await scanJson(folder);
  const { page } = await start({ paths: [folder] });
  await analysed(page, 5);
  await expectExactNumbers(page, report);
  await goTo(page, 'Models');
  const table = grid(page, 'Models');
  const formats = { good: 'safetensors', copy: 'safetensors', truncated: 'opaque' };
  for (const [name, format] of Object.entries({ ...formats, garbage: 'opaque', page: 'opaque' })) {
    const row = rowOf(table, name);
    expect([name, await cellUnder(table, row, 'Format')]).toEqual([name, format]);
    expect([name, await cellUnder(table, row, 'Tensors')]).toEqual([
      name,
      format === 'opaque' ? '0' : `${report.models.find((one) => one.name === name)?.tensors}`,
    ]);
  }
  await rowOf(table, 'truncated').click();
  await expect(inspector(page).getByText(/^opaque: Broken at byte \d+: /)).toBeVisible();

  const rail = page.getByRole('navigation', { name: 'Screens' });
  await expect(rail.getByRole('button', { name: /^Problems 4 found/ })).toBeVisible();
  await goTo(page, 'Problems');
  const problems = await request(page, 'problems.list', {});
  expect(problems.map(({ file, error }) => ({ file, error }))).toEqual(report.problems);
  await expect(findings(page)).toHaveCount(4);
  for (const problem of problems) {
    const row = findings(page).filter({
      has: page.getByTitle(problem.file, { exact: true }),
    });
    await expect(row).toContainText(problem.error);
    expect(problem.hint).toMatch(/^[A-Z].*\.$/);
    await expect(row).toContainText(`What to do: ${problem.hint}`);
  }
  const broken = (name: string) => problems.find(({ file }) => file.endsWith(`/${name}`));
  expect(broken('truncated.safetensors')).toMatchObject({ kind: 'malformed' });
  expect(broken('truncated.safetensors')?.offset).toBeGreaterThan(8);
  expect(broken('garbage.safetensors')).toMatchObject({ kind: 'malformed', offset: 0 });
  expect(broken('page.safetensors')).toMatchObject({ kind: 'malformed', offset: 0 });
  expect(broken('dangling.safetensors')).toMatchObject({ kind: 'unreadable' });
});

test('a hostile name of a file, a model and a tensor is text everywhere', async ({
  folder,
  start,
}) => {
  await writeFile(path.join(folder, `bad ${hostile}.safetensors`), '{"a":1}');
  await writeSafetensors(path.join(folder, `good ${hostile}.safetensors`), [
    { name: `${hostile}.weight`, shape: [4, 4] },
  ]);
  const { page } = await start({ paths: [folder] });
  await analysed(page, 2);
  const title = await page.title();
  await page.evaluate(`{
    window.injected = 0;
    const count = () => (window.injected += document.querySelectorAll('img[src="x"]').length);
    new MutationObserver(count).observe(document, { subtree: true, childList: true });
  }`);
  const visible = (text: string) => page.getByText(text).first();

  await goTo(page, 'Models');
  await expect(visible(`bad ${shown}`)).toBeVisible();
  await visible(`good ${shown}`).click();
  await expect(inspector(page).getByRole('heading', { level: 2 })).toHaveText(`good ${shown}`);
  await page.getByRole('radio', { name: 'Flat' }).click();
  await inspector(page).getByRole('button', { name: 'Open in Explore' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(`good ${shown}`);
  await grid(page, 'Tensors').getByText(shown).click();
  await expect(inspector(page).getByRole('heading', { level: 3 })).toHaveText(`${shown}.weight`);
  await goTo(page, 'Savings');
  await expect(page.getByRole('img', { name: /^Bars per model/ })).toBeVisible();
  await page.getByRole('radio', { name: 'Table' }).click();
  await expect(visible(`bad ${shown}`)).toBeVisible();
  await goTo(page, 'Problems');
  await expect(findings(page)).toContainText([`bad ${shown}.safetensors`]);
  await page.keyboard.press('Control+p');
  await expect(page.getByRole('dialog').getByText(`good ${shown}`)).toBeVisible();
  await page.keyboard.press('Escape');
  await goTo(page, 'Home');

  expect(await page.title()).toBe(title);
  expect(await page.evaluate('window.injected')).toBe(0);
});
