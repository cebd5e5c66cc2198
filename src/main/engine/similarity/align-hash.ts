import { type Draft, join, TELLING_ELEMENTS } from './align-draft';
import type { NormalisedNames } from './align-names';
import { normalisedName, suffixOf } from './names';
import type { SimilarTensor } from './types';

/** Parts that a common end of two names may have, most first. */
const SUFFIX_PARTS = [3, 2, 1] as const;

/** Shorter tensors (a counter, a scale) are equal by chance: their names must end alike, too. */
const TELLING_BYTES = 16;

/**
 * Pairs tensors of equal bytes, dtype and element count. First those whose partners by name are
 * `unrelated`, if their bytes are there exactly once on either side; then free tensors, among several
 * those with equal shapes and most of their names' ends in common, then in order.
 */
export function pairByHash(
  draft: Draft,
  names: NormalisedNames,
  unrelated: (i: number, j: number) => boolean,
): void {
  pairSwapped(draft, unrelated);
  const free = freeByBytes(draft);
  for (const parts of SUFFIX_PARTS) {
    pairByKey(draft, free, (side, at, tensor) => {
      const known = names[side][at] ?? normalisedName(tensor.name);
      return `${tensor.shape.join('x')}:${suffixOf(known, parts)}`;
    });
  }
  const telling = free.filter(({ a: [i = -1] }) => (draft.a[i]?.byteLength ?? 0) >= TELLING_BYTES);
  pairByKey(draft, telling, (_side, _at, tensor) => tensor.shape.join('x'));
  pairByKey(draft, telling, () => '');
}

interface Group {
  a: number[];
  b: number[];
}

/** Free tensors by bytes, where both models have some. */
function freeByBytes(draft: Draft): Group[] {
  return groupsOf(draft, (partner) => partner < 0);
}

function groupsOf(draft: Draft, counts: (partner: number) => boolean): Group[] {
  const groups = new Map<string, Group>();
  draft.a.forEach((tensor, at) => {
    if (tensor.digest < 0 || !counts(draft.ofA[at] ?? -1)) return;
    const group = groups.get(bytesKey(tensor));
    if (group === undefined) groups.set(bytesKey(tensor), { a: [at], b: [] });
    else group.a.push(at);
  });
  draft.b.forEach((tensor, at) => {
    if (tensor.digest < 0 || !counts(draft.ofB[at] ?? -1)) return;
    groups.get(bytesKey(tensor))?.b.push(at);
  });
  return [...groups.values()].filter(({ b }) => b.length > 0);
}

const bytesKey = ({ digest, dtype, elements }: SimilarTensor): string =>
  `${digest}:${elements}:${dtype}`;

/** Pairs, group by group, free tensors whose keys are equal, first with first. */
function pairByKey(
  draft: Draft,
  groups: readonly Group[],
  keyOf: (side: 'a' | 'b', at: number, tensor: SimilarTensor) => string,
): void {
  for (const group of groups) {
    if (group.a.length === 0 || group.b.length === 0) continue;
    const waiting = new Map<string, number[]>();
    for (const j of group.b.toReversed()) {
      const tensor = draft.b[j];
      if (tensor === undefined) continue;
      const key = keyOf('b', j, tensor);
      const list = waiting.get(key);
      if (list === undefined) waiting.set(key, [j]);
      else list.push(j);
    }
    for (const i of group.a) {
      const tensor = draft.a[i];
      const j = tensor === undefined ? undefined : waiting.get(keyOf('a', i, tensor))?.pop();
      if (j !== undefined) join(draft, i, j, 'hash');
    }
    group.a = group.a.filter((i) => (draft.ofA[i] ?? -1) < 0);
    group.b = group.b.filter((j) => (draft.ofB[j] ?? -1) < 0);
  }
}

/**
 * Bytes that either model has exactly once are a tensor's own. Where two such tensors are not
 * partners, and each one's partner by name, if it has one, is unrelated to it, they become
 * partners; who loses a partner is free again.
 */
function pairSwapped(draft: Draft, unrelated: (i: number, j: number) => boolean): void {
  const found: (readonly [number, number])[] = [];
  for (const { a, b } of groupsOf(draft, () => true)) {
    const [i, j] = [a[0], b[0]];
    if (i === undefined || j === undefined || a.length !== 1 || b.length !== 1) continue;
    if ((draft.a[i]?.elements ?? 0) < TELLING_ELEMENTS) continue;
    const [partnerOfI, partnerOfJ] = [draft.ofA[i] ?? -1, draft.ofB[j] ?? -1];
    if (partnerOfI === j || (partnerOfI < 0 && partnerOfJ < 0)) continue;
    if (partnerOfI >= 0 && !unrelated(i, partnerOfI)) continue;
    if (partnerOfJ >= 0 && !unrelated(partnerOfJ, j)) continue;
    found.push([i, j]);
  }
  for (const [i, j] of found) join(draft, i, j, 'hash');
}
