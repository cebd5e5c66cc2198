import type { ModelId } from '../../shared/base';
import type { ModelSummary } from '../../shared/domain';
import type { EngineAccess } from '../session/engine-access';

export interface Comparison {
  readonly a: ModelId;
  readonly b: readonly ModelId[];
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
