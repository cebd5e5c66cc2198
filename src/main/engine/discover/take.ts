import { basename, join } from 'node:path';
import type { Problem } from '../../../shared/domain';
import { indexFindings, type ReadWeights, readIndex, readWeights, shardBelow } from './assemble';
import { attachSidecars, groupWeights } from './group';
import { hasModelExtension, hubPlace } from './names';
import { distinctNames, modelName } from './naming';
import { revisionOf } from './revisions';
import { emit, type Search } from './search';
import { setFindings } from './set-findings';
import type { Listing } from './walk';
import type { GroupLookup, WeightGroup } from './weight-group';

/** What a group's headers said, and what was wrong with them. */
export interface ReadGroup {
  readonly weights: readonly ReadWeights[];
  readonly problems: readonly Problem[];
}

/** A folder's models to be: no group here is another one's external data. */
export interface Settled {
  readonly groups: readonly WeightGroup[];
  /** Headers that had to be read to know that. */
  readonly early: ReadonlyMap<WeightGroup, ReadGroup>;
}

const everyGroup = (): boolean => true;

/** Groups one folder's files into models, reads their headers and hands them out. */
export async function takeFolder(search: Search, listing: Listing): Promise<void> {
  const all = await weightGroups(search, listing);
  const groups = all.filter((group) => !isSeen(search, listing, group));
  await emitGroups(search, listing, await settleGroups(search, groups));
}

export function weightGroups(search: Search, listing: Listing): Promise<WeightGroup[]> {
  const lookup: GroupLookup = {
    readIndex: (file) => readIndex(file, search.report),
    shardBelow: (path) => shardBelow(listing.folder, path, search.roots),
  };
  return groupWeights(listing, lookup, search.report, search.pacer);
}

/**
 * A group is passed over when each of its files shows in its own place: taken by a model of
 * another folder, or a mere link to a file that was or will be found. Snapshots of a Hugging Face
 * cache are links by nature and always count.
 */
function isSeen(search: Search, listing: Listing, group: WeightGroup): boolean {
  const inHub = hubPlace(listing.folder) !== undefined;
  return group.weights.every(({ realPath, linked }) => {
    if (!linked) return search.claimed.has(realPath);
    return !inHub && (hasModelExtension(basename(realPath)) || search.shown.has(realPath));
  });
}

/**
 * Reads the ONNX headers among `chosen`, and leaves out the groups that hold their external data:
 * those are no models of their own.
 */
export async function settleGroups(
  search: Search,
  groups: readonly WeightGroup[],
  chosen: (group: WeightGroup) => boolean = everyGroup,
): Promise<Settled> {
  const early = new Map<WeightGroup, ReadGroup>();
  const external = new Set<string>();
  for (const group of groups) {
    if (!isOnnx(group) || !chosen(group)) continue;
    const read = await readGroup(search, group);
    early.set(group, read);
    for (const { externals } of read.weights) {
      for (const { path } of externals) external.add(path);
    }
  }
  const isData = (group: WeightGroup) => group.weights.every(({ path }) => external.has(path));
  return { groups: groups.filter((group) => early.has(group) || !isData(group)), early };
}

/** Reads one group's headers; without the rest when aborted. */
async function readGroup(search: Search, group: WeightGroup): Promise<ReadGroup> {
  const weights: ReadWeights[] = [];
  const problems: Problem[] = [];
  for (const file of group.weights) {
    if (!(await search.pacer.next())) break;
    const one = readWeights(file, search.roots, (problem) => problems.push(problem));
    if (one === undefined) continue;
    weights.push(one);
    claim(search, one);
  }
  return { weights, problems };
}

/** A group's weights, read now unless they were; reports all that is wrong with it. */
export async function takeGroup(
  search: Search,
  group: WeightGroup,
  { early }: Settled,
): Promise<readonly ReadWeights[]> {
  const { weights, problems } = early.get(group) ?? (await readGroup(search, group));
  if (search.pacer.aborted) return [];
  for (const problem of [...problems, ...group.problems]) search.report(problem);
  if (group.index !== undefined) {
    for (const problem of indexFindings(group.index, weights)) search.report(problem);
  }
  for (const problem of setFindings(weights, group.index === undefined)) search.report(problem);
  return weights;
}

function isOnnx(group: WeightGroup): boolean {
  return group.weights.some(({ name }) => name.toLowerCase().endsWith('.onnx'));
}

/** Notes where weights were taken, so that they show once. */
export function claim(search: Search, { file, externals }: ReadWeights): void {
  if (file.linked || file.name.includes('/')) search.claimed.add(file.realPath);
  else search.shown.add(file.realPath);
  for (const { realPath } of externals) search.claimed.add(realPath);
}

/**
 * Hands out one model per chosen group, as soon as its headers are read. All groups share the
 * folder's sidecars and must not share a name.
 */
export async function emitGroups(
  search: Search,
  listing: Listing,
  settled: Settled,
  chosen: (group: WeightGroup) => boolean = everyGroup,
): Promise<void> {
  await attachSidecars(settled.groups, listing, search.pacer);
  const names = groupNames(search, listing, settled.groups);
  for (const group of settled.groups) {
    if (!chosen(group)) continue;
    const weights = await takeGroup(search, group, settled);
    if (search.pacer.aborted) return;
    if (weights.length === 0) continue;
    emit(search, {
      name: names.get(group) ?? group.stem,
      folder: listing.folder,
      location: join(listing.folder, group.key),
      kind: weights.length + group.sidecars.length > 1 ? 'folder' : 'file',
      weights,
      sidecars: group.sidecars,
    });
  }
}

function groupNames(
  search: Search,
  listing: Listing,
  groups: readonly WeightGroup[],
): Map<WeightGroup, string> {
  const context = {
    folder: listing.folder,
    alone: groups.length === 1,
    revision: revisionOf(search.revisions, listing.folder),
  };
  const names = distinctNames(
    groups,
    groups.map(({ stem }) => modelName({ ...context, stem })),
  );
  return new Map(groups.map((group, index) => [group, names[index] ?? group.stem]));
}
