/** One part of `model-00002-of-00005.safetensors` or of `consolidated.01.pth`. */
export interface ShardName {
  /** `model`. */
  readonly stem: string;
  /** From 1; for `consolidated.NN` from 0. */
  readonly number: number;
  /** Undefined where the names do not state it (`consolidated.NN`). */
  readonly total: number | undefined;
  /** `.safetensors`. */
  readonly ending: string;
}

const numberedPattern = /^(.*?)[-._]?(\d{5})-of-(\d{5})((?:\.[A-Za-z0-9_]+)+)$/;
/** Meta's Llama checkpoints: every part holds its slice of every tensor. */
const slicedPattern = /^(consolidated)\.(\d{2})(\.(?:pth|pt|bin|safetensors))$/;

/** Undefined for names that are no shard's, `00000-of-00002` and `00003-of-00002` among them. */
export function parseShardName(name: string): ShardName | undefined {
  const shard = numberedName(name);
  if (shard === undefined) return slicedName(name);
  return isPossible(shard) ? shard : undefined;
}

/** A name like a shard's whose numbers no set can have: `00000-of-00002`, `00003-of-00002`. */
export function impossibleShard(name: string): ShardName | undefined {
  const shard = numberedName(name);
  return shard === undefined || isPossible(shard) ? undefined : shard;
}

function numberedName(name: string): ShardName | undefined {
  const match = numberedPattern.exec(name);
  if (match === null) return undefined;
  const [, stem = '', number = '', total = '', ending = ''] = match;
  return { stem, number: Number(number), total: Number(total), ending };
}

function slicedName(name: string): ShardName | undefined {
  const match = slicedPattern.exec(name);
  if (match === null) return undefined;
  const [, stem = '', number = '', ending = ''] = match;
  return { stem, number: Number(number), total: undefined, ending };
}

function isPossible({ number, total }: ShardName): boolean {
  return number >= 1 && number <= (total ?? number);
}

/** Whether the parts of this set each hold a slice of the same tensors. */
export function isSliced(name: string): boolean {
  return slicedPattern.test(name);
}

/** The name that a set's shard of another number has. */
export function shardNameLike(name: string, number: number): string {
  if (isSliced(name)) return name.replace(/\d{2}/, String(number).padStart(2, '0'));
  return name.replace(/\d{5}(-of-\d{5})/, `${String(number).padStart(5, '0')}$1`);
}

/** The pattern that all shards of a numbered set share, whatever is missing of it. */
export function setKey(name: string): string {
  return isSliced(name) ? name.replace(/\d{2}/, '*') : name.replace(/\d{5}(-of-\d{5})/, '*$1');
}

export interface MissingShards {
  readonly count: number;
  /** Of the whole set. */
  readonly total: number;
  /** Names of the first few. */
  readonly names: readonly string[];
}

const MAX_NAMED = 20;

/**
 * What is missing of the numbered set that `present` (not empty) belongs to. Work is bounded by
 * what is present, not by the total that a name declares.
 */
export function missingOf(present: ReadonlySet<string>): MissingShards {
  const [like = ''] = present;
  const numbers = [...present].map((name) => parseShardName(name)?.number ?? 0);
  const start = isSliced(like) ? 0 : 1;
  const highest = numbers.reduce((a, b) => Math.max(a, b), 0);
  const total = parseShardName(like)?.total ?? highest + 1;
  const names: string[] = [];
  for (let number = start; number < start + total && names.length < MAX_NAMED; number += 1) {
    const name = shardNameLike(like, number);
    if (!present.has(name)) names.push(name);
  }
  return { count: Math.max(0, total - present.size), total, names };
}
