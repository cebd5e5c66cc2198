import type { Problem } from '../../../shared/domain';
import type { ShardIndex } from '../formats/safetensors-index';
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

/** What grouping needs from the disk. */
export interface GroupLookup {
  /** Reads a shard index; undefined when the system refuses (which it reports itself). */
  readonly readIndex: (file: FoundFile) => ShardIndex | undefined;
  /** A shard that an index places in a subfolder, or what is there instead, in words. */
  readonly shardBelow: (path: string) => FoundFile | string | undefined;
}

/** A folder that is being sorted into groups. */
export interface GroupDraft {
  readonly listing: Listing;
  readonly lookup: GroupLookup;
  readonly report: Report;
  readonly byName: ReadonlyMap<string, FoundFile>;
  /** Names of files that are spoken for. */
  readonly taken: Set<string>;
  readonly groups: WeightGroup[];
  /** Names by their folded form; made when first needed. */
  folded: ReadonlyMap<string, string> | undefined;
}

export function newGroup(
  stem: string,
  key: string,
  weights: FoundFile[],
  problems: readonly Problem[] = [],
): WeightGroup {
  return { stem, key, weights, sidecars: [], problems };
}
