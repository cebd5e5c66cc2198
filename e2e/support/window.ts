/** What a person sees and does in the window, by roles and accessible names. */
import { expect, type Locator, type Page } from '@playwright/test';
import type { Launched } from './launch';

export type ScreenTitle = 'Home' | 'Models' | 'Explore' | 'Compare' | 'Savings' | 'Problems';

/** Chooses a screen in the rail. */
export async function goTo(page: Page, title: ScreenTitle): Promise<void> {
  const entry = page
    .getByRole('navigation', { name: 'Screens' })
    .getByRole('button', { name: new RegExp(`^${title}`) });
  await entry.click();
  await expect(entry).toHaveAttribute('aria-current', 'page');
}

/** Waits until the bottom of the window says that every number is exact. */
export async function analysed(page: Page, models: number): Promise<void> {
  const sentence = `${models} ${models === 1 ? 'model' : 'models'} fingerprinted, all numbers are exact`;
  await expect(page.getByRole('contentinfo').getByText(sentence)).toBeVisible({ timeout: 30_000 });
}

/** A grid or tree grid by its name. */
export const grid = (page: Page, name: string): Locator =>
  page
    .getByRole('grid', { name, exact: true })
    .or(page.getByRole('treegrid', { name, exact: true }));

/** The row whose `title`d name is exactly `name`. */
export const rowOf = (table: Locator, name: string): Locator =>
  table.getByRole('row').filter({ has: table.page().getByTitle(name, { exact: true }) });

/** The text of a row's cell under the header that is spelled `header`. */
export async function cellUnder(table: Locator, row: Locator, header: string): Promise<string> {
  const column = await table
    .getByRole('columnheader')
    .filter({ hasText: new RegExp(`^[▲▼]?${header}[▲▼]?$`) })
    .getAttribute('aria-colindex');
  return row.locator(`[role=gridcell][aria-colindex="${column}"]`).innerText();
}

/** Opens a model in Explore, from the Models screen. */
export async function explore(page: Page, model: string): Promise<void> {
  await goTo(page, 'Models');
  await rowOf(grid(page, 'Models'), model).dblclick();
  await expect(page.getByRole('heading', { level: 1, name: model, exact: true })).toBeVisible();
}

/** The inspector at the right. */
export const inspector = (page: Page): Locator => page.getByRole('complementary');

/** The value beside a term in a list of terms (`dl`). */
export const definitionOf = (within: Locator, term: string): Locator =>
  within
    .locator('dt')
    .filter({ hasText: new RegExp(`^${term}$`) })
    .locator('xpath=following-sibling::dd[1]');

/** What Node's inspector, by which the test drives the main process, says when that ends first. */
const inspectorNoise = /^Waiting for the debugger to disconnect/;

/** A run of the app that ends without a complaint: nothing thrown, nothing refused by the policy. */
export function expectNoErrors({ consoleErrors, pageErrors, mainErrors }: Launched): void {
  expect({
    consoleErrors,
    pageErrors,
    mainErrors: mainErrors.filter((line) => !inspectorNoise.test(line)),
  }).toEqual({ consoleErrors: [], pageErrors: [], mainErrors: [] });
}
