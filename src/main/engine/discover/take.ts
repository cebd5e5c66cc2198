import { basename, join } from 'node:path';
import type { Problem } from '../../../shared/domain';
import { indexFindings, type ReadWeights, readIndex, readWeights } from './assemble';
import { attachSidecars, groupWeights, type WeightGroup } from './group';
import { hasModelExtension, hubPlace } from './names';
import { distinctNames, modelName } from './naming';
import { emit, type Search, severalRevisions } from './search';
import type { FoundFile, Listing } from './walk';

/** A group whose headers were read. */
export interface ReadGroup {
  readonly group: WeightGroup;
  readonly weights: readonly ReadWeights[];
}

/** Groups one folder's files into models, reads their headers and hands them out. */
export async function takeFolder(search: Search, listing: Listing): Promise<void> {
  const groups = weightGroups(search, listing).filter((group) => !isSeen(search, listing, group));
  const read = await readGroups(search, groups);
  emitGroups(search, listing, groups, read);
}

export function weightGroups(search: Search, listing: Listing): WeightGroup[] {
  const indexReader = (file: FoundFile) => readIndex(file, search.report);
  return groupWeights(listing, indexReader, search.report);
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
 * Reads every group's headers, ONNX first: a file that holds another's external data is no model
 * of its own. Empty when aborted.
 */
export async function readGroups(
  search: Search,
  groups: readonly WeightGroup[],
): Promise<ReadGroup[]> {
  const read = new Map<WeightGroup, ReadWeights[]>();
  const findings = new Map<WeightGroup, Problem[]>();
  const external = new Set<string>();
  for (const group of groups.toSorted((a, b) => Number(isOnnx(b)) - Number(isOnnx(a)))) {
    if (group.weights.every(({ path }) => external.has(path))) continue;
    const weights: ReadWeights[] = [];
    const problems: Problem[] = [];
    findings.set(group, problems);
    for (const file of group.weights) {
      if (!(await search.pacer.next())) return [];
      const one = readWeights(file, search.roots, (problem) => problems.push(problem));
      if (one === undefined) continue;
      weights.push(one);
      for (const { path } of one.externals) external.add(path);
      claim(search, one);
    }
    if (weights.length > 0) read.set(group, weights);
  }
  for (const group of groups) findings.get(group)?.forEach(search.report);
  return groups.flatMap((group) => {
    const weights = read.get(group);
    return weights === undefined ? [] : [{ group, weights }];
  });
}

function isOnnx(group: WeightGroup): boolean {
  return group.weights.some(({ name }) => name.toLowerCase().endsWith('.onnx'));
}

function claim(search: Search, { file, externals }: ReadWeights): void {
  if (file.linked) search.claimed.add(file.realPath);
  else search.shown.add(file.realPath);
  for (const { realPath } of externals) search.claimed.add(realPath);
}

/**
 * Hands out one model per group that was read, with its findings. `all` are the folder's groups,
 * which share its sidecars and must not share a name.
 */
export function emitGroups(
  search: Search,
  listing: Listing,
  all: readonly WeightGroup[],
  read: readonly ReadGroup[],
): void {
  const isData = (group: WeightGroup) =>
    group.weights.every(({ realPath }) => search.claimed.has(realPath));
  const isRead = new Set(read.map(({ group }) => group));
  const groups = all.filter((group) => isRead.has(group) || !isData(group));
  attachSidecars(groups, listing);
  const names = groupNames(search, listing, groups);
  for (const { group, weights } of read) {
    reportGroup(search, group, weights);
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
    severalRevisions: severalRevisions(search, listing.folder),
  };
  const names = distinctNames(
    groups,
    groups.map(({ stem }) => modelName({ ...context, stem })),
  );
  return new Map(groups.map((group, index) => [group, names[index] ?? group.stem]));
}

export function reportGroup(
  search: Search,
  group: WeightGroup,
  weights: readonly ReadWeights[],
): void {
  for (const problem of group.problems) search.report(problem);
  if (group.index === undefined) return;
  for (const problem of indexFindings(group.index, weights)) search.report(problem);
}
