/** The header of a model, readable: facts, key-values by origin, long arrays by page, copies. */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { array, ggufFile, text, u32 } from '../src/main/engine/formats/testing/gguf-file';
import { refusal, request } from './support/bridge';
import { expect, test } from './support/test';
import { analysed, definitionOf, explore, goTo, grid, inspector, rowOf } from './support/window';

const tokens = Array.from({ length: 1000 }, (_, at) => (at === 731 ? '<b>bold</b>' : `tok${at}`));
const template =
  '{% for message in messages %}\n<img src=x onerror="window.injected = 1">{{ message + \'\\n\' }}\n{% endfor %}';

function gguf(): Buffer {
  return ggufFile({
    pairs: [
      ['general.architecture', text('llama')],
      ['general.name', text('Small <i>one</i>')],
      ['general.file_type', u32(15)],
      ['general.license', text('apache-2.0')],
      ['llama.context_length', u32(8192)],
      ['llama.block_count', u32(2)],
      ['tokenizer.ggml.tokens', array('string', tokens.map(text))],
      ['tokenizer.chat_template', text(template)],
    ],
    tensors: [
      { name: 'token_embd.weight', dims: [256, 4], type: 12 },
      { name: 'output_norm.weight', dims: [256], type: 0 },
    ],
  });
}

test('a GGUF header is readable, pages through long arrays and is copied whole', async ({
  folder,
  start,
}) => {
  const file = path.join(folder, 'small.gguf');
  await writeFile(file, gguf());
  const { app, page } = await start({ paths: [folder] });
  await analysed(page, 1);

  await goTo(page, 'Models');
  await rowOf(grid(page, 'Models'), 'small').click();
  await expect(definitionOf(inspector(page), 'Context length')).toHaveText('8,192 tokens');

  await explore(page, 'small');
  const panel = inspector(page);
  await expect(definitionOf(panel, 'Architecture')).toHaveText('llama');
  await expect(definitionOf(panel, 'Quantised as')).toHaveText('Q4_K_M');
  await expect(definitionOf(panel, 'Licence')).toHaveText('apache-2.0');
  const mix = panel.getByRole('table', { name: 'Bytes by dtype' });
  await expect(mix.getByRole('row').filter({ hasText: 'Q4_K' })).toContainText('576 B');
  await expect(mix.getByRole('row').filter({ hasText: 'F32' })).toContainText('1.02 kB');
  for (const origin of ['GGUF general', 'GGUF llama', 'GGUF tokenizer']) {
    await expect(panel.getByRole('heading', { level: 4, name: origin })).toBeVisible();
  }

  await panel.getByText('ggml.tokens').click();
  const items = panel.getByRole('list', { name: 'Items of ggml.tokens' });
  await expect(items.getByRole('listitem')).toHaveCount(200);
  await expect(panel.getByText('0–199 of 1,000')).toBeVisible();
  await panel.getByRole('button', { name: 'Next page' }).click();
  await expect(items.getByRole('listitem').first()).toHaveText('200tok200');
  await panel.getByRole('textbox', { name: 'Go to the item number' }).fill('731');
  await page.keyboard.press('Enter');
  await expect(items.locator('[aria-current=true]')).toHaveText('731<b>bold</b>');
  await panel.getByRole('searchbox', { name: /^Find on this page/ }).fill('tok79');
  await expect(items.getByRole('listitem')).toHaveCount(10);

  const block = panel.getByLabel('chat_template', { exact: true });
  expect(await block.innerText()).toBe(template);
  expect(await page.locator('img[src=x], main b, main i >> text=one').count()).toBe(0);
  expect(await page.evaluate('window.injected')).toBeUndefined();

  for (const theme of ['light', 'dark'] as const) {
    await request(page, 'settings.set', { theme });
    const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
    expect(violations.map(({ id, nodes }) => [id, nodes.map(({ target }) => target)])).toEqual([]);
  }

  const clipboard = () => app.evaluate((electron) => electron.clipboard.readText());
  await panel.getByRole('button', { name: 'Copy as JSON' }).click();
  await expect(panel.getByRole('button', { name: 'Copied' })).toBeVisible();
  const copied = JSON.parse(await clipboard());
  expect(copied['tokenizer.ggml.tokens']).toEqual(tokens);
  expect(copied['tokenizer.chat_template']).toBe(template);
  await block.hover();
  await panel.getByRole('button', { name: 'Copy chat_template' }).click();
  await expect.poll(clipboard).toBe(template);
});

test('a page is refused when the file is no longer what its header said', async ({
  folder,
  start,
}) => {
  const file = path.join(folder, 'small.gguf');
  await writeFile(file, gguf());
  const { page } = await start({ paths: [folder] });
  await analysed(page, 1);
  const { models } = await request(page, 'models.list', {});
  const modelId = models[0]?.id ?? '';
  const ask = { modelId, path: ['tokenizer.ggml.tokens'], from: 998, count: 10 };
  const answer = await request(page, 'models.metadataItems', ask as never);
  expect(answer).toEqual({ total: 1000, from: 998, items: ['tok998', 'tok999'] });
  expect(await refusal(page, 'models.metadataItems', { ...ask, path: ['nothing'] })).toBe(
    'not-found',
  );
  await writeFile(file, Buffer.concat([gguf(), Buffer.alloc(64)]));
  expect(await refusal(page, 'models.metadataItems', ask)).toBe('io');
  expect(await refusal(page, 'models.metadataJson', { modelId, path: [] })).toBe('io');
});

test('a store’s findings are grouped by kind with their bytes, filtered and copied', async ({
  folder,
  start,
}) => {
  const blobs = path.join(folder, 'models', 'blobs');
  await mkdir(path.join(folder, 'models', 'manifests', 'registry.ollama.ai'), { recursive: true });
  await mkdir(blobs, { recursive: true });
  await writeFile(path.join(blobs, `sha256-${'1'.repeat(64)}`), Buffer.alloc(1_500_000, 1));
  await writeFile(path.join(blobs, `sha256-${'2'.repeat(64)}-partial`), Buffer.alloc(500_000, 2));
  await writeFile(path.join(folder, 'bad.safetensors'), 'no header');
  const { app, page } = await start({ paths: [folder] });
  await goTo(page, 'Problems');
  const region = page.getByRole('region', { name: 'Problems' });
  const orphan = page.getByRole('heading', { level: 3, name: /^Orphan/ });
  await expect(orphan.locator('xpath=..')).toContainText('1.50 MB');
  await expect(region.getByRole('heading', { level: 3, name: /^Malformed file/ })).toBeVisible();

  await region.getByRole('radio', { name: /^Orphan 1/ }).click();
  await expect(region.getByRole('listitem')).toHaveCount(1);
  await expect(region.getByRole('listitem')).toContainText('What to do:');
  await region.getByRole('button', { name: 'Copy all' }).click();
  await expect(page.getByText('1 problem copied.')).toBeVisible();
  const copied = await app.evaluate((electron) => electron.clipboard.readText());
  expect(copied).toMatch(/^Orphan: /);
  expect(copied).toContain('size: 1,500,000 bytes');

  await region.getByRole('radio', { name: /^All/ }).click();
  await region.getByRole('searchbox', { name: 'Filter the findings' }).fill('bad.safetensors');
  await expect(region.getByRole('listitem')).toHaveCount(1);
  await region.getByRole('searchbox', { name: 'Filter the findings' }).fill('no such words');
  await expect(region.getByText('No finding has all of these words.')).toBeVisible();
});
