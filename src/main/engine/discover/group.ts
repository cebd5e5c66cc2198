import type { Problem } from '../../../shared/domain';
import {
  hasModelExtension,
  isCompanion,
  isGenericStem,
  isMedia,
  isPartialDownload,
  isSidecarName,
  LARGE_FILE_BYTES,
  naturalCompare,
  stemOf,
} from './names';
import type { Pacer } from './pacer';
import { partialDownload } from './problems';
import { addIndexed, addNumbered, impossibleNumber, indexPattern } from './shards';
import { allocatedBytes, type FoundFile, type Listing, type Report } from './walk';
import { type GroupDraft, type GroupLookup, newGroup, type WeightGroup } from './weight-group';

/**
 * Sorts one folder's files into models by their names alone: shard indexes first, then numbered
 * shards, then every remaining file that looks like weights. Sidecars come later, by
 * `attachSidecars`, when headers have told which files are external data. In order of stem and key.
 */
export async function groupWeights(
  listing: Listing,
  lookup: GroupLookup,
  report: Report,
  pacer: Pacer,
): Promise<WeightGroup[]> {
  const partial = partialFiles(listing, report);
  const files = listing.files.filter((file) => !partial.has(file.name));
  const draft: GroupDraft = {
    listing,
    lookup,
    report,
    byName: new Map(files.map((file) => [file.name, file])),
    taken: new Set(),
    groups: [],
    folded: undefined,
  };
  const bare: Problem[] = [];
  for (const file of files) {
    if (!indexPattern.test(file.name)) continue;
    addIndexed(draft, file, bare);
    await pacer.next();
  }
  await addNumbered(draft, files, pacer);
  await addSingle(draft, files, pacer);
  if (draft.groups.length === 0) for (const problem of bare) report(problem);
  return draft.groups.sort(byStem);
}

/** Every file that is left and looks like weights: known extensions first, then mere size. */
async function addSingle(
  draft: GroupDraft,
  files: readonly FoundFile[],
  pacer: Pacer,
): Promise<void> {
  const large: FoundFile[] = [];
  for (const file of files) {
    await pacer.next();
    if (draft.taken.has(file.name)) continue;
    if (hasModelExtension(file.name)) draft.groups.push(singleGroup(file));
    else if (isLargeUnknown(file)) large.push(file);
  }
  const byStemName = new Map(draft.groups.map((group) => [group.stem, group]));
  for (const file of large) {
    if (companionOf(file.name, byStemName) === undefined) draft.groups.push(singleGroup(file));
  }
}

function singleGroup(file: FoundFile): WeightGroup {
  return newGroup(stemOf(file.name), file.name, [file], impossibleNumber(file));
}

function byStem(a: WeightGroup, b: WeightGroup): number {
  return naturalCompare(a.stem, b.stem) || naturalCompare(a.key, b.key);
}

/** Unfinished downloads, and the file that an aria2 control file stands beside. */
function partialFiles(listing: Listing, report: Report): Set<string> {
  const partial = new Set<string>();
  const sizes = new Map<string, number>();
  for (const { name, path, stamp } of listing.files) {
    if (!isPartialDownload(name)) continue;
    partial.add(name);
    if (/\.aria2$/i.test(name)) partial.add(stemOf(name));
    sizes.set(path, allocatedBytes(path, stamp.size));
  }
  for (const { name, path, stamp } of listing.files) {
    const control = `${path}.aria2`;
    if (partial.has(name) && sizes.has(control)) {
      sizes.set(control, (sizes.get(control) ?? 0) + allocatedBytes(path, stamp.size));
    }
  }
  for (const [path, bytes] of sizes) report(partialDownload(path, bytes));
  return partial;
}

function isLargeUnknown({ name, stamp }: FoundFile): boolean {
  return stamp.size >= LARGE_FILE_BYTES && !isSidecarName(name) && !isMedia(name);
}

const formatRank = ['.safetensors', '.onnx', '.gguf', '.bin', '.pt', '.pth', '.ckpt'];

function rank(group: WeightGroup): number {
  const name = group.weights[0]?.name.toLowerCase() ?? '';
  const at = formatRank.findIndex((ending) => name.endsWith(ending));
  return at < 0 ? formatRank.length : at;
}

/**
 * Gives the folder's small files to its models: `style.png` to `style.safetensors`; configuration,
 * tokenizer, licence and card to the only model, or, where there are several, to the one of them
 * that is named `model` and the like (of two such, the safetensors). `groups` in the order of
 * `groupWeights`.
 */
export async function attachSidecars(
  groups: readonly WeightGroup[],
  listing: Listing,
  pacer: Pacer,
): Promise<void> {
  const ranks = new Map(groups.map((group) => [group, rank(group)]));
  const rankOf = (group: WeightGroup): number => ranks.get(group) ?? formatRank.length;
  const ranked = [...groups].sort((a, b) => rankOf(a) - rankOf(b));
  const generic = ranked.filter((group) => isGenericStem(group.stem));
  const owner = ranked.length === 1 ? ranked[0] : generic[0];
  const byStemName = new Map(ranked.toReversed().map((group) => [group.stem, group]));
  const taken = new Set<FoundFile>(groups.flatMap((g) => [...g.weights, ...g.sidecars]));
  for (const file of listing.files) {
    await pacer.next();
    if (taken.has(file) || isPartialDownload(file.name) || hasModelExtension(file.name)) continue;
    const group =
      companionOf(file.name, byStemName) ?? (isSidecarName(file.name) ? owner : undefined);
    group?.sidecars.push(file);
  }
}

/** The group that a file stands beside: one whose stem, up to some dot, the file's name begins with. */
function companionOf(
  name: string,
  byStemName: ReadonlyMap<string, WeightGroup>,
): WeightGroup | undefined {
  for (let dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) {
    const group = byStemName.get(name.slice(0, dot));
    if (group !== undefined && isCompanion(name, group.stem)) return group;
  }
  return undefined;
}
