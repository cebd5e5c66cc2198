import type { Fit } from './adapters';
import type { Blend } from './blend';
import { bondOf, partOf } from './cluster';
import type { Declared } from './declared';
import { type Kins, kinKey } from './families-evidence';
import type { Context, Node } from './families-input';
import { type Kin, sideOf } from './families-pairs';
import { type Arc, arborescence } from './lineage';
import { compareSteps } from './steps';

/** What is known of one model's descent before its parent is chosen. */
export interface Descent {
  /** Open models that its files name as its base, best answer first; and the words. */
  readonly bases: readonly Node[];
  readonly declared: Declared | undefined;
  readonly blend: Blend | undefined;
  /** Of adapters: the base whose layers it fits. */
  readonly fitting: { readonly base: Node; readonly fit: Fit } | undefined;
}

/** A model of this many times the bits is not made from the other: casts lose, they do not gain. */
const WIDER = 1.5;

/**
 * Rules of descent. A tree breaks as few as possible, the weightier ones first; among those trees the
 * one of the fewest predicted bytes is taken, whose root is the medoid: the model that all others
 * together are stored best from.
 */
const rules = {
  /** What the files declare, and what a blend is made of, stands. */
  stated: 4,
  /** An adapter comes from its base, never a base from an adapter. */
  adapter: 4,
  /** Of a wider and a narrower dtype, the wider comes first. */
  precision: 1,
  /** Of two states of one run, or two dated versions, the earlier comes first. */
  order: 1,
  /** A part comes from the whole. */
  part: 1,
  /** A format for running models comes from one for training them. */
  format: 1,
} as const;
/** A second root is worse than all broken rules together. */
const ROOT = 1_000_000;

/** Whether `child` came from `parent` in the person's or the file's own words, or by its making. */
export function isStated(parent: Node, { bases, blend }: Descent): boolean {
  return bases.includes(parent) || blend?.parents[0]?.node === parent;
}

/** Parents by place, -1 for roots, of models that belong together. */
export function parentsOf(
  members: readonly Node[],
  kins: Kins,
  descents: readonly Descent[],
  context: Context,
): Map<Node, Node | undefined> {
  const places = new Map(members.map((node, place) => [node, place]));
  const arcs: Arc[] = [];
  const costs = new Map<Node, Map<Node, number>>();
  for (const [child, place] of places) {
    const descent = descents[child.at];
    if (descent === undefined) continue;
    for (const [parent, from] of places) {
      if (parent === child) continue;
      const kin = kins.get(kinKey(parent, child, context));
      const isBound = kin !== undefined && bondOf(kin) !== 'none';
      if (!isBound && !isStated(parent, descent) && descent.fitting?.base !== parent) continue;
      const bytes = kin === undefined ? child.entry.logicalBytes : sideOf(kin, child).cost;
      arcs.push({
        parent: from,
        child: place,
        broken: brokenRules(parent, child, kin, descents),
        bytes,
      });
      costs.set(parent, (costs.get(parent) ?? new Map()).set(child, bytes));
    }
  }
  const root = members.length;
  const all = members.reduce((sum, { entry }) => sum + entry.logicalBytes, 0);
  for (const [node, place] of places) {
    const descent = descents[node.at];
    const hasParent =
      descent !== undefined && members.some((other) => other !== node && isStated(other, descent));
    const broken =
      ROOT + (hasParent ? rules.stated : 0) + (node.adapter === undefined ? 0 : rules.adapter);
    let bytes = all;
    for (const [child, cost] of costs.get(node) ?? []) bytes -= child.entry.logicalBytes - cost;
    arcs.push({ parent: root, child: place, broken, bytes: Math.round(bytes) });
  }
  const chosen = arborescence(members.length + 1, root, arcs);
  return new Map(
    members.map((node, place) => [node, members[arcs[chosen?.[place] ?? -1]?.parent ?? -1]]),
  );
}

function brokenRules(
  parent: Node,
  child: Node,
  kin: Kin | undefined,
  descents: readonly Descent[],
): number {
  const descent = descents[child.at];
  const parents = descents[parent.at];
  if (descent === undefined || parents === undefined || isStated(parent, descent)) return 0;
  let broken = 0;
  const order = compareSteps(parent.step, child.step);
  if (order !== undefined && order > 0) broken += rules.order;
  const hasBase = descent.bases.length > 0 || descent.blend !== undefined;
  if (hasBase && !isSibling(descent, parents, kin, order)) broken += rules.stated;
  if (parents.blend?.parents.some(({ node }) => node === child)) broken += rules.stated;
  if (parent.adapter !== undefined && child.adapter === undefined) broken += rules.adapter;
  if (child.bits >= parent.bits * WIDER && parent.bits > 0) broken += rules.precision;
  if (kin !== undefined && bondOf(kin) === 'part' && partOf(kin) === parent) broken += rules.part;
  if (isExport(parent) && !isExport(child)) broken += rules.format;
  return broken;
}

const isExport = ({ entry }: Node): boolean => entry.format === 'onnx' || entry.format === 'gguf';

/** Below this share of its size, what differs from a sibling is too little for a making of its own. */
const ALL_BUT_EQUAL = 0.1;

/**
 * Of two blends that are all but equal one may come from the other. Of one declared base: another state of the same run, a copy or a cast may come from its sibling.
 */
function isSibling(
  child: Descent,
  parent: Descent,
  kin: Kin | undefined,
  order: number | undefined,
): boolean {
  if (kin === undefined) return false;
  if (child.blend !== undefined && parent.blend !== undefined) {
    const { cost } = kin.aFromB;
    return cost < kin.a.entry.logicalBytes * ALL_BUT_EQUAL;
  }
  if (child.blend !== undefined) return false;
  if (!child.bases.some((base) => parent.bases.includes(base))) return false;
  const isSame = [kin.aFromB, kin.bFromA].some(
    ({ near, different }) => near.tensors + different.tensors === 0,
  );
  return order !== undefined || isSame;
}
