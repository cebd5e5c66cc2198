import { describe, expect, it } from 'vitest';
import type { ModelId } from '../../shared/base';
import type { ModelSummary } from '../../shared/domain';
import type { EngineAccess } from '../session/engine-access';
import { likelyComparison } from './pair';

const model = (id: string, logicalBytes: number, sharedBytes: number, tensors = 1) =>
  ({ id: id as ModelId, tensors, logicalBytes, bytes: { sharedBytes } }) as ModelSummary;

/** An engine that knows who shares how much with whom. */
const engineOf = (partners: Readonly<Record<string, Readonly<Record<string, number>>>>) =>
  ({
    call: async (_: string, { modelId }: { modelId: string }) => ({
      sharesWith: Object.entries(partners[modelId] ?? {})
        .map(([id, sharedBytes]) => ({ modelId: id, sharedBytes }))
        .sort((x, y) => y.sharedBytes - x.sharedBytes),
    }),
  }) as unknown as EngineAccess;

describe('the pair that the tour compares', () => {
  it('shares most bytes, and its larger model is the base', async () => {
    const engine = engineOf({ a: { b: 5, c: 9 }, b: { a: 5 }, c: { a: 9 } });
    const models = [model('a', 10, 14), model('b', 10, 5), model('c', 20, 9)];
    expect(await likelyComparison(engine, models)).toEqual({ a: 'c', b: ['a'] });
  });

  it('has tensors and fingerprints on both sides', async () => {
    const engine = engineOf({ a: { text: 99, b: 1 }, b: { a: 1 } });
    const models = [model('a', 10, 99), model('b', 10, 1), model('text', 500, 99, 0)];
    expect(await likelyComparison(engine, models)).toEqual({ a: 'a', b: ['b'] });
    expect(await likelyComparison(engine, models.slice(0, 1))).toBeUndefined();
    expect(await likelyComparison(engine, [])).toBeUndefined();
  });
});
