import { basename } from 'node:path';
import type { MetadataValue } from '../../../shared/domain';
import { type ReadWeights, readJsonFile } from './assemble';
import { hasModelExtension, isPartialDownload, isSidecarName } from './names';
import { modelName } from './naming';
import { revisionOf } from './revisions';
import { countFiles, emit, type Search } from './search';
import { settleGroups, takeGroup, weightGroups } from './take';
import { type FoundFile, type Listing, listFolder } from './walk';

/** The file that makes a folder a diffusers pipeline. */
export const PIPELINE_FILE = 'model_index.json';
const MAX_COMPONENT_FOLDERS = 1000;

/**
 * A folder with `model_index.json` is one model: its components' folders with all that is in them.
 * Weights beside `model_index.json` (single-file checkpoints) stay models of their own.
 * Returns what is left to look at: the listing without the pipeline's own files, and its folders
 * without the components'.
 * Source: huggingface.co/docs/diffusers, "Load pipelines".
 */
export async function takePipeline(search: Search, listing: Listing): Promise<Listing> {
  const file = listing.files.find(({ name }) => name === PIPELINE_FILE);
  const components = file === undefined ? [] : componentNames(readJsonFile(file, search.report));
  const folders = listing.folders.filter((folder) => components.includes(basename(folder)));
  const weights: ReadWeights[] = [];
  const sidecars: FoundFile[] = [];
  for (const folder of folders) {
    if (!(await takeComponent(search, folder, weights, sidecars))) return listing;
  }
  if (weights.length === 0) return listing;
  const own = listing.files.filter((one) => isSidecarName(one.name));
  const stem = 'model';
  emit(search, {
    name: modelName({
      folder: listing.folder,
      stem,
      alone: true,
      revision: revisionOf(search.revisions, listing.folder),
    }),
    folder: listing.folder,
    location: listing.folder,
    kind: 'folder',
    weights,
    sidecars: [...own, ...sidecars],
  });
  return {
    ...listing,
    files: listing.files.filter((one) => !own.includes(one)),
    folders: listing.folders.filter((folder) => !folders.includes(folder)),
  };
}

/** Keys of `model_index.json` whose value is a pair of library and class. */
function componentNames(index: MetadataValue | undefined): string[] {
  if (typeof index !== 'object' || index === null || Array.isArray(index)) return [];
  return Object.entries(index)
    .filter(([key, value]) => !key.startsWith('_') && Array.isArray(value))
    .map(([key]) => key);
}

/** Everything below one component's folder; false when aborted. */
async function takeComponent(
  search: Search,
  root: string,
  weights: ReadWeights[],
  sidecars: FoundFile[],
): Promise<boolean> {
  const pending = [root];
  let left = MAX_COMPONENT_FOLDERS;
  for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
    left -= 1;
    if (left < 0) break;
    const listing = await listFolder(folder, search.roots, search.report, search.pacer);
    countFiles(search, listing.files);
    const settled = await settleGroups(search, await weightGroups(search, listing));
    const taken = new Set<string>();
    for (const group of settled.groups) {
      for (const one of await takeGroup(search, group, settled)) {
        weights.push(one);
        for (const { path } of [one.file, ...one.externals]) taken.add(path);
      }
    }
    if (search.pacer.aborted) return false;
    sidecars.push(...listing.files.filter((file) => isComponentSidecar(file, taken)));
    pending.push(...listing.folders.toReversed());
  }
  return true;
}

function isComponentSidecar(file: FoundFile, taken: ReadonlySet<string>): boolean {
  return !taken.has(file.path) && !isPartialDownload(file.name) && !hasModelExtension(file.name);
}
