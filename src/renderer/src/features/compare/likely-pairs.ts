import type { ModelId } from '../../../../shared/base';
import type { FamiliesReport, ModelSummary } from '../../../../shared/domain';

/** Two models worth comparing: a base and what seems to come from it. */
export interface LikelyPair {
  readonly a: ModelId;
  readonly b: ModelId;
  /** Why, in a few words. */
  readonly why: string;
}

/** A model and the one it shares most with, by exact bytes. */
export interface SharingPair {
  readonly a: ModelId;
  readonly b: ModelId;
  readonly sharedBytes: number;
}

/**
 * The pairs most worth a look: edges of the lineages found, those with most in common first; without
 * lineages the pair that shares most bytes. Only models with tensors.
 */
export function likelyPairs(
  models: readonly ModelSummary[],
  families: FamiliesReport | undefined,
  sharing: SharingPair | undefined,
  bytes: (count: number) => string,
  most = 3,
): readonly LikelyPair[] {
  const comparable = new Set(models.filter((model) => model.tensors > 0).map(({ id }) => id));
  const edges = (families?.families ?? [])
    .flatMap((family) => family.edges)
    .filter(({ parent, child }) => comparable.has(parent) && comparable.has(child))
    .map((edge) => {
      const { identical, cast, near } = edge.evidence;
      return { edge, common: identical.bytes + cast.bytes + near.bytes };
    })
    .sort((x, y) => y.common - x.common);
  if (edges.length > 0) {
    return edges.slice(0, most).map(({ edge, common }) => ({
      a: edge.parent,
      b: edge.child,
      why: `${bytes(common)} the same or near`,
    }));
  }
  if (!sharing || !comparable.has(sharing.a) || !comparable.has(sharing.b)) return [];
  return [{ a: sharing.a, b: sharing.b, why: `${bytes(sharing.sharedBytes)} in common` }];
}

/** The fingerprinted model with tensors that shares most bytes with others. */
export function mostSharing(models: readonly ModelSummary[]): ModelSummary | undefined {
  return models
    .filter((model) => model.tensors > 0 && (model.bytes?.sharedBytes ?? 0) > 0)
    .reduce<ModelSummary | undefined>(
      (best, model) =>
        (model.bytes?.sharedBytes ?? 0) > (best?.bytes?.sharedBytes ?? 0) ? model : best,
      undefined,
    );
}
