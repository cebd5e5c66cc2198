import type { AlignmentReason } from '../../../shared/domain';
import { type AlignOptions, type Draft, isRelated } from './align-draft';
import { pairByHash } from './align-hash';
import { fitByName, pairByNames } from './align-names';
import { pairSiblings } from './align-siblings';
import { pairBySignature } from './align-signature';
import type { Pairs, SimilarModel } from './types';

export type { AlignOptions } from './align-draft';

/**
 * Which tensor of B stands for which of A: every tensor has one partner, or none (-1). `b[i]` is
 * the partner of A's tensor i, `a[j]` of B's tensor j; `reason[i]` says why, by A's tensor.
 */
export interface Alignment {
  readonly b: Int32Array;
  readonly a: Int32Array;
  readonly reason: readonly (AlignmentReason | null)[];
}

/**
 * Aligns B's tensors to A's, surest evidence first: the exact name, the normalised name, equal
 * bytes, then values and shape; at the very end equal names whatever their shapes. Names pair only
 * tensors of equal element count or equal row length. Where names pair tensors that have nothing to
 * do with each other while equal bytes, or like values, lie elsewhere (swapped or renumbered layers),
 * those win. O(n log n), and a `candidates` call for tensors that neither names nor bytes align.
 */
export function alignModels(
  a: SimilarModel,
  b: SimilarModel,
  pairs: Pairs,
  options: AlignOptions,
): Alignment {
  const draft: Draft = {
    a: a.tensors,
    b: b.tensors,
    ofA: new Int32Array(a.tensors.length).fill(-1),
    ofB: new Int32Array(b.tensors.length).fill(-1),
    reason: new Array<AlignmentReason | null>(a.tensors.length).fill(null),
  };
  const names = pairByNames(draft);
  pairByHash(draft, names, (i, j) => !isRelated(draft, pairs, options.similar, i, j));
  pairBySignature(draft, names, pairs, options);
  pairSiblings(draft, pairs, options);
  fitByName(draft);
  return { b: draft.ofA, a: draft.ofB, reason: draft.reason };
}
