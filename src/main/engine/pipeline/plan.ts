import type { Content } from '../estimate/inventory';
import { MAX_BATCH_BYTES } from '../kernels/encode-task';
import { MAX_BASE_BYTES, MAX_BASES } from '../kernels/fragment-files';
import type { FileAt, FragmentBase, FragmentSource } from '../kernels/messages';
import { layoutOf, valueBytes } from '../kernels/values';
import { BatchMaker } from './batch-maker';
import type { ContentFragments, PackableContents } from './contents';

const MAX_CURSORS = 1024;

/** Contents that a content is predicted from, likeliest first; by position in the inventory. */
export type BasesOf = (content: number) => readonly number[];

/** A fragment to be encoded; the worker does not look at what is not in FragmentSource. */
export interface PlannedFragment extends FragmentSource {
  /** Position of its content, and its digest's number. */
  readonly content: number;
  readonly digest: number;
  readonly bases: readonly PlannedBase[];
}

/** The bytes of a base that belong to the same elements as the fragment's. */
export interface PlannedBase extends FragmentBase {
  readonly content: number;
  /** Byte of the content that they begin at. */
  readonly within: number;
}

/** What one task encodes: at most MAX_BATCH_BYTES, of neighbouring segments of one file. */
export interface PlannedBatch {
  /** The fragments' file, then those of bases. */
  readonly files: readonly FileAt[];
  readonly fragments: readonly PlannedFragment[];
  /** See EncodeTask. */
  readonly hashes: Uint8Array;
  /** Raw. */
  readonly bytes: number;
}

export interface EncodePlan {
  /** Raw bytes of all fragments to be encoded; exact repeats are left out. */
  readonly totalBytes: number;
  readonly totalFragments: number;
  /** Made one after another as they are asked for, so that a plan's memory is its contents'. */
  readonly batches: () => Iterable<PlannedBatch>;
}

/**
 * Which fragments are to be encoded, from where and from which bases.
 *
 * - Every distinct fragment once, at its first content.
 * - Delta depth is 1: a base is stored without bases of its own, and so is every fragment that it has
 *   in common with other contents, wherever these are met first.
 * - A base that has not the same number of elements, that is deflated in its file, or whose blocks
 *   do not begin and end where the fragment does, is no base (of that fragment).
 * - A fragment that does not begin and end with whole elements is plain bytes.
 *
 * Throws RangeError where a base is to be predicted from a base.
 */
export function planEncoding(contents: PackableContents, basesOf: BasesOf): EncodePlan {
  const { fragments, inventory } = contents;
  const isOfBase = fragmentsOfBases(contents, basesOf);
  let totalFragments = 0;
  for (const novel of fragments.novel) totalFragments += novel;
  return {
    totalBytes: inventory.contents.reduce((sum, { novelBytes }) => sum + novelBytes, 0),
    totalFragments,
    batches: () => batchesOf(contents, basesOf, isOfBase),
  };
}

/** By digest number: 1 where the fragment is part of a content that is a base. */
function fragmentsOfBases(
  { inventory, fragments }: PackableContents,
  basesOf: BasesOf,
): Uint8Array {
  const { starts, digests } = fragments;
  let most = -1;
  for (const digest of digests) most = Math.max(most, digest);
  const marks = new Uint8Array(most + 1);
  for (const content of inventory.contents.keys()) {
    for (const base of basesOf(content)) {
      if (basesOf(base).length > 0) {
        throw new RangeError(`content ${base}, a base of ${content}, is to have bases itself`);
      }
      for (let at = starts[base] ?? 0; at < (starts[base + 1] ?? 0); at++) {
        marks[digests[at] as number] = 1;
      }
    }
  }
  return marks;
}

