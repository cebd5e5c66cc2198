import { beforeAll, describe, expect, it } from 'vitest';
import { defaultThresholds, LOWEST_THRESHOLD } from '../../../shared/domain';
import { SIMHASH_WORDS } from '../kernels/signature';
import type { SampleDtype } from '../samples/dtypes';
import { BestPartners } from './best';
import { estimateScore } from './estimate-pair';
import { entryOf, SimilarityIndex } from './index';
import { normalValues, signed, updated } from './testing/made-signatures';
import { SignatureList } from './testing/signature-list';

/** A signature list with its index and best partners. */
function world(): {
  list: SignatureList;
  index: SimilarityIndex;
  best: BestPartners;
  add: (values: Float32Array, dtype: SampleDtype, rows?: number) => number;
} {
  const list = new SignatureList();
  const index = new SimilarityIndex();
  const best = new BestPartners(index, list);
  const add = (values: Float32Array, dtype: SampleDtype, rows = 1): number => {
    const signature = signed(values, dtype, rows);
    const id = list.add(signature);
    index.add(id, entryOf(signature));
    best.add(id);
    return id;
  };
  return { list, index, best, add };
}

const dtypes: readonly SampleDtype[] = ['F32', 'F16', 'BF16'];

describe('best partners of made families', () => {
  const { list, index, best, add } = world();
  const pairs: (readonly [tune: number, base: number])[] = [];

  beforeAll(() => {
    const distractor = signed(normalValues(1, 1024), 'F32');
    let state = 12345;
    const random = (): number => {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      return state >>> 0;
    };
    // Unrelated tensors' hashes are as good as random ones.
    for (let count = 0; count < 4000; count++) {
      const simhash = Uint32Array.from({ length: SIMHASH_WORDS }, random);
      const signature = { ...distractor, simhash };
      index.add(list.add(signature), entryOf(signature));
    }
    let seed = 100;
    for (const from of dtypes) {
      for (const to of dtypes) {
        for (const relative of [1e-4, 1e-3, 1e-2, 1e-1]) {
          for (const [scale, mean] of [
            [0.03, 0],
            [0.1, 1],
            [1, 0.2],
          ] as const) {
            seed += 2;
            const base = normalValues(seed, 1024, scale, mean);
            pairs.push([add(updated(base, relative, seed + 1), to), add(base, from)]);
          }
        }
      }
    }
  }, 60_000);

  it('are the true base in 99 of 100 cases, in and across dtypes, among thousands', () => {
    const found = pairs.filter(([tune, base]) => best.partner(tune) === base);
    expect(found.length / pairs.length).toBeGreaterThanOrEqual(0.99);
    const mutual = pairs.filter(([tune, base]) => best.partner(base) === tune);
    expect(mutual.length / pairs.length).toBeGreaterThanOrEqual(0.99);
  });

  it('score above the threshold, in the order of their updates', () => {
    for (const [tune] of pairs) expect(best.score(tune)).toBeGreaterThan(defaultThresholds.similar);
    const scores = best.scores;
    expect(scores.length).toBe(list.size);
    expect(scores.filter((score) => score > LOWEST_THRESHOLD).length).toBeGreaterThan(200);
  });

  it('are there for none that has no relative', () => {
    expect(best.partner(0)).toBe(-1);
    expect(best.score(0)).toBeNaN();
    expect(best.partner(1e6)).toBe(-1);
  });
});

describe('best partners', () => {
  it('are those of the highest score of all pairs', () => {
    const { list, best, add } = world();
    const roots = [10, 20, 30].map((seed) => normalValues(seed, 256));
    for (let at = 0; at < 36; at++) {
      const root = roots[at % 3] ?? normalValues(1, 256);
      add(updated(root, 0.05 + at / 40, 100 + at), dtypes[at % 2] ?? 'F32');
    }
    for (let id = 0; id < list.size; id++) {
      const own = list.get(id);
      const scores = Array.from({ length: list.size }, (_, other) => {
        const signature = list.get(other);
        if (own === undefined || signature === undefined || other === id) return -1;
        return estimateScore(own, signature);
      });
      const highest = Math.max(...scores);
      if (highest < LOWEST_THRESHOLD) expect(best.partner(id)).toBe(-1);
      else expect(best.score(id)).toBeCloseTo(highest, 5);
    }
  });

  it('move to the next best when theirs leaves, and back when it returns', () => {
    const { list, index, best, add } = world();
    const base = normalValues(40, 512);
    const first = add(base, 'F32');
    const near = add(updated(base, 0.01, 41), 'F32');
    const far = add(updated(base, 0.2, 42), 'F32');
    expect(best.partner(first)).toBe(near);
    index.remove(near);
    best.remove(near);
    expect(best.partner(near)).toBe(-1);
    expect(best.partner(first)).toBe(far);
    expect(best.partner(far)).toBe(first);
    const signature = list.get(near);
    if (signature !== undefined) index.add(near, entryOf(signature));
    best.add(near);
    expect(best.partner(first)).toBe(near);
    expect(best.partner(near)).toBe(first);
  });

  it('are found for a transposed tensor, and said to be so', () => {
    const { best, add } = world();
    const values = normalValues(50, 96 * 64);
    const turned = values.map((_, at) => values[(at % 96) * 64 + Math.floor(at / 96)] ?? 0);
    const [a, b] = [add(values, 'F32', 96), add(turned, 'F32', 64)];
    expect([best.partner(a), best.partner(b)]).toEqual([b, a]);
    expect([best.isTransposed(a), best.isTransposed(b)]).toEqual([true, true]);
  });
});
