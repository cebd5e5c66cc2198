import type { AlignmentReason } from '../../../shared/domain';
import { type Draft, join, unpaired } from './align-draft';
import { normalisedNames } from './names';
import type { SimilarTensor } from './types';

/** Normalised names by tensor; undefined where one model has two of them. Both sides, or neither. */
export interface NormalisedNames {
  readonly a: readonly (string | undefined)[];
  readonly b: readonly (string | undefined)[];
}

/** Pairs by exact names, then by normalised ones; returns those, empty if nothing needed them. */
export function pairByNames(draft: Draft): NormalisedNames {
  const exactA = exactNames(draft.a);
  const exactB = exactNames(draft.b);
  pairByKeys(draft, exactA, exactB, 'name', areComparable);
  if (unpaired(draft.ofA).length === 0 || unpaired(draft.ofB).length === 0) {
    return { a: [], b: [] };
  }
  const a = normalisedNames(draft.a.map(({ name }) => name));
  const b = normalisedNames(draft.b.map(({ name }) => name));
  pairByKeys(draft, a, b, 'normalised-name', areComparable);
  return { a, b };
}

/** What is still alone and has the same exact name: the same tensor in another shape. */
export function fitByName(draft: Draft): void {
  const [a, b] = [exactNames(draft.a), exactNames(draft.b)];
  pairByKeys(draft, a, b, 'name', () => true);
}

/**
 * Names as keys. A name that a model has several times (parts of a pipeline, say) is numbered, so
 * that its n-th tensor meets the other model's n-th, and dropped later unless both have as many.
 */
function exactNames(tensors: readonly SimilarTensor[]): string[] {
  const uses = new Map<string, number>();
  for (const { name } of tensors) uses.set(name, (uses.get(name) ?? 0) + 1);
  const seen = new Map<string, number>();
  return tensors.map(({ name }) => {
    const total = uses.get(name) ?? 1;
    if (total === 1) return name;
    const at = seen.get(name) ?? 0;
    seen.set(name, at + 1);
    return `${name}\u0000${at}\u0000${total}`;
  });
}

function pairByKeys(
  draft: Draft,
  keysA: readonly (string | undefined)[],
  keysB: readonly (string | undefined)[],
  reason: AlignmentReason,
  fits: (a: SimilarTensor, b: SimilarTensor) => boolean,
): void {
  const places = new Map<string, number>();
  for (const j of unpaired(draft.ofB)) {
    const key = keysB[j];
    if (key !== undefined) places.set(key, j);
  }
  for (const i of unpaired(draft.ofA)) {
    const key = keysA[i];
    const j = key === undefined ? undefined : places.get(key);
    const [one, other] = [draft.a[i], draft.b[j ?? -1]];
    if (j === undefined || one === undefined || other === undefined) continue;
    if (fits(one, other)) join(draft, i, j, reason);
  }
}

/** Equal in number of elements, or in the length of a row: a grown vocabulary, an appended voice. */
function areComparable(a: SimilarTensor, b: SimilarTensor): boolean {
  if (a.elements === b.elements) return true;
  const [rowsA, rowsB] = [rowsOf(a.shape), rowsOf(b.shape)];
  if (rowsA === 0 || rowsB === 0) return false;
  const [lengthA, lengthB] = [a.elements / rowsA, b.elements / rowsB];
  return lengthA === lengthB && lengthA > 1;
}

/** The first dimension longer than 1, as signatures have it. */
function rowsOf(shape: readonly number[]): number {
  return shape.find((side) => side !== 1) ?? 1;
}
