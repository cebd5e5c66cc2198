import type { ModelId } from '../../../shared/base';
import type { Family, LineageEdge } from '../../../shared/domain';
import { edgeOf } from './families-edges';
import { type Kins, kinKey } from './families-evidence';
import type { Context, Node } from './families-input';
import { type Kin, kinOf } from './families-pairs';
import { familyIdOf, familyNameOf, familyOrder, matrixOf } from './matrix';
import { type Descent, parentsOf } from './roots';

/** All that a family is built from. */
export interface Material {
  readonly context: Context;
  /** Pairs that were compared by some of their tensors are replaced where they become edges. */
  readonly kins: Kins;
  /** Shared bytes by pair. */
  readonly shared: ReadonlyMap<number, number>;
  /** By place. */
  readonly descents: readonly Descent[];
}

/**
 * The family of models that belong together; several, or models alone, where all that held them
 * together is a bond that no longer counts. Yields after each edge.
 */
export function* familiesOf(
  members: readonly Node[],
  material: Material,
): Generator<void, { readonly families: Family[]; readonly alone: Node[] }> {
  const { kins, descents, context } = material;
  const parents = parentsOf(members, kins, descents, context);
  const families: Family[] = [];
  const alone: Node[] = [];
  for (const root of members.filter((node) => parents.get(node) === undefined)) {
    const order = familyOrder(root, parents);
    if (order.length > 1) families.push(yield* familyOf(root, order, parents, material));
    else alone.push(root);
  }
  return { families, alone };
}

function* familyOf(
  root: Node,
  order: readonly Node[],
  parents: ReadonlyMap<Node, Node | undefined>,
  material: Material,
): Generator<void, Family> {
  const { kins, shared, descents, context } = material;
  const edges: LineageEdge[] = [];
  for (const child of order) {
    const parent = parents.get(child);
    const descent = descents[child.at];
    if (parent === undefined || descent === undefined) continue;
    edges.push(edgeOf(parent, child, exactKin(parent, child, material), descent));
    yield;
  }
  const ids: ModelId[] = order.map(({ entry }) => entry.model.id);
  const isBase = order.some(({ at }) => {
    const descent = descents[at];
    return descent?.bases.includes(root) === true || descent?.fitting?.base === root;
  });
  const declared = descents[root.at]?.declared?.text;
  return {
    id: familyIdOf(ids),
    name: familyNameOf(root, order, isBase),
    models: ids,
    root: root.entry.model.id,
    ...(declared === undefined ? {} : { declaredBase: declared }),
    edges,
    matrix: matrixOf(order, kins, shared, context),
  };
}

function exactKin(parent: Node, child: Node, { kins, context }: Material): Kin | undefined {
  const key = kinKey(parent, child, context);
  const kin = kins.get(key);
  if (kin === undefined || kin.isExact) return kin;
  const exact = kinOf(kin.a, kin.b, kin.sharedBytes, context);
  kins.set(key, exact);
  return exact;
}
