import { type Blend, blendOf } from './blend';
import { bondOf } from './cluster';
import { answers, type Declared, declaredBases, type ModelName, namesOf } from './declared';
import { type Kins, kinKey } from './families-evidence';
import type { Context, Node } from './families-input';
import type { Kin } from './families-pairs';

/** What files say, and what weights show, of one model's parents. */
export interface Told {
  readonly bases: readonly Node[];
  readonly declared: Declared | undefined;
  readonly blend: Blend | undefined;
}

/** Reads declared bases and looks for blends; per model, in order. Yields after each. */
export function* tellDescent(kins: Kins, context: Context): Generator<void, Told[]> {
  const byLastPart = namesByLastPart(context.nodes);
  const kinsOf = new Map<Node, Kin[]>();
  for (const kin of kins.values()) {
    for (const node of [kin.a, kin.b]) kinsOf.set(node, [...(kinsOf.get(node) ?? []), kin]);
  }
  const told: Told[] = [];
  for (const node of context.nodes) {
    const { bases, declared } = basesOf(node, byLastPart, kins, context);
    told.push({ bases, declared, blend: blendOf(node, kinsOf.get(node) ?? [], context) });
    yield;
  }
  return context.nodes.map((node, at) => {
    const one = told[at] ?? { bases: [], declared: undefined, blend: undefined };
    return { ...one, blend: ofOriginals(node, one.blend, told, kinsOf.get(node) ?? [], context) };
  });
}

/** A blend of blends is one of their parents as well: those are named where they are open. */
function ofOriginals(
  node: Node,
  blend: Blend | undefined,
  told: readonly Told[],
  kins: readonly Kin[],
  context: Context,
): Blend | undefined {
  const isBlend = ({ at }: Node): boolean => told[at]?.blend !== undefined;
  if (blend?.parents.some((parent) => isBlend(parent.node)) !== true) return blend;
  const originals = kins.filter(({ a, b }) => !isBlend(a === node ? b : a));
  return blendOf(node, originals, context) ?? blend;
}

interface Named {
  readonly node: Node;
  readonly names: readonly ModelName[];
}

function namesByLastPart(nodes: readonly Node[]): Map<string, Named[]> {
  const byName = new Map<string, Named[]>();
  for (const node of nodes) {
    const names = namesOf(node.entry);
    for (const name of new Set(names.map((one) => one.name))) {
      byName.set(name, [...(byName.get(name) ?? []), { node, names }]);
    }
  }
  return byName;
}

/**
 * The open models that a model's files name as its base: those that answer best; of several only
 * those that the bytes bear out, or the first. Where no open model answers, the words remain.
 */
function basesOf(
  node: Node,
  byLastPart: ReadonlyMap<string, readonly Named[]>,
  kins: Kins,
  context: Context,
): Pick<Told, 'bases' | 'declared'> {
  const all = declaredBases(node.entry);
  const own = namesOf(node.entry);
  for (const declared of all) {
    if (declared.weak && answers(declared.name, own) > 0) continue;
    const found = (byLastPart.get(declared.name.name) ?? [])
      .map((named) => ({ ...named, answer: answers(declared.name, named.names) }))
      .filter((named) => named.node !== node && named.answer > 0);
    const best = Math.max(0, ...found.map(({ answer }) => answer));
    const nodes = found.filter(({ answer }) => answer === best).map((named) => named.node);
    const borne = nodes.filter((base) => {
      const kin = kins.get(kinKey(base, node, context));
      return kin !== undefined && bondOf(kin) !== 'none';
    });
    const bases = borne.length > 0 ? borne : declared.weak ? [] : nodes.slice(0, 1);
    if (bases.length > 0) return { bases, declared };
  }
  return { bases: [], declared: all.find(({ weak }) => !weak) };
}
