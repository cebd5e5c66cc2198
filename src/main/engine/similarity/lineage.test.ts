import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Arc, arborescence } from './lineage';

const costOf = (arcs: readonly Arc[], chosen: Iterable<number>): [number, number] => {
  let broken = 0;
  let bytes = 0;
  for (const index of chosen) {
    broken += arcs[index]?.broken ?? 0;
    bytes += arcs[index]?.bytes ?? 0;
  }
  return [broken, bytes];
};

/** Every way of giving each node but the root one arc that leads to it, kept where no cycle arises. */
function bruteForce(
  count: number,
  root: number,
  arcs: readonly Arc[],
): [number, number] | undefined {
  let best: [number, number] | undefined;
  const into = Array.from({ length: count }, (_, node) =>
    arcs.flatMap((arc, index) => (arc.child === node && arc.parent !== node ? [index] : [])),
  );
  const choose = (node: number, chosen: number[]): void => {
    if (node === count) {
      if (!isTree(count, root, arcs, chosen)) return;
      const cost = costOf(arcs, chosen);
      if (best === undefined || cost[0] < best[0] || (cost[0] === best[0] && cost[1] < best[1]))
        best = cost;
      return;
    }
    const arcsInto = node === root ? [-1] : (into[node] ?? []);
    for (const index of arcsInto) choose(node + 1, [...chosen, index]);
  };
  choose(0, []);
  return best;
}

function isTree(
  count: number,
  root: number,
  arcs: readonly Arc[],
  chosen: ArrayLike<number>,
): boolean {
  for (let start = 0; start < count; start++) {
    let node = start;
    for (let steps = 0; node !== root; steps++) {
      if (steps > count) return false;
      node = arcs[chosen[node] ?? -1]?.parent ?? root;
    }
  }
  return true;
}

const graphs = fc.integer({ min: 1, max: 6 }).chain((count) =>
  fc.record({
    count: fc.constant(count),
    root: fc.integer({ min: 0, max: count - 1 }),
    arcs: fc.array(
      fc.record({
        parent: fc.integer({ min: 0, max: count - 1 }),
        child: fc.integer({ min: 0, max: count - 1 }),
        broken: fc.integer({ min: 0, max: 2 }),
        bytes: fc.integer({ min: 0, max: 20 }),
      }),
      { maxLength: 16 },
    ),
  }),
);

describe('arborescence', () => {
  it('costs what the best of all trees costs, for up to 6 nodes', () => {
    fc.assert(
      fc.property(graphs, ({ count, root, arcs }) => {
        const chosen = arborescence(count, root, arcs);
        const best = bruteForce(count, root, arcs);
        expect(chosen === undefined).toBe(best === undefined);
        if (chosen === undefined) return;
        chosen.forEach((index, node) => {
          expect(node === root ? index : arcs[index]?.child).toBe(node === root ? -1 : node);
        });
        expect(isTree(count, root, arcs, chosen)).toBe(true);
        expect(costOf(arcs, chosen)).toEqual(best);
      }),
      { numRuns: 2000, seed: 7 },
    );
  });

  it('gives up a cheap cycle for the arc that enters it at the least cost', () => {
    const arcs = [
      { parent: 1, child: 2, broken: 0, bytes: 1 },
      { parent: 2, child: 1, broken: 0, bytes: 1 },
      { parent: 0, child: 1, broken: 0, bytes: 10 },
      { parent: 0, child: 2, broken: 0, bytes: 9 },
    ];
    expect([...(arborescence(3, 0, arcs) ?? [])]).toEqual([-1, 1, 3]);
  });

  it('is undefined where a node cannot be reached', () => {
    expect(arborescence(2, 0, [{ parent: 1, child: 0, broken: 0, bytes: 1 }])).toBeUndefined();
  });

  it('takes a thousand models in two cycles of cycles', () => {
    const arcs: Arc[] = [];
    for (let node = 1; node < 1000; node++) {
      arcs.push({ parent: node ^ 1, child: node, broken: 0, bytes: 1 });
      arcs.push({ parent: (node * 7) % 1000, child: node, broken: 0, bytes: 5 });
      arcs.push({ parent: node - 1, child: node, broken: 0, bytes: 9 });
    }
    const chosen = arborescence(1000, 0, arcs) ?? new Int32Array();
    expect(isTree(1000, 0, arcs, chosen)).toBe(true);
  });
});
