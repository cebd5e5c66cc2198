import { dirname, join, resolve } from 'node:path';
import { FileError } from '../formats/errors';
import { fileError } from '../io/byte-source';
import { PIPELINE_FILE, takePipeline } from './diffusers';
import { reportRefs, takeHubBlobs } from './hub';
import { hubFolder, stemOf } from './names';
import { isOllamaStore, takeOllama } from './ollama';
import { problemOf, unreadable } from './problems';
import { countFiles, type DiscoverOptions, newSearch, type Search } from './search';
import { emitGroups, settleGroups, takeFolder, weightGroups } from './take';
import { canonicalPath, type FoundFile, type Listing, listFolder, stampOf } from './walk';
import type { WeightGroup } from './weight-group';

export type { DiscoverOptions } from './search';

export interface Discovered {
  readonly models: number;
  readonly files: number;
  readonly bytes: number;
  /** The signal ended it early; what was found until then has been handed out. */
  readonly cancelled: boolean;
}

/**
 * Finds the models under files and folders by reading headers only. Never throws for what is on
 * disk: every fault becomes a problem and the search goes on. Yields to the event loop between
 * files. Order and ids are the same in every run.
 */
export async function discover(
  paths: readonly string[],
  options: DiscoverOptions,
): Promise<Discovered> {
  const search = newSearch(paths.flatMap(rootsOf), options);
  for (const path of paths) {
    search.opened = path;
    try {
      await openPath(search, resolve(path));
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      search.report(unreadable(error));
    }
    if (search.pacer.aborted) break;
  }
  options.onProgress?.(search.files, search.bytes);
  const { files, bytes, emitted } = search;
  return { models: emitted.size, files, bytes, cancelled: search.pacer.aborted };
}

/** Where links may lead: an opened folder; an opened file and the folder around it. */
function rootsOf(path: string): string[] {
  try {
    const realPath = canonicalPath(resolve(path));
    const { kind } = statOf(path, realPath);
    return kind === 'file' ? [realPath, canonicalPath(dirname(resolve(path)))] : [realPath];
  } catch (error) {
    if (error instanceof FileError) return [];
    throw error;
  }
}

async function openPath(search: Search, path: string): Promise<void> {
  const realPath = canonicalPath(path);
  const { kind } = statOf(path, realPath);
  if (kind === 'folder') await walkFolder(search, realPath);
  else if (kind === 'file') await openFile(search, path);
  else throw new FileError('open', path, 'ENOTREG', 'it is a pipe, socket or device');
}

function statOf(path: string, realPath: string): ReturnType<typeof stampOf> {
  try {
    return stampOf(realPath);
  } catch (error) {
    throw fileError('open', path, error);
  }
}

/** Depth first; a folder's own models before those of its subfolders. */
async function walkFolder(search: Search, root: string): Promise<void> {
  const pending = [root];
  for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
    if (!(await search.pacer.next())) return;
    if (!enter(search, folder)) continue;
    const listing = await listFolder(folder, search.roots, search.report, search.pacer);
    countFiles(search, listing.files);
    const rest = await takeContainer(search, listing);
    await takeFolder(search, rest);
    for (const one of rest.folders.toReversed()) pending.push(one);
  }
}

/** Takes what a folder holds as a whole (pipeline, store); returns what is left to look at. */
async function takeContainer(search: Search, listing: Listing): Promise<Listing> {
  const hub = hubFolder(listing.folder);
  if (hub?.isBlobs === true) return takeHubBlobs(search, listing, hub.repository);
  if (hub !== undefined) reportRefs(search, listing.folder);
  if (isOllamaStore(listing)) return takeOllama(search, listing);
  const isPipeline = listing.files.some(({ name }) => name === PIPELINE_FILE);
  return isPipeline ? takePipeline(search, listing) : listing;
}

/** False for a folder that was entered before, under whatever name. */
function enter(search: Search, folder: string): boolean {
  try {
    const { stamp } = stampOf(folder);
    const key = stamp.inode === 0n ? folder : `${stamp.device}:${stamp.inode}`;
    if (search.visited.has(key)) return false;
    search.visited.add(key);
    return true;
  } catch (error) {
    search.report(problemOf(fileError('list', folder, error)));
    return false;
  }
}

/**
 * A file that was opened by its own path: the model that it is part of, with its shards and
 * sidecars; or, whatever it is, an opaque model. Findings about its neighbours are left out.
 */
async function openFile(search: Search, path: string): Promise<void> {
  const folder = canonicalPath(dirname(path));
  const listing = await listFolder(folder, search.roots, silent, search.pacer);
  const wanted = listing.files.find((file) => file.path === join(folder, nameOf(path)));
  if (search.pacer.aborted) return;
  if (wanted === undefined) throw new FileError('open', path, 'ENOENT', 'it is not in its folder');
  const groups = await weightGroups({ ...search, report: silent }, listing);
  const holds = (group: WeightGroup): boolean =>
    group.weights.includes(wanted) || group.index?.file === wanted;
  const isPart = groups.some(holds);
  const all = isPart ? groups : [loneGroup(wanted)];
  countFiles(
    search,
    all.filter(holds).flatMap(({ weights }) => weights),
  );
  const settled = await settleGroups(search, all, holds);
  await emitGroups(search, isPart ? listing : { ...listing, files: [wanted] }, settled, holds);
}

function nameOf(path: string): string {
  return path.slice(dirname(path).length).replace(/^[\\/]+/, '');
}

function silent(): void {}

function loneGroup(file: FoundFile): WeightGroup {
  return { stem: stemOf(file.name), key: file.name, weights: [file], sidecars: [], problems: [] };
}