function* batchesOf(
  contents: PackableContents,
  basesOf: BasesOf,
  isOfBase: Uint8Array,
): Generator<PlannedBatch> {
  const { inventory, fragments } = contents;
  const maker = new BatchMaker(inventory.files, fragments.hashOf, MAX_BATCH_BYTES);
  const digestOf = wholeFragments(fragments);
  for (const [content, { novelBytes }] of inventory.contents.entries()) {
    if (novelBytes === 0) continue;
    const bases = usableBases(inventory.contents, content, basesOf(content));
    for (const fragment of fragmentsOf(contents, content, bases, isOfBase)) {
      const full = maker.add(fragment, digestOf);
      if (full !== undefined) yield full;
    }
  }
  const last = maker.finish();
  if (last !== undefined) yield last;
}

/** The novel fragments of one content, in order. */
function* fragmentsOf(
  { inventory: { contents }, fragments }: PackableContents,
  content: number,
  bases: readonly number[],
  isOfBase: Uint8Array,
): Generator<PlannedFragment> {
  const own = contents[content] as Content;
  const { starts, lengths, digests, novel } = fragments;
  let within = 0;
  for (let at = starts[content] ?? 0; at < (starts[content + 1] ?? 0); at++) {
    const length = lengths[at] as number;
    const digest = digests[at] as number;
    if (novel[at] === 1) {
      const kind = isWhole(own, within, length) ? own.target?.kind : undefined;
      const hasNone = kind === undefined || isOfBase[digest] === 1;
      const parts = bases.flatMap((base) =>
        hasNone ? [] : partOf(contents, own, within, length, base),
      );
      const place = { file: own.file, offset: own.offset + within, length };
      yield { ...place, kind, content, digest, bases: parts };
    }
    within += length;
  }
}

function isWhole({ target }: Content, within: number, length: number): boolean {
  if (target === undefined) return false;
  const { bytes } = layoutOf(target.kind);
  return within % bytes === 0 && length % bytes === 0;
}

function usableBases(
  contents: readonly Content[],
  content: number,
  bases: readonly number[],
): readonly number[] {
  const elements = contents[content]?.target?.elements;
  const usable = bases.filter((base) => {
    const target = contents[base]?.target;
    const isPlain = target !== undefined && target.inflate === undefined;
    return base !== content && isPlain && target.elements === elements;
  });
  return usable.slice(0, MAX_BASES);
}

/** Nothing where the base's elements do not begin and end with whole blocks there. */
function partOf(
  contents: readonly Content[],
  own: Content,
  within: number,
  length: number,
  base: number,
): PlannedBase[] {
  const content = contents[base];
  if (content?.target === undefined || own.target === undefined) return [];
  const layout = layoutOf(own.target.kind);
  const { kind } = content.target;
  const start = valueBytes(kind, (within / layout.bytes) * layout.elements);
  const bytes = valueBytes(kind, (length / layout.bytes) * layout.elements);
  if (start === undefined || bytes === undefined || bytes > MAX_BASE_BYTES) return [];
  const place = { file: content.file, offset: content.offset + start, length: bytes };
  return [{ ...place, kind, hash: -1, content: base, within: start }];
}

/**
 * Finds the digest's number of the one fragment that a base's part is; undefined where it is none.
 * Parts of one base come in order mostly, so that the search goes on from the last one.
 */
function wholeFragments({
  starts,
  lengths,
  digests,
}: ContentFragments): (part: PlannedBase) => number | undefined {
  const cursors = new Map<number, { at: number; place: number }>();
  return ({ content, within, length }) => {
    const end = starts[content + 1] ?? 0;
    let cursor = cursors.get(content);
    if (cursor === undefined || cursor.place > within) {
      if (cursors.size >= MAX_CURSORS) cursors.clear();
      cursor = { at: starts[content] ?? end, place: 0 };
      cursors.set(content, cursor);
    }
    while (cursor.at < end && cursor.place < within) {
      cursor.place += lengths[cursor.at] as number;
      cursor.at += 1;
    }
    const isFragment = cursor.at < end && cursor.place === within;
    return isFragment && lengths[cursor.at] === length ? digests[cursor.at] : undefined;
  };
}
