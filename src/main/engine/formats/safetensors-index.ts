import type { Problem } from '../../../shared/domain';
import { MAX_TENSORS } from './dtypes';
import { FormatError } from './errors';
import { JsonCursor } from './json-cursor';
import { readJsonValue } from './json-value';
import type { ByteSource, FileHeader } from './reader';
import { normalPath, unsafePath } from './relative-path';
import { quote } from './text';

/** An index lists names only; the largest published ones are about 10 MB. */
const MAX_INDEX_BYTES = 100_000_000;
/** Findings of one sort that are listed one by one. */
const MAX_LISTED = 20;

/** What `model.safetensors.index.json` (or `pytorch_model.bin.index.json`) says. */
export interface ShardIndex {
  /** Paths relative to the index's folder that are safe to look up; each once, in order of use. */
  readonly shards: readonly string[];
  /** Tensor → shard, only for shards that are listed in `shards`. */
  readonly weightMap: ReadonlyMap<string, string>;
  /** Bytes of all tensors together, where stated and sensible. */
  readonly totalSize: number | undefined;
  readonly problems: readonly Problem[];
}

interface Draft {
  readonly shards: Set<string>;
  readonly weightMap: Map<string, string>;
  readonly refused: Map<string, Problem>;
  readonly problems: Problem[];
  totalSize: number | undefined;
  hasWeightMap: boolean;
}

/** Reads a shard index. Whatever is wrong with it becomes a finding. Throws FileError only. */
export function readShardIndex(source: ByteSource): ShardIndex {
  const draft: Draft = {
    shards: new Set(),
    weightMap: new Map(),
    refused: new Map(),
    problems: [],
    totalSize: undefined,
    hasWeightMap: false,
  };
  try {
    if (source.size > MAX_INDEX_BYTES) {
      const found = `${source.size} bytes`;
      throw new FormatError(source.path, 0, `an index of at most ${MAX_INDEX_BYTES} bytes`, found);
    }
    parseIndex(new JsonCursor(source.read(0, source.size), source.path, 0), source.path, draft);
    checkSpelling(source.path, draft);
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    draft.problems.push(brokenIndex(error));
  }
  const { shards, weightMap, totalSize, refused } = draft;
  const problems = [...draft.problems, ...[...refused.values()].slice(0, MAX_LISTED)];
  return { shards: [...shards], weightMap, totalSize, problems };
}

function brokenIndex(error: FormatError): Problem {
  return {
    file: error.file,
    kind: 'malformed',
    error: `The shard index is broken: expected ${error.expected}, found ${error.found}.`,
    offset: error.offset,
    expected: error.expected,
    found: error.found,
    hint: 'Download the index again; the shards themselves were grouped by their names.',
  };
}

function parseIndex(cursor: JsonCursor, file: string, draft: Draft): void {
  cursor.expect('{', 'an object');
  if (!cursor.accept('}')) {
    do {
      const key = cursor.string('a field name');
      cursor.expect(':');
      if (key === 'weight_map') readWeightMap(cursor, file, draft);
      else if (key === 'metadata' && cursor.peek() === 0x7b) readMetadata(cursor, file, draft);
      else readJsonValue(cursor);
    } while (cursor.accept(','));
    cursor.expect('}', '"," or "}"');
  }
  cursor.skipWhiteSpace();
  if (!cursor.atEnd) cursor.fail('the end of the index');
  if (!draft.hasWeightMap) cursor.fail('a "weight_map"', 'none', 0);
}

function readMetadata(cursor: JsonCursor, file: string, draft: Draft): void {
  const at = cursor.position;
  const metadata = readJsonValue(cursor);
  if (typeof metadata !== 'object' || metadata === null || Array.isArray(metadata)) return;
  const total = Object.entries(metadata).find(([key]) => key === 'total_size')?.[1];
  if (total === undefined) return;
  if (typeof total === 'number' && Number.isSafeInteger(total) && total >= 0) {
    draft.totalSize = total;
    return;
  }
  const found = JSON.stringify(total).slice(0, 60);
  draft.problems.push({
    file,
    kind: 'malformed',
    error: `The index states a total size of ${found}, which is not a number of bytes.`,
    offset: at,
    expected: 'a whole number of bytes',
    found,
    hint: 'The models are shown by what their shards hold.',
  });
}

function readWeightMap(cursor: JsonCursor, file: string, draft: Draft): void {
  if (draft.hasWeightMap) cursor.fail('one "weight_map"', 'another');
  draft.hasWeightMap = true;
  cursor.expect('{', 'an object of tensor names and shard files');
  if (cursor.accept('}')) return;
  do {
    cursor.skipWhiteSpace();
    const at = cursor.position;
    const tensor = cursor.string('a tensor name');
    cursor.expect(':');
    const location = cursor.string('the name of a shard file');
    place(draft, file, tensor, location, at);
    if (draft.weightMap.size > MAX_TENSORS) {
      cursor.fail(`at most ${MAX_TENSORS} tensors`, 'more', at);
    }
  } while (cursor.accept(','));
  cursor.expect('}', '"," or "}"');
}

