import { describe, expect, it } from 'vitest';
import { assignBases, type Option } from './assign';
import { randomStream } from './hash';

const total = (alone: readonly number[], options: readonly Option[]): number =>
  assignBases(alone, options).reduce(
    (sum, option, at) => sum + (option?.bytes ?? alone[at] ?? 0),
    0,
  );

/** Cheapest depth-1 storage, by trying every set of bases. */
function exhaustive(alone: readonly number[], options: readonly Option[]): number {
  let best = Number.POSITIVE_INFINITY;
  for (let bases = 0; bases < 1 << alone.length; bases++) {
    let sum = 0;
    alone.forEach((bytes, tensor) => {
      const own = options.filter((each) => each.tensor === tensor && (bases >> each.base) & 1);
      const isBase = (bases >> tensor) & 1;
      sum += isBase ? bytes : Math.min(bytes, ...own.map((each) => each.bytes));
    });
    best = Math.min(best, sum);
  }
  return best;
}

/** Tensors as points; a difference costs what the points are apart, about as weights that drift do. */
function randomCase(seed: number, tensors: number): { alone: number[]; options: Option[] } {
  const random = randomStream(seed);
  const points = Array.from({ length: tensors }, () => [random(), random()] as const);
  const alone = points.map(() => 50 + Math.floor(50 * random()));
  const options = points.flatMap(([x, y], tensor) =>
    points.flatMap((base, at) => {
      const bytes = 5 + 100 * Math.hypot(x - base[0], y - base[1]) * (0.9 + 0.2 * random());
      return at === tensor || random() < 0.2 ? [] : [{ tensor, base: at, bytes }];
    }),
  );
  return { alone, options };
}

describe('assignBases', () => {
  it('never makes a base of what is a difference itself', () => {
    for (let seed = 0; seed < 200; seed++) {
      const { alone, options } = randomCase(seed, 12);
      const chosen = assignBases(alone, options);
      for (const option of chosen) {
        if (option !== undefined) expect(chosen[option.base]).toBeUndefined();
      }
    }
  });

  it('takes the middle of a chain as the base of both ends', () => {
    const options = [
      { tensor: 0, base: 1, bytes: 10 },
      { tensor: 1, base: 0, bytes: 10 },
      { tensor: 1, base: 2, bytes: 10 },
      { tensor: 2, base: 1, bytes: 10 },
    ];
    const chosen = assignBases([100, 100, 100], options);
    expect(chosen.map((option) => option?.base)).toEqual([1, undefined, 1]);
  });

  it('refuses options that are no gain', () => {
    expect(assignBases([10, 10], [{ tensor: 0, base: 1, bytes: 10 }])).toEqual([
      undefined,
      undefined,
    ]);
  });

  it('is within 20% of the cheapest choice, and within 3% on average', () => {
    const ratios = Array.from({ length: 100 }, (_, seed) => {
      const { alone, options } = randomCase(seed + 1000, 8);
      return total(alone, options) / exhaustive(alone, options);
    });
    expect(Math.min(...ratios)).toBeGreaterThanOrEqual(1 - 1e-9);
    expect(Math.max(...ratios)).toBeLessThan(1.2);
    expect(ratios.reduce((sum, ratio) => sum + ratio, 0) / ratios.length).toBeLessThan(1.03);
  });

  it('does not depend on the order of the options', () => {
    const { alone, options } = randomCase(7, 20);
    expect(assignBases(alone, options.toReversed())).toEqual(assignBases(alone, options));
  });
});
