/**
 * An arc of the graph whose cheapest tree is the lineage. Costs compare by `broken` first, then by
 * `bytes`; both are whole numbers, so that sums and differences of them are exact.
 */
export interface Arc {
  readonly parent: number;
  readonly child: number;
  /** How many rules of descent the arc would break; see roots.ts. */
  readonly broken: number;
  readonly bytes: number;
}

/** An arc of a contracted graph; `origin` is its index one level up. */
interface InnerArc extends Arc {
  readonly origin: number;
}

/**
 * The minimum spanning arborescence from `root` over nodes 0 … count - 1: per node the index of the
 * arc that leads to it, -1 for the root; undefined where a node cannot be reached. Of equally cheap
 * arcs the first in the list is taken.
 *
 * Chu and Liu (Scientia Sinica 14, 1965), Edmonds (J. Res. NBS 71B, 1967): every node takes its
 * cheapest arc; cycles are contracted, with the arcs into them lowered by what they replace.
 */
export function arborescence(
  count: number,
  root: number,
  arcs: readonly Arc[],
): Int32Array | undefined {
  return solve(
    count,
    root,
    arcs.map((arc, origin) => ({ ...arc, origin })),
  );
}

function solve(count: number, root: number, arcs: readonly InnerArc[]): Int32Array | undefined {
  const best = cheapest(count, root, arcs);
  if (best === undefined) return undefined;
  const cycles = cyclesOf(best, arcs);
  if (cycles === undefined) return best;
  const contracted = contract(arcs, best, cycles);
  const inner = solve(cycles.groups, cycles.group[root] as number, contracted);
  if (inner === undefined) return undefined;
  // Cycle arcs stay but where an arc from outside enters.
  const chosen = best.slice();
  for (let node = 0; node < count; node++) if (!isInCycle(cycles, node)) chosen[node] = -1;
  for (const arc of inner) {
    if (arc < 0) continue;
    const origin = contracted[arc]?.origin as number;
    chosen[arcs[origin]?.child as number] = origin;
  }
  return chosen;
}

function cheapest(count: number, root: number, arcs: readonly InnerArc[]): Int32Array | undefined {
  const best = new Int32Array(count).fill(-1);
  arcs.forEach((arc, index) => {
    if (arc.child === root || arc.parent === arc.child) return;
    const before = arcs[best[arc.child] as number];
    if (before === undefined || isCheaper(arc, before)) best[arc.child] = index;
  });
  for (let node = 0; node < count; node++) if (node !== root && best[node] === -1) return undefined;
  return best;
}

function isCheaper(a: Arc, b: Arc): boolean {
  return a.broken !== b.broken ? a.broken < b.broken : a.bytes < b.bytes;
}

interface Cycles {
  /** Per node the node that stands for it when each cycle has become one. */
  readonly group: Int32Array;
  readonly groups: number;
  /** Per group: whether it is a cycle. */
  readonly cyclic: readonly boolean[];
}

const isInCycle = ({ group, cyclic }: Cycles, node: number): boolean =>
  cyclic[group[node] as number] === true;

/** Undefined: there is none. */
function cyclesOf(best: Int32Array, arcs: readonly InnerArc[]): Cycles | undefined {
  const group = new Int32Array(best.length).fill(-1);
  const seen = new Int32Array(best.length).fill(-1);
  const cyclic: boolean[] = [];
  const parentOf = (node: number): number => arcs[best[node] as number]?.parent ?? -1;
  for (let start = 0; start < best.length; start++) {
    let node = start;
    while (node !== -1 && seen[node] === -1) {
      seen[node] = start;
      node = parentOf(node);
    }
    if (node === -1 || seen[node] !== start || group[node] !== -1) continue;
    for (let member = node; group[member] === -1; member = parentOf(member))
      group[member] = cyclic.length;
    cyclic.push(true);
  }
  if (cyclic.length === 0) return undefined;
  for (let node = 0; node < group.length; node++) {
    if (group[node] !== -1) continue;
    group[node] = cyclic.length;
    cyclic.push(false);
  }
  return { group, groups: cyclic.length, cyclic };
}

function contract(arcs: readonly InnerArc[], best: Int32Array, cycles: Cycles): InnerArc[] {
  const contracted: InnerArc[] = [];
  arcs.forEach((arc, origin) => {
    const parent = cycles.group[arc.parent] as number;
    const child = cycles.group[arc.child] as number;
    if (parent === child) return;
    const replaced = isInCycle(cycles, arc.child) ? arcs[best[arc.child] as number] : undefined;
    const broken = arc.broken - (replaced?.broken ?? 0);
    contracted.push({ parent, child, broken, bytes: arc.bytes - (replaced?.bytes ?? 0), origin });
  });
  return contracted;
}