function place(draft: Draft, file: string, tensor: string, location: string, at: number): void {
  const reason = unsafePath(location) ?? (normalPath(location) === '' ? 'is empty' : undefined);
  if (reason !== undefined) {
    if (!draft.refused.has(location) && draft.refused.size < MAX_LISTED) {
      draft.refused.set(location, refusedShard(file, location, reason, at));
    }
    return;
  }
  const shard = normalPath(location);
  const earlier = draft.weightMap.get(tensor);
  if (earlier !== undefined) {
    if (draft.problems.length < MAX_LISTED) {
      draft.problems.push(listedTwice(file, tensor, earlier, shard, at));
    }
    return;
  }
  draft.weightMap.set(tensor, shard);
  draft.shards.add(shard);
}

function refusedShard(file: string, location: string, reason: string, at: number): Problem {
  return {
    file,
    kind: 'outside-root',
    error: `The index names the shard ${quote(location)}, which ${reason}; it was not opened.`,
    offset: at,
    expected: 'a plain file name in the same folder',
    found: quote(location),
    hint: 'Be careful with this download: an honest index names files beside itself.',
  };
}

function listedTwice(
  file: string,
  tensor: string,
  earlier: string,
  shard: string,
  at: number,
): Problem {
  const places = earlier === shard ? quote(shard) : `${quote(earlier)} and ${quote(shard)}`;
  return {
    file,
    kind: 'malformed',
    error: `The index lists the tensor ${quote(tensor)} twice, in ${places}.`,
    offset: at,
    expected: 'every tensor once',
    found: `${quote(tensor)} again`,
    hint: 'The first entry was used.',
  };
}

/** Shard names that differ only by case or Unicode form are one file on other systems. */
function checkSpelling(file: string, draft: Draft): void {
  const seen = new Map<string, string>();
  for (const shard of draft.shards) {
    const folded = shard.normalize('NFC').toLowerCase();
    const other = seen.get(folded);
    if (other === undefined) seen.set(folded, shard);
    else if (draft.problems.length < MAX_LISTED) {
      draft.problems.push({
        file,
        kind: 'malformed',
        error: `The shards ${quote(other)} and ${quote(shard)} have one name on some systems.`,
        expected: 'names that differ by more than case or Unicode form',
        found: quote(shard),
        hint: 'Rename one of them, in the index too, before copying this model elsewhere.',
      });
    }
  }
}

/**
 * Compares an index with the headers of the shards that could be read (shard path → header):
 * tensors that are absent, unlisted or in two shards, and the stated total.
 */
export function checkShards(
  file: string,
  index: ShardIndex,
  headers: ReadonlyMap<string, FileHeader>,
): Problem[] {
  const owners = new Map<string, string>();
  const twice = new Set<string>();
  const unlisted: string[] = [];
  for (const [shard, header] of headers) {
    for (const { name } of header.tensors) {
      if (owners.has(name)) twice.add(name);
      else owners.set(name, shard);
      if (!index.weightMap.has(name)) unlisted.push(name);
    }
  }
  const absent: string[] = [];
  for (const [tensor, shard] of index.weightMap) {
    if (headers.has(shard) && owners.get(tensor) !== shard && !twice.has(tensor)) {
      absent.push(tensor);
    }
  }
  return [
    ...finding(file, absent, 'not in the shard that the index names'),
    ...finding(file, [...twice], 'in two shards'),
    ...finding(file, unlisted, 'in a shard, but not in the index'),
    ...totalFinding(file, index, headers),
  ];
}

function finding(file: string, names: readonly string[], what: string): Problem[] {
  const [first] = names;
  if (first === undefined) return [];
  const subject =
    names.length === 1
      ? `The tensor ${quote(first)} is`
      : `${names.length} tensors, ${quote(first)} the first, are`;
  return [
    {
      file,
      kind: 'malformed',
      error: `${subject} ${what}.`,
      expected: 'every tensor once, in the shard that the index names',
      found: `${names.length} ${names.length === 1 ? 'tensor' : 'tensors'} ${what}`,
      hint: 'Index and shards may come from different versions: download them again together.',
    },
  ];
}

function totalFinding(
  file: string,
  index: ShardIndex,
  headers: ReadonlyMap<string, FileHeader>,
): Problem[] {
  if (index.totalSize === undefined) return [];
  if (index.shards.some((shard) => !headers.has(shard))) return [];
  let total = 0;
  for (const header of headers.values()) {
    for (const tensor of header.tensors) total += tensor.byteLength;
  }
  if (total === index.totalSize) return [];
  return [
    {
      file,
      kind: 'malformed',
      error: `The index states ${index.totalSize} bytes of tensors; the shards hold ${total}.`,
      expected: `${index.totalSize} bytes`,
      found: `${total} bytes`,
      hint: 'Harmless if the model loads: some exporters count shared tensors differently.',
    },
  ];
}
