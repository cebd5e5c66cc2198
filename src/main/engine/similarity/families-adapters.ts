import { baseIndexOf, type Fit, fitOf, fits } from './adapters';
import type { Groups } from './cluster';
import type { Node } from './families-input';

export interface Fitting {
  readonly base: Node;
  readonly fit: Fit;
}

/** How an adapter's possible bases stand to each other besides their fit. */
export interface Standing {
  /** Whether the adapter's files name the base. */
  isDeclared(adapter: Node, base: Node): boolean;
  /** 0 for the root of a family, more for what came from it. */
  depth(base: Node): number;
  familySize(base: Node): number;
}

/**
 * The base of every adapter that fits one. All adapters of a group go to bases of one family: the
 * declared one, else that of the base with the most fitting layers, of equals the one nearest to its
 * family's root, then of the largest family, then the first in order.
 */
export function* fitAdapters(
  nodes: readonly Node[],
  groups: Groups,
  standing: Standing,
): Generator<void, Map<Node, Fitting>> {
  const adapters = nodes.filter(({ adapter }) => adapter !== undefined);
  const fittings = yield* allFittings(adapters, nodes);
  const byGroup = grouped(adapters, ({ at }) => groups.of(at));
  const chosen = new Map<Node, Fitting>();
  for (const members of byGroup.values()) {
    const ranked = members.map((node) =>
      rankedFor(node, fittings.get(node.adapter?.key ?? '') ?? [], standing),
    );
    const declared = ranked.find((list, i) => isFirstDeclared(members[i], list[0], standing));
    const target = (declared ?? ranked.find((list) => list.length > 0))?.[0];
    if (target === undefined) continue;
    members.forEach((node, i) => {
      const own = ranked[i]?.find(({ base }) => groups.of(base.at) === groups.of(target.base.at));
      if (own !== undefined) chosen.set(node, own);
    });
  }
  return chosen;
}

function isFirstDeclared(
  adapter: Node | undefined,
  first: Fitting | undefined,
  standing: Standing,
): boolean {
  return adapter !== undefined && first !== undefined && standing.isDeclared(adapter, first.base);
}

function rankedFor(adapter: Node, fittings: readonly Fitting[], standing: Standing): Fitting[] {
  const declared = ({ base }: Fitting): number => (standing.isDeclared(adapter, base) ? 0 : 1);
  return [...fittings].sort(
    (a, b) =>
      declared(a) - declared(b) ||
      b.fit.fit - a.fit.fit ||
      standing.depth(a.base) - standing.depth(b.base) ||
      standing.familySize(b.base) - standing.familySize(a.base) ||
      a.base.at - b.base.at,
  );
}

/** Fitting bases by the adapters' key. Bases of equal names and shapes are looked at once. */
function* allFittings(
  adapters: readonly Node[],
  nodes: readonly Node[],
): Generator<void, Map<string, Fitting[]>> {
  const shapes = new Map(
    adapters.flatMap(({ adapter }) => (adapter ? [[adapter.key, adapter] as const] : [])),
  );
  const fittings = new Map<string, Fitting[]>();
  if (shapes.size === 0) return fittings;
  const bases = nodes.filter(
    ({ adapter, entry }) => adapter === undefined && entry.model.tensors.length > 0,
  );
  for (const alike of grouped(bases, ({ architecture }) => architecture).values()) {
    const [first] = alike;
    if (first === undefined) continue;
    const index = baseIndexOf(first.entry.model);
    for (const [key, shape] of shapes) {
      const fit = fitOf(shape, index);
      if (!fits(fit)) continue;
      const known = fittings.get(key) ?? [];
      known.push(...alike.map((base) => ({ base, fit })));
      fittings.set(key, known);
    }
    yield;
  }
  return fittings;
}

function grouped<Key>(nodes: readonly Node[], keyOf: (node: Node) => Key): Map<Key, Node[]> {
  const groups = new Map<Key, Node[]>();
  for (const node of nodes) {
    const key = keyOf(node);
    const known = groups.get(key);
    if (known === undefined) groups.set(key, [node]);
    else known.push(node);
  }
  return groups;
}
