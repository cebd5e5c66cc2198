import type { ModelId } from '../../shared/base';
import type { FamiliesReport, Family, ModelSummary, Relation } from '../../shared/domain';
import type { EngineAccess } from '../session/engine-access';

export interface Comparison {
  readonly a: ModelId;
  readonly b: readonly ModelId[];
}

/** Models shown beside the base. */
const mostOthers = 4;

/** What tells most in a picture first; copies tell nothing. */
const relations: readonly Relation[] = [
  'fine-tune',
  'cast',
  'blend',
  'checkpoint',
  'adapter',
  'part',
  'copy',
];

/**
 * What the pictures of Compare show: the largest family, its root as the base, beside up to four of
 * its members that came about in different ways; without a family the two models that share most.
 */
export async function tourComparison(
  engine: Pick<EngineAccess, 'call'>,
  models: readonly ModelSummary[],
): Promise<Comparison | undefined> {
  const report = await engine.call('families.report', null);
  return familyComparison(report, models) ?? likelyComparison(engine, models);
}

/** Undefined where no family has two models with tensors. */
export function familyComparison(
  { families }: FamiliesReport,
  models: readonly ModelSummary[],
): Comparison | undefined {
  const comparable = new Set(models.filter(({ tensors }) => tensors > 0).map(({ id }) => id));
  const membersOf = (family: Family) => family.models.filter((id) => comparable.has(id));
  const largest = families
    .filter(({ root }) => comparable.has(root))
    .toSorted((x, y) => membersOf(y).length - membersOf(x).length)[0];
  if (largest === undefined) return undefined;
  const others = membersOf(largest).filter((id) => id !== largest.root);
  const b = variedFirst(others, (id) => relationOf(largest, id)).slice(0, mostOthers);
  return b.length === 0 ? undefined : { a: largest.root, b };
}

const relationOf = (family: Family, id: ModelId): Relation =>
  family.edges.find(({ child }) => child === id)?.relation ?? 'part';

/** One of each relation, then a second of each and so on; copies only where there is nothing else. */
function variedFirst(
  ids: readonly ModelId[],
  relationOf: (id: ModelId) => Relation,
): readonly ModelId[] {
  const seen = new Map<Relation, number>();
  const ranked = ids.map((id) => {
    const relation = relationOf(id);
    const round = seen.get(relation) ?? 0;
    seen.set(relation, round + 1);
    return { id, relation, round };
  });
  const differing = ranked.filter(({ relation }) => relation !== 'copy');
  return (differing.length > 0 ? differing : ranked)
    .toSorted(
      (x, y) => x.round - y.round || relations.indexOf(x.relation) - relations.indexOf(y.relation),
    )
    .map(({ id }) => id);
}

/** Models asked for their partners, those that share most first: bounds the work. */
const most = 50;

/**
 * The two fingerprinted models that share most bytes, the larger one as the base; undefined when
 * there are none. Only models with tensors can be compared.
 */
export async function likelyComparison(
  engine: Pick<EngineAccess, 'call'>,
  models: readonly ModelSummary[],
): Promise<Comparison | undefined> {
  const comparable = new Map(
    models
      .filter((model) => model.tensors > 0 && model.bytes !== undefined)
      .map((model) => [model.id, model]),
  );
  const candidates = [...comparable.values()]
    .sort((x, y) => (y.bytes?.sharedBytes ?? 0) - (x.bytes?.sharedBytes ?? 0))
    .slice(0, most);
  let best: { readonly pair: Comparison; readonly bytes: number } | undefined;
  for (const model of candidates) {
    const { sharesWith } = await engine.call('models.detail', { modelId: model.id });
    const partner = sharesWith.find(({ modelId }) => comparable.has(modelId));
    const other = partner && comparable.get(partner.modelId);
    if (!partner || !other || partner.sharedBytes <= (best?.bytes ?? 0)) continue;
    const [a, b] = other.logicalBytes > model.logicalBytes ? [other, model] : [model, other];
    best = { pair: { a: a.id, b: [b.id] }, bytes: partner.sharedBytes };
  }
  return best?.pair;
}
