import type { FamiliesReport, Family } from '../../../shared/domain';
import { clusters, type Groups } from './cluster';
import { type Fitting, fitAdapters } from './families-adapters';
import { familiesOf } from './families-build';
import { contextOf } from './families-context';
import { type Told, tellDescent } from './families-descent';
import { type Found, findKins, type Kins, kinKey } from './families-evidence';
import type { Context, FamilyInput, Node } from './families-input';
import { kinOf } from './families-pairs';
import { byName } from './matrix';
import { type Descent, parentsOf } from './roots';

export type { FamilyInput, FamilyModel } from './families-input';

/** Families of at most this many models have all their pairs compared; larger ones the strongest. */
const COMPLETE_FAMILY = 16;
/** Longest work between two pauses, milliseconds. */
const SLICE = 10;

/**
 * Families, lineage and matrices of all fingerprinted models. Calls `pause` about every 10 ms of
 * work; what it throws ends the work. The same models give the same report, in whatever order.
 */
export async function familiesReport(
  input: FamilyInput,
  pause: () => Promise<void> = nextTurn,
): Promise<FamiliesReport> {
  const steps = familiesSteps(input);
  for (let since = performance.now(); ; ) {
    const { done, value } = steps.next();
    if (done === true) return value;
    if (performance.now() - since < SLICE) continue;
    await pause();
    since = performance.now();
  }
}

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** The same in small steps, for callers that pause by themselves. */
export function* familiesSteps(input: FamilyInput): Generator<void, FamiliesReport> {
  const context = yield* contextOf(input);
  const found = yield* findKins(context);
  const { kins, shared } = found;
  const told = yield* tellDescent(kins, context);
  const groups = clusters(kins.values(), context);
  for (const [at, { bases, blend }] of told.entries()) {
    const [blended] = blend?.parents ?? [];
    for (const base of bases) groups.join(at, base.at);
    if (blended !== undefined) groups.join(at, blended.node.at);
  }
  yield* complete(found, groups, context);
  const fittings = yield* adapterBases(kins, groups, told, context);
  for (const [adapter, { base }] of fittings) groups.join(adapter.at, base.at);
  const descents = told.map(
    (one, at): Descent => ({ ...one, fitting: fittingAt(fittings, context, at) }),
  );
  const material = { context, kins, shared, descents };
  const families: Family[] = [];
  const alone: Node[] = [];
  for (const members of membersOf(groups, context)) {
    const built = yield* familiesOf(members, material);
    families.push(...built.families);
    alone.push(...built.alone);
    yield;
  }
  return {
    families: families.sort(byName),
    alone: alone.sort((a, b) => a.at - b.at).map(({ entry }) => entry.model.id),
    pending: [...input.pending].sort(),
  };
}

function membersOf(groups: Groups, { nodes }: Context): Node[][] {
  const members = new Map<number, Node[]>();
  for (const node of nodes) {
    const group = groups.of(node.at);
    const known = members.get(group);
    if (known === undefined) members.set(group, [node]);
    else known.push(node);
  }
  return [...members.values()];
}

/** Compares the pairs of small families that had too little in common to be looked at before. */
function* complete(
  { kins, relations, shared }: Found,
  groups: Groups,
  context: Context,
): Generator<void, void> {
  for (const members of membersOf(groups, context)) {
    if (members.length > COMPLETE_FAMILY) continue;
    for (const [i, a] of members.entries()) {
      for (const b of members.slice(i + 1)) {
        const key = kinKey(a, b, context);
        if (kins.has(key)) continue;
        kins.set(key, kinOf(a, b, shared.get(key) ?? 0, context, relations));
        yield;
      }
    }
  }
}

/** Lineage without adapters comes first: an adapter of several fitting bases goes to the eldest. */
function* adapterBases(
  kins: Kins,
  groups: Groups,
  told: readonly Told[],
  context: Context,
): Generator<void, Map<Node, Fitting>> {
  if (context.nodes.every(({ adapter }) => adapter === undefined)) return new Map();
  const descents = told.map((one): Descent => ({ ...one, fitting: undefined }));
  const parents = new Map<Node, Node | undefined>();
  const sizes = new Map<number, number>();
  for (const members of membersOf(groups, context)) {
    const bases = members.filter(({ adapter }) => adapter === undefined);
    for (const base of bases) sizes.set(base.at, bases.length);
    if (bases.length < 2) continue;
    for (const [node, parent] of parentsOf(bases, kins, descents, context))
      parents.set(node, parent);
    yield;
  }
  const depth = (node: Node): number => {
    let steps = 0;
    for (let up = parents.get(node); up !== undefined; up = parents.get(up)) steps += 1;
    return steps;
  };
  return yield* fitAdapters(context.nodes, groups, {
    isDeclared: (adapter, base) => told[adapter.at]?.bases.includes(base) === true,
    depth,
    familySize: ({ at }) => sizes.get(at) ?? 1,
  });
}

function fittingAt(
  fittings: ReadonlyMap<Node, Fitting>,
  { nodes }: Context,
  at: number,
): Fitting | undefined {
  const node = nodes[at];
  return node === undefined ? undefined : fittings.get(node);
}
