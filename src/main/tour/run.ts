import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { BrowserWindow } from 'electron';
import { formatDuration } from '../../shared/base';
import type { ModelSummary } from '../../shared/domain';
import type { MenuCommand, ScreenName } from '../../shared/ipc';
import type { SendEvent } from '../ipc/setup';
import type { EngineAccess } from '../session/engine-access';
import type { LiveSettings } from '../settings/live';
import { tourComparison } from './family';
import type { Comparison } from './pair';
import { allShots, type Shot, shotFileName } from './shots';
import { tourSummary } from './summary';

/** Milliseconds. */
const idleTimeout = 10 * 60_000;
const settleTimeout = 30_000;
const estimateTimeout = 30_000;

export interface TourParts {
  /** Where the pictures go; created if missing. Absolute. */
  readonly folder: string;
  readonly engine: EngineAccess;
  readonly window: BrowserWindow;
  readonly send: SendEvent;
  readonly settings: LiveSettings;
}

/**
 * Waits until everything opened is analysed, takes a picture of every screen in every theme and
 * size, and returns the summary. Rejects with a sentence when anything of that cannot be done.
 */
export async function runTour(parts: TourParts): Promise<string> {
  const { engine, folder, settings, window } = parts;
  await within(engine.idle(), idleTimeout, 'the analysis');
  await mkdir(folder, { recursive: true });
  const { models, totals } = await engine.call('models.list', null);
  const { theme, units } = settings.get();
  const compare = await tourComparison(engine, models);
  if (compare) await measure(engine, compare);
  if (totals.pendingModels === 0) await estimated(engine);
  const shots = allShots();
  // Wherever the pointer is, no picture shows what hovers under it.
  window.setIgnoreMouseEvents(true);
  try {
    for (const shot of shots) await takeShot(parts, shot, placeOf(shot.screen, models, compare));
  } finally {
    settings.set({ theme });
  }
  const savings = await engine.call('savings.report', null);
  const problems = await engine.call('problems.list', null);
  const pictures = { folder, count: shots.length };
  return tourSummary({ models, totals, savings, problems, pictures, units });
}

/** So that no number of the comparison is an estimate. */
async function measure(engine: EngineAccess, compare: Comparison): Promise<void> {
  await engine.call('compare.verify', compare);
  await within(engine.idle(), idleTimeout, 'the comparison');
}

/** Waits until Savings has an estimate to show; a picture without one is still a picture. */
async function estimated(engine: EngineAccess): Promise<void> {
  const end = performance.now() + estimateTimeout;
  while ((await engine.call('estimate.latest', null)) === null && performance.now() < end) {
    await new Promise((done) => setTimeout(done, 100));
  }
}

/** Where the menu would lead; Explore shows the first model that has tensors, Compare a pair. */
function placeOf(
  screen: ScreenName,
  models: readonly ModelSummary[],
  compare: Comparison | undefined,
): MenuCommand {
  const model = models.find((candidate) => candidate.tensors > 0);
  const explores = screen === 'explore' && model !== undefined;
  return {
    kind: 'go',
    screen,
    ...(explores && { modelId: model.id, tensor: 0 }),
    ...(screen === 'compare' && compare && { compare }),
  };
}

async function takeShot(parts: TourParts, shot: Shot, place: MenuCommand): Promise<void> {
  const { engine, folder, window, send, settings } = parts;
  const name = shotFileName(shot);
  if (settings.get().theme !== shot.theme) settings.set({ theme: shot.theme });
  window.setContentSize(shot.width, shot.height);
  send('menu.command', place);
  await settle(window, shot);
  if (shot.screen === 'compare') {
    await window.webContents.executeJavaScript(chooseDifferenceScript);
    // The screen has its pairs measured itself: the job is under way once it has settled.
    await within(engine.idle(), idleTimeout, `the work for ${name}`);
    await settle(window, shot);
  }
  const picture = await window.webContents.capturePage();
  const { width, height } = picture.getSize();
  if (width !== shot.width || height !== shot.height) {
    throw new Error(
      `${name}: the picture is ${width}×${height} pixels; the display may be smaller than the window.`,
    );
  }
  await writeFile(path.join(folder, name), picture.toPNG());
}

async function settle(window: BrowserWindow, shot: Shot): Promise<void> {
  const name = shotFileName(shot);
  const settled: unknown = await within(
    window.webContents.executeJavaScript(settleScript(shot)),
    settleTimeout + 10_000,
    `the screen of ${name}`,
  );
  if (settled !== 'settled') throw new Error(`${name}: the screen did not settle (${settled}).`);
}

/** Runs in the page: chooses the first difference, as the key does, where none is chosen yet. */
const chooseDifferenceScript = `
  if (document.querySelector('[role="grid"] [role="row"][aria-selected="true"]') === null &&
      document.querySelector('[role="grid"] [role="row"][data-index="0"]') !== null) {
    dispatchEvent(new KeyboardEvent('keydown', { key: 'n' }));
  }`;

/**
 * Runs in the page: two frames, so that the command has reached the screen; then until the page has
 * the wanted size, its fonts are there and its queries have stayed answered for some frames.
 */
function settleScript({ width, height }: Shot): string {
  return `(async () => {
    const frames = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    const state = () =>
      innerWidth !== ${width} || innerHeight !== ${height} ? 'size ' + innerWidth + '×' + innerHeight
      : document.documentElement.dataset.settled !== 'true' ? 'still loading' : 'settled';
    const end = performance.now() + ${settleTimeout};
    await frames();
    await document.fonts.ready;
    for (let calm = 0; calm < 3 && performance.now() < end; ) {
      await new Promise((done) => setTimeout(done, 50));
      await frames();
      calm = state() === 'settled' ? calm + 1 : 0;
    }
    return state();
  })()`;
}

/** `task`, or a rejection that says what took longer than `limit` milliseconds. */
async function within<Value>(task: Promise<Value>, limit: number, what: string): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const sentence = `${what} took longer than ${formatDuration(limit / 1000)}.`;
    timer = setTimeout(() => reject(new Error(sentence)), limit);
  });
  return Promise.race([task, late]).finally(() => clearTimeout(timer));
}
