/** Every screen in both themes without a finding of axe, and the main path without a mouse. */
import { access, cp, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { Locator, Page } from '@playwright/test';
import { request } from './support/bridge';
import { answerSaveDialog } from './support/dialogs';
import type { Launched } from './support/launch';
import { expect, test } from './support/test';
import { analysed, goTo, grid, inspector, rowOf } from './support/window';

const themes = ['light', 'dark'] as const;

/** What axe finds wrong on the page as it is, in a form that says where. */
async function findings(page: Page): Promise<readonly string[]> {
  // The legacy mode works in the page itself: the other one opens a window, which the app denies.
  const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(
      ({ target, failureSummary }) => `${id}: ${help}: ${target.join(' ')}: ${failureSummary}`,
    ),
  );
}

type Step = readonly [name: string, open: (launched: Launched) => Promise<void>];

/** A named state of the window, each reached from the one before. */
const states: readonly Step[] = [
  ['Home', ({ page }) => goTo(page, 'Home')],
  ['Models', ({ page }) => goTo(page, 'Models')],
  ['Models, one selected', ({ page }) => rowOf(grid(page, 'Models'), 'nova-base').click()],
  [
    'Models, several selected',
    ({ page }) => rowOf(grid(page, 'Models'), 'nova-code').click({ modifiers: ['Control'] }),
  ],
  [
    'Models, none that fits',
    async ({ page }) => {
      await page.getByRole('searchbox').fill('no such model');
      await expect(page.getByText('No model fits')).toBeVisible();
    },
  ],
  [
    'Explore, no model yet',
    async ({ page }) => {
      await page.getByRole('searchbox').fill('');
      await goTo(page, 'Explore');
    },
  ],
  [
    'Explore',
    async ({ page }) => {
      await rowOf(grid(page, 'Models to explore'), 'nova-base').dblclick();
      await expect(page.getByRole('heading', { level: 1, name: 'nova-base' })).toBeVisible();
    },
  ],
  [
    'Explore, a tensor chosen',
    async ({ page }) => {
      await grid(page, 'Tensors').getByRole('row').nth(3).click();
      await expect(inspector(page).getByText('BLAKE3 of its bytes')).toBeVisible();
    },
  ],
  [
    'Explore, a filter that cannot be read',
    async ({ page }) => {
      await page.getByRole('textbox', { name: 'Filter by shape' }).fill('12y');
      await expect(page.getByRole('main').getByRole('alert')).toBeVisible();
    },
  ],
  [
    'Compare, no models yet',
    async ({ page }) => {
      await page.getByRole('textbox', { name: 'Filter by shape' }).fill('');
      await goTo(page, 'Compare');
      await expect(page.getByRole('heading', { name: 'Most in common' })).toBeVisible();
    },
  ],
  [
    'Compare',
    async ({ page }) => {
      await goTo(page, 'Models');
      await page.keyboard.press('Control+d');
      await expect(page.getByRole('grid', { name: /^Layers by/ })).toBeVisible();
    },
  ],
  [
    'Compare, a cell of the map and a pair of tensors',
    async ({ page }) => {
      await page.getByRole('grid', { name: /^Layers by/ }).focus();
      await page.keyboard.press('ArrowRight');
      await page.keyboard.press('n');
      await expect(inspector(page).getByText('Agreement')).toBeVisible();
    },
  ],
  [
    'Compare, the map as a table',
    async ({ page }) => {
      await page.getByRole('radio', { name: 'Table' }).click();
      await expect(grid(page, 'Layers and models')).toBeVisible();
    },
  ],
  [
    'Compare, choosing another model',
    async ({ page }) => {
      await page.getByRole('button', { name: 'Add another model' }).click();
      await expect(page.getByRole('listbox', { name: 'Models' })).toBeVisible();
    },
  ],
  [
    'Savings',
    async ({ page }) => {
      await page.keyboard.press('Escape');
      await goTo(page, 'Savings');
    },
  ],
  ['Savings, as a table', ({ page }) => page.getByRole('radio', { name: 'Table' }).click()],
  ['Problems', ({ page }) => goTo(page, 'Problems')],
  [
    'the jobs drawer',
    async ({ page }) => {
      await page.keyboard.press('Control+j');
      await expect(page.getByRole('region', { name: 'Jobs' })).toBeVisible();
    },
  ],
  [
    'the settings',
    async ({ page }) => {
      await page.keyboard.press('Control+j');
      await page.keyboard.press('Control+,');
      await expect(page.getByRole('dialog')).toBeVisible();
    },
  ],
  [
    'the palette',
    async ({ page }) => {
      await page.keyboard.press('Escape');
      await page.keyboard.press('Control+Shift+P');
      await expect(page.getByRole('dialog')).toBeVisible();
    },
  ],
  [
    'the keys',
    async ({ page }) => {
      await page.keyboard.press('Escape');
      await page.keyboard.press('?');
      await expect(page.getByRole('dialog')).toBeVisible();
    },
  ],
];

