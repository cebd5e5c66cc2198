import { join } from 'node:path';
import type { Problem } from '../../../shared/domain';
import type { ShardIndex } from '../formats/safetensors-index';
import {
  hasModelExtension,
  isCompanion,
  isGenericStem,
  isPartialDownload,
  isSidecarName,
  LARGE_FILE_BYTES,
  listNames,
  naturalCompare,
  parseShardName,
  shardNameLike,
  stemOf,
} from './names';
import { partialDownload } from './problems';
import type { FoundFile, Listing, Report } from './walk';

/** Files of one folder that load together; what one model is made from. */
export interface WeightGroup {
  /** What its name is made from: the file's stem, or the shards' common one. */
  readonly stem: string;
  /** Identifies the group in its folder: the file's name, or a pattern of its shards' names. */
  readonly key: string;
  readonly weights: FoundFile[];
  readonly index?: { readonly file: FoundFile; readonly content: ShardIndex };
  readonly sidecars: FoundFile[];
  /** What is wrong with the set itself: shards that are missing, an index that is broken. */
  readonly problems: readonly Problem[];
}

/** Reads a shard index; undefined when the system refuses (which it reports itself). */
export type ReadIndex = (file: FoundFile) => ShardIndex | undefined;

const indexPattern = /\.(safetensors|bin)\.index(\.[\w-]+)?\.json$/i;

interface Draft {
  readonly listing: Listing;
  readonly report: Report;
  readonly byName: ReadonlyMap<string, FoundFile>;
  readonly taken: Set<string>;
  readonly groups: WeightGroup[];
}

/**
 * Sorts one folder's files into models by their names alone: shard indexes first, then numbered
 * shards, then every remaining file that looks like weights. Sidecars come later, by
 * `attachSidecars`, when headers have told which files are external data.
 */
export function groupWeights(
  listing: Listing,
  readIndex: ReadIndex,
  report: Report,
): WeightGroup[] {
  const partial = partialFiles(listing, report);
  const files = listing.files.filter((file) => !partial.has(file.name));
  const draft: Draft = {
    listing,
    report,
    byName: new Map(files.map((file) => [file.name, file])),
    taken: new Set(),
    groups: [],
  };
  const indexes = files.filter((file) => indexPattern.test(file.name));
  const bare: Problem[] = [];
  for (const file of indexes) addIndexed(draft, file, readIndex, bare);
  addNumbered(draft, files);
  for (const file of files) {
    if (draft.taken.has(file.name) || !looksLikeWeights(file)) continue;
    draft.groups.push(newGroup(stemOf(file.name), file.name, [file]));
  }
  if (draft.groups.length === 0) for (const problem of bare) report(problem);
  return draft.groups.sort(byStem);
}

function byStem(a: WeightGroup, b: WeightGroup): number {
  return naturalCompare(a.stem, b.stem) || naturalCompare(a.key, b.key);
}

function newGroup(
  stem: string,
  key: string,
  weights: FoundFile[],
  problems: readonly Problem[] = [],
): WeightGroup {
  return { stem, key, weights, sidecars: [], problems };
}

/** Unfinished downloads, and the file that an aria2 control file stands beside. */
function partialFiles(listing: Listing, report: Report): Set<string> {
  const partial = new Set<string>();
  for (const { name, path } of listing.files) {
    if (!isPartialDownload(name)) continue;
    partial.add(name);
    if (/\.aria2$/i.test(name)) partial.add(stemOf(name));
    report(partialDownload(path));
  }
  return partial;
}

function looksLikeWeights(file: FoundFile): boolean {
  if (hasModelExtension(file.name)) return true;
  return file.stamp.size >= LARGE_FILE_BYTES && !isSidecarName(file.name);
}

/** The pattern that all shards of a numbered set share, whatever is missing of it. */
function setKey(name: string): string {
  return name.replace(/\d{5}(-of-\d{5})/, '*$1');
}

function addIndexed(draft: Draft, file: FoundFile, readIndex: ReadIndex, bare: Problem[]): void {
  draft.taken.add(file.name);
  const content = readIndex(file);
  if (content === undefined) return;
  const weights: FoundFile[] = [];
  const missing: string[] = [];
  for (const shard of content.shards) {
    const found = draft.byName.get(shard);
    if (found === undefined) missing.push(shard);
    else if (!draft.taken.has(shard)) weights.push(found);
  }
  for (const { name } of weights) draft.taken.add(name);
  const absent = missing.length > 0 ? [missingShards(draft, missing, content.shards.length)] : [];
  const problems = [...content.problems, ...absent];
  const [first] = weights.sort((a, b) => naturalCompare(a.name, b.name));
  if (first === undefined) {
    for (const problem of content.problems) draft.report(problem);
    bare.push(...absent);
    return;
  }
  const key = parseShardName(first.name) === undefined ? file.name : setKey(first.name);
  const group = newGroup(file.name.replace(indexPattern, ''), key, weights, problems);
  draft.groups.push({ ...group, index: { file, content }, sidecars: [file] });
}

function addNumbered(draft: Draft, files: readonly FoundFile[]): void {
  const sets = new Map<string, FoundFile[]>();
  for (const file of files) {
    const shard = draft.taken.has(file.name) ? undefined : parseShardName(file.name);
    if (shard === undefined || isSidecarName(file.name)) continue;
    const key = setKey(file.name);
    const set = sets.get(key) ?? [];
    set.push(file);
    sets.set(key, set);
  }
  for (const [key, weights] of sets) {
    const first = weights[0];
    const shard = first === undefined ? undefined : parseShardName(first.name);
    if (first === undefined || shard === undefined) continue;
    for (const { name } of weights) draft.taken.add(name);
    const missing = missingNumbers(first.name, shard.total, new Set(weights.map((w) => w.name)));
    const problems = missing.length > 0 ? [missingShards(draft, missing, shard.total)] : [];
    draft.groups.push(newGroup(shard.stem || stemOf(first.name), key, weights, problems));
  }
}

function missingNumbers(like: string, total: number, present: ReadonlySet<string>): string[] {
  const missing: string[] = [];
  for (let number = 1; number <= total; number += 1) {
    const name = shardNameLike(like, number);
    if (!present.has(name)) missing.push(name);
  }
  return missing;
}

function missingShards(draft: Draft, missing: readonly string[], total: number): Problem {
  const [first = ''] = missing;
  const { listing } = draft;
  const instead = listing.others.get(first);
  const what = missing.length === 1 ? 'One shard is' : `${missing.length} shards are`;
  return {
    file: join(listing.folder, first),
    kind: 'missing-shard',
    error: `${what} missing of ${total}: ${listNames(missing)}.`,
    expected: `${total} shards`,
    found: instead ?? `${total - missing.length} shards`,
    hint: 'Download what is missing; until then the model is shown with what is there.',
  };
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
 * that is named `model` and the like (of two such, the safetensors).
 */
export function attachSidecars(groups: readonly WeightGroup[], listing: Listing): void {
  const ranked = [...groups].sort((a, b) => rank(a) - rank(b) || byStem(a, b));
  const generic = ranked.filter((group) => isGenericStem(group.stem));
  const owner = ranked.length === 1 ? ranked[0] : generic[0];
  const byStemName = new Map(ranked.toReversed().map((group) => [group.stem, group]));
  const taken = new Set<FoundFile>(groups.flatMap((g) => [...g.weights, ...g.sidecars]));
  for (const file of listing.files) {
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
