import { join } from 'node:path';
import type { Problem } from '../../../shared/domain';
import { quote } from '../formats/text';
import { isSidecarName, listNames, naturalCompare, stemOf } from './names';
import type { Pacer } from './pacer';
import { impossibleShard, type MissingShards, missingOf, parseShardName, setKey } from './parts';
import type { FoundFile } from './walk';
import { type GroupDraft, newGroup } from './weight-group';

export const indexPattern = /\.(safetensors|bin)\.index(\.[\w-]+)?\.json$/i;

/**
 * The model whose shards an index lists. An index of nothing that is here makes no model; what it
 * misses goes to `bare`, to be told when the folder has no other models.
 */
export function addIndexed(draft: GroupDraft, file: FoundFile, bare: Problem[]): void {
  draft.taken.add(file.name);
  const content = draft.lookup.readIndex(file);
  if (content === undefined) return;
  const weights: FoundFile[] = [];
  const missing: string[] = [];
  let instead: string | undefined;
  for (const shard of content.shards) {
    const found = shardFile(draft, shard);
    if (typeof found === 'object') {
      if (!draft.taken.has(shard)) weights.push(found);
      continue;
    }
    if (missing.length === 0) instead = found;
    missing.push(shard);
  }
  for (const { name } of weights) draft.taken.add(name);
  const total = content.shards.length;
  const absent =
    missing.length > 0
      ? [missingShards(draft, { count: missing.length, total, names: missing }, instead)]
      : [];
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

/** A shard beside the index or below it; else what is there instead, where something is. */
function shardFile(draft: GroupDraft, shard: string): FoundFile | string | undefined {
  if (shard.includes('/')) return draft.lookup.shardBelow(shard);
  return draft.byName.get(shard) ?? draft.listing.others.get(shard);
}

/** Sets that only the files' own numbers tell of. */
export async function addNumbered(
  draft: GroupDraft,
  files: readonly FoundFile[],
  pacer: Pacer,
): Promise<void> {
  const sets = new Map<string, FoundFile[]>();
  for (const file of files) {
    await pacer.next();
    const shard = draft.taken.has(file.name) ? undefined : parseShardName(file.name);
    if (shard === undefined || isSidecarName(file.name)) continue;
    const key = setKey(file.name);
    const set = sets.get(key) ?? [];
    set.push(file);
    sets.set(key, set);
  }
  for (const [key, weights] of sets) {
    await pacer.next();
    const names = new Set(weights.map(({ name }) => name));
    for (const name of names) draft.taken.add(name);
    const [first = ''] = names;
    const missing = missingOf(names);
    const problems = missing.count > 0 ? [missingShards(draft, missing)] : [];
    const stem = parseShardName(first)?.stem || stemOf(first);
    draft.groups.push(newGroup(stem, key, weights, problems));
  }
}

function missingShards(draft: GroupDraft, missing: MissingShards, instead?: string): Problem {
  const { count, total, names } = missing;
  const [first = ''] = names;
  const found = instead ?? draft.listing.others.get(first) ?? alikeName(draft, first);
  const what = count === 1 ? 'One shard is' : `${count} shards are`;
  return {
    file: join(draft.listing.folder, first),
    kind: 'missing-shard',
    error: `${what} missing of ${total}: ${listNames(names, count)}.`,
    expected: `${total} shards`,
    found: found ?? `${total - count} shards`,
    hint: 'Download what is missing; until then the model is shown with what is there.',
  };
}

/** A file whose name differs only by case or Unicode form: the shard itself on some systems. */
function alikeName(draft: GroupDraft, name: string): string | undefined {
  draft.folded ??= new Map([...draft.byName.keys()].map((known) => [fold(known), known]));
  const alike = draft.folded.get(fold(name));
  return alike === undefined
    ? undefined
    : `${quote(alike)}, which differs only by case or Unicode form`;
}

function fold(name: string): string {
  return name.normalize('NFC').toLowerCase();
}

/** The finding for a file that is numbered like a shard, as no set can be. */
export function impossibleNumber({ name, path }: FoundFile): Problem[] {
  const shard = impossibleShard(name);
  if (shard === undefined) return [];
  return [
    {
      file: path,
      kind: 'malformed',
      error: `This file's name says that it is part ${shard.number} of ${shard.total}.`,
      expected: shard.total === 0 ? 'at least one part' : `a part from 1 to ${shard.total}`,
      found: `part ${shard.number} of ${shard.total}`,
      hint: 'It is shown alone. If it was renamed, give it its first name back.',
    },
  ];
}
