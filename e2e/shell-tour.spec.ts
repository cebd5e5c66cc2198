/** `--headless-tour`: what a start without a display shows. */
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from '@playwright/test';
import { findRuntime } from '../scripts/lib/electron-runtime.mjs';
import { writeTinyModel } from './support/tiny-model';

const root = path.resolve(import.meta.dirname, '..');
let folder = '';
test.beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tessera-tour-'));
});
test.afterEach(() => rm(folder, { recursive: true, force: true }));

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

async function tour(args: readonly string[]): Promise<Ended> {
  const electron = process.env.TESSERA_ELECTRON_FOLDER;
  const env = electron === undefined ? {} : { ELECTRON_OVERRIDE_DIST_PATH: electron };
  const { executable } = await findRuntime({ env: { ...process.env, ...env } });
  const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const started = spawn(executable, [...asRoot, root, ...args], {
    env: { ...process.env, TESSERA_USER_DATA: path.join(folder, 'data') },
  });
  let stdout = '';
  let stderr = '';
  started.stdout.on('data', (text) => {
    stdout += text;
  });
  started.stderr.on('data', (text) => {
    stderr += text;
  });
  const code = await new Promise<number | null>((resolve) => started.on('close', resolve));
  return { code, stdout, stderr };
}

/** Width and height of a PNG, from its header. */
async function pngSize(file: string): Promise<readonly [number, number]> {
  const bytes = await readFile(file);
  return [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
}

test('without paths it opens the samples, pictures every screen and prints a summary', async () => {
  const pictures = path.join(folder, 'pictures');
  const { code, stdout, stderr } = await tour([`--headless-tour=${pictures}`]);
  expect(code, stderr).toBe(0);
  expect(stdout).toMatch(/^Tessera: 8 models in \d+ files, \d+ tensors, [\d.]+ MB\n/);
  expect(stdout).toMatch(/Exact sharing: .* would be saved\n/);
  expect(stdout).not.toContain('not counted');
  expect(stdout).toContain(`24 pictures of the screens: ${pictures}\n`);
  const names = (await readdir(pictures)).sort();
  expect(names).toHaveLength(24);
  for (const name of names) {
    const wide = name.endsWith('-1440.png');
    expect(await pngSize(path.join(pictures, name)), name).toEqual(
      wide ? [1440, 900] : [1024, 700],
    );
  }
  const dark = await readFile(path.join(pictures, 'models-dark-1440.png'));
  const light = await readFile(path.join(pictures, 'models-light-1440.png'));
  expect(dark.equals(light)).toBe(false);
});

test('given paths it opens those, a broken file among them, and tells the problem', async () => {
  const models = path.join(folder, 'models');
  await mkdir(models);
  await writeTinyModel(path.join(models, 'good.safetensors'), 8, 1);
  await writeFile(path.join(models, 'bad\u001b[2J.safetensors'), 'not a model at all');
  const { code, stdout } = await tour([`--headless-tour=${path.join(folder, 'out')}`, models]);
  expect(code).toBe(0);
  expect(stdout).toContain('good');
  expect(stdout).toMatch(/1 problem:\n {2}.*bad/);
  expect(stdout).not.toContain('\u001b');
});

test('what cannot be done ends it with 1 and a sentence', async () => {
  const blocked = path.join(folder, 'a file');
  await writeFile(blocked, '');
  const noFolder = await tour([`--headless-tour=${path.join(blocked, 'pictures')}`]);
  expect(noFolder.code).toBe(1);
  expect(noFolder.stderr).toMatch(/The tour failed: .*a file/);
  const noPath = await tour([`--headless-tour=${folder}`, path.join(folder, 'nowhere')]);
  expect(noPath.code).toBe(1);
  expect(noPath.stderr).toContain('nowhere cannot be opened');
});