const empty: readonly Step[] = [
  ['Home, nothing open', ({ page }) => goTo(page, 'Home')],
  ['Models, nothing open', ({ page }) => goTo(page, 'Models')],
  ['Explore, nothing open', ({ page }) => goTo(page, 'Explore')],
  ['Compare, nothing open', ({ page }) => goTo(page, 'Compare')],
  ['Savings, nothing open', ({ page }) => goTo(page, 'Savings')],
  ['Problems, nothing open', ({ page }) => goTo(page, 'Problems')],
];

async function expectNoFindings(launched: Launched, steps: readonly Step[]): Promise<void> {
  for (const [name, open] of steps) {
    await open(launched);
    expect.soft(await findings(launched.page), name).toEqual([]);
  }
}

/** Sets the theme, and waits until the page has it. */
async function choose(page: Page, theme: (typeof themes)[number]): Promise<void> {
  // Playwright pretends that the system is light, unless told not to.
  await page.emulateMedia({ colorScheme: null });
  await request(page, 'settings.set', { theme });
  await expect
    .poll(() => page.evaluate('matchMedia("(prefers-color-scheme: dark)").matches'))
    .toBe(theme === 'dark');
  await expect(page.locator('html')).toHaveAttribute('data-theme', theme);
}

for (const theme of themes) {
  test(`axe finds nothing on any screen, ${theme}`, async ({ family, folder, start }) => {
    const models = path.join(folder, 'models');
    await cp(family.folder, models, { recursive: true });
    await writeFile(path.join(models, 'broken.safetensors'), '{');
    const launched = await start();
    await choose(launched.page, theme);
    await expectNoFindings(launched, empty);
    await launched.close();

    const filled = await start({ paths: [models] });
    await choose(filled.page, theme);
    await analysed(filled.page, family.report.totals.models + 1);
    await expectNoFindings(filled, states);
  });
}

/** Presses Tab until the focus is on `what`, as a person without a mouse would. */
async function tabTo(page: Page, what: Locator): Promise<void> {
  const focused = what.and(page.locator(':focus'));
  for (let presses = 0; presses < 60; presses += 1) {
    if ((await focused.count()) > 0) return;
    await page.keyboard.press('Tab');
  }
  throw new Error('60 presses of Tab did not lead there');
}

test('from Home over a model and its tensors to a saved manifest, without a mouse', async ({
  family,
  folder,
  start,
}) => {
  const saved = path.join(folder, 'manifest.json');
  const { app, page } = await start({ paths: [family.folder] });
  await analysed(page, family.report.totals.models);
  await answerSaveDialog(app, saved);
  const { keyboard } = page;

  await keyboard.press('1');
  await expect(page.getByRole('heading', { level: 1, name: 'Home' })).toBeVisible();
  await tabTo(page, page.getByRole('button', { name: 'Show models' }));
  await keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1, name: 'Models' })).toBeVisible();

  await tabTo(page, grid(page, 'Models'));
  await keyboard.press('Home');
  await keyboard.press('ArrowDown');
  await keyboard.press('ArrowDown');
  await keyboard.press('Space');
  const name = family.report.models[1]?.name ?? '';
  await expect(rowOf(grid(page, 'Models'), name)).toHaveAttribute('aria-selected', 'true');
  await expect(inspector(page).getByRole('heading', { level: 2 })).toHaveText(name);
  await keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();

  const tree = page.getByRole('tree', { name: 'Tensors by name' });
  await tabTo(page, tree);
  await keyboard.press('m');
  await keyboard.press('Enter');
  await expect(tree.locator('[aria-selected="true"]').getByTitle('model')).toBeVisible();
  await keyboard.press('Control+f');
  await expect(page.getByRole('textbox', { name: 'Filter by name' })).toBeFocused();
  await keyboard.type('q_proj');
  const table = grid(page, 'Tensors');
  await expect(table.getByRole('row').nth(1)).toContainText('q_proj');
  await tabTo(page, table);
  await keyboard.press('ArrowDown');
  await keyboard.press('ArrowUp');
  await expect(inspector(page).getByText('BLAKE3 of its bytes')).toBeVisible();
  await expect(table.locator('[aria-selected="true"]')).toContainText('q_proj');

  await keyboard.press('Control+Shift+P');
  await keyboard.type('export the manifest');
  await expect(page.getByRole('option', { selected: true })).toContainText('Export the manifest');
  await keyboard.press('Enter');
  await expect(page.getByRole('status').getByText(/^Manifest saved/)).toBeVisible();
  await access(saved);
});
