import type { AlignmentReason } from '../../../shared/domain';
import type { Pairs, SimilarTensor } from './types';

/** Fewer elements than this may be equal, or alike, by chance. */
export const TELLING_ELEMENTS = 64;

export interface AlignOptions {
  /** Score from which on two tensors are alike. */
  readonly similar: number;
  /** Signatures that may be like a given one, from the whole index; best first, bounded. */
  candidates(signed: number): readonly number[];
}

/** An alignment being made. */
export interface Draft {
  readonly a: readonly SimilarTensor[];
  readonly b: readonly SimilarTensor[];
  readonly ofA: Int32Array;
  readonly ofB: Int32Array;
  readonly reason: (AlignmentReason | null)[];
}

/** Whether two tensors have equal bytes, are casts of each other, or alike. */
export function isRelated(
  draft: Draft,
  pairs: Pairs,
  similar: number,
  i: number,
  j: number,
): boolean {
  const [one, other] = [draft.a[i], draft.b[j]];
  if (one === undefined || other === undefined) return false;
  if (one.digest >= 0 && one.digest === other.digest) return true;
  // Without elements or without known bytes there is nothing that could speak against the name.
  if (one.elements === 0 || one.digest < 0 || other.digest < 0) return true;
  if (one.signed < 0 || other.signed < 0) return false;
  const relation = pairs.relate(other.signed, one.signed);
  return relation !== undefined && (relation.cast || relation.metrics.score >= similar);
}

/** Makes two tensors partners; who was a partner of either is free again. */
export function join(draft: Draft, i: number, j: number, reason: AlignmentReason): void {
  const [formerB, formerA] = [draft.ofA[i] ?? -1, draft.ofB[j] ?? -1];
  if (formerB >= 0) draft.ofB[formerB] = -1;
  if (formerA >= 0) {
    draft.ofA[formerA] = -1;
    draft.reason[formerA] = null;
  }
  draft.ofA[i] = j;
  draft.ofB[j] = i;
  draft.reason[i] = reason;
}

/** Indexes of the tensors that have no partner yet. */
export function unpaired(partners: Int32Array): number[] {
  const free: number[] = [];
  partners.forEach((partner, at) => {
    if (partner < 0) free.push(at);
  });
  return free;
}
