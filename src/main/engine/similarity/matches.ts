import type { Match, MatchKind, RowMatch, SimilarityThresholds } from '../../../shared/domain';
import type { Member, Members } from './members';
import { tensorRef } from './refs';
import type { PairRelation } from './types';

/** A best partner, by signature numbers. */
export interface Partner {
  readonly tensor: number;
  readonly base: number;
  readonly relation: PairRelation;
}

/** Rows that two tensors of different length have in common, as measured. */
export interface SharedRows {
  readonly tensor: number;
  readonly base: number;
  readonly rows: RowMatch;
}

const rank: Readonly<Record<MatchKind, number>> = {
  identical: 0,
  cast: 1,
  'near-duplicate': 2,
  similar: 3,
};

/** What a score says, where the bytes do not follow from each other; undefined below `similar`. */
export function kindOf(
  { cast, metrics }: PairRelation,
  thresholds: SimilarityThresholds,
): MatchKind | undefined {
  if (cast) return 'cast';
  if (metrics.score >= thresholds.nearDuplicate) return 'near-duplicate';
  return metrics.score >= thresholds.similar ? 'similar' : undefined;
}

/**
 * Every further place of the same bytes, as values of the same kind and number, in another model,
 * against the first: zeros of two lengths and dtypes may be equal bytes.
 */
export function identicalMatches(members: readonly Member[]): Match[] {
  const first = new Map<string, { member: Member; tensor: number }>();
  const matches: Match[] = [];
  for (const member of members) {
    const seen = new Set<string>();
    member.similar.tensors.forEach(({ digest, dtype, elements, byteLength }, tensor) => {
      const content = `${digest}:${dtype}:${elements}`;
      if (digest < 0 || byteLength === 0 || seen.has(content)) return;
      seen.add(content);
      const base = first.get(content);
      if (base === undefined) first.set(content, { member, tensor });
      else matches.push(identical(member, tensor, base));
    });
  }
  return matches;
}

function identical(
  member: Member,
  tensor: number,
  base: { member: Member; tensor: number },
): Match {
  const ref = tensorRef(member, tensor);
  const elements = member.similar.tensors[tensor]?.elements ?? 0;
  return {
    kind: 'identical',
    tensor: ref,
    base: tensorRef(base.member, base.tensor),
    transposed: false,
    metrics: {
      score: 1,
      cosine: 1,
      relativeL2: 0,
      differingBits: 0,
      elementBits: elements === 0 ? 0 : (ref.byteLength * 8) / elements,
      maxDifference: 0,
      deltaBytes: 0,
      verified: true,
    },
  };
}

/** What pairs of distinct tensors are to each other. */
export function partnerMatches(
  partners: readonly Partner[],
  members: Members,
  thresholds: SimilarityThresholds,
): Match[] {
  return partners.flatMap(({ tensor, base, relation }) => {
    const kind = kindOf(relation, thresholds);
    if (kind === undefined) return [];
    const { metrics, transposed } = relation;
    return matchOf(tensor, base, members, { kind, transposed, metrics });
  });
}

function matchOf(
  tensor: number,
  base: number,
  members: Members,
  rest: Omit<Match, 'tensor' | 'base'>,
): Match[] {
  const own = members.home(tensor);
  const other = members.home(base);
  if (own === undefined || other === undefined) return [];
  return [
    {
      ...rest,
      tensor: tensorRef(own.member, own.tensor),
      base: tensorRef(other.member, other.tensor),
    },
  ];
}

/** Rows in common make tensors of different length alike as far as they go: the score is the share. */
export function rowMatches(
  shared: readonly SharedRows[],
  members: Members,
  thresholds: SimilarityThresholds,
): Match[] {
  return shared.flatMap(({ tensor, base, rows }) => {
    const share = rows.common / Math.max(rows.rows, rows.baseRows);
    if (rows.common === 0 || share < thresholds.similar) return [];
    const kind = share >= thresholds.nearDuplicate ? 'near-duplicate' : 'similar';
    const own = members.home(tensor)?.member;
    const home = members.home(tensor);
    if (own === undefined || home === undefined) return [];
    const { byteLength, elements } = own.similar.tensors[home.tensor] ?? {
      byteLength: 0,
      elements: 1,
    };
    const metrics = {
      score: share,
      cosine: share,
      relativeL2: Math.sqrt(1 - share),
      differingBits: 0,
      elementBits: (byteLength * 8) / elements,
      maxDifference: 0,
      deltaBytes: Math.round(byteLength * (1 - rows.common / rows.rows)),
      verified: true,
    };
    return matchOf(tensor, base, members, { kind, transposed: false, metrics, rows });
  });
}

/** Surest first; then the largest. */
export function inOrder(matches: readonly Match[]): Match[] {
  return [...matches].sort(
    (a, b) =>
      rank[a.kind] - rank[b.kind] ||
      b.metrics.score - a.metrics.score ||
      b.tensor.byteLength - a.tensor.byteLength ||
      compareText(a.tensor.modelName, b.tensor.modelName) ||
      a.tensor.index - b.tensor.index,
  );
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
