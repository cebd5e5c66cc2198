import { type CountAndBytes, LOWEST_THRESHOLD } from '../../../shared/domain';
import { layerNameOf } from '../manifest/layers';
import { alignModels } from './align';
import type { Context, Node } from './families-input';
import type { SimilarTensor } from './types';

/** What a child's tensors are to a parent's. The four counts add up to all of the child's tensors. */
export interface Side {
  readonly identical: CountAndBytes;
  readonly cast: CountAndBytes;
  readonly near: CountAndBytes;
  readonly different: CountAndBytes;
  /** Bytes of the child's tensors that score LOWEST_THRESHOLD or more; equal and cast ones too. */
  readonly looseBytes: number;
  /** Predicted bytes of the child, stored as what differs from the parent; a whole number. */
  readonly cost: number;
  /**
   * Layers of the child with a near or different tensor, most changed bytes first; at most 50. Told
   * where every pair of tensors was looked at.
   */
  readonly changedLayers: readonly string[];
}

const MAX_LAYERS = 50;

/** Two models for whose kinship there is evidence; `a` stands before `b`. */
export interface Kin {
  readonly a: Node;
  readonly b: Node;
  /** Per tensor of a its partner in b, or -1. */
  readonly links: Int32Array;
  /** Distinct bytes that both have, tensors or not. */
  readonly sharedBytes: number;
  /** Every pair of tensors was looked at. */
  readonly isExact: boolean;
  readonly aFromB: Side;
  readonly bFromA: Side;
}

/** The child's side of a pair. */
export const sideOf = (kin: Kin, child: Node): Side => (kin.a === child ? kin.aFromB : kin.bFromA);

export type Status = 'identical' | 'cast' | 'near' | 'different';

interface Outcome {
  readonly status: Status;
  /** Scores LOWEST_THRESHOLD or more. */
  readonly loose: boolean;
  /** Predicted bytes. */
  readonly bytes: number;
}

/**
 * Compares two models tensor by tensor. At most `relations` pairs of tensors are related by their
 * values; of more, tensors of like size are put into so many groups, and one speaks for its group.
 */
export function kinOf(
  a: Node,
  b: Node,
  sharedBytes: number,
  context: Context,
  relations = Number.POSITIVE_INFINITY,
): Kin {
  const links = linksOf(a, b, sharedBytes, context);
  const outcomes = outcomesOf(a, b, links, context, relations);
  const back = new Int32Array(b.entry.model.tensors.length).fill(-1);
  links.forEach((other, own) => {
    if (other >= 0) back[other] = own;
  });
  const mirrored = b.entry.model.tensors.map((tensor, at) => {
    const own = back[at] ?? -1;
    const outcome = outcomes[own];
    const other = a.entry.model.tensors[own];
    if (outcome === undefined || other === undefined) return differentFrom(tensor);
    // Of equal dtypes the difference is the same seen from either side.
    return tensor.dtype === other.dtype && tensor.byteLength === other.byteLength
      ? outcome
      : undefined;
  });
  const reversed = outcomesOf(b, a, back, context, relations, mirrored);
  const most = Math.max(a.entry.model.tensors.length, b.entry.model.tensors.length);
  const isExact = relations >= most;
  return {
    a,
    b,
    links,
    sharedBytes,
    isExact,
    aFromB: sideFrom(a, outcomes, sharedBytes, isExact),
    bFromA: sideFrom(b, reversed, sharedBytes, isExact),
  };
}

/** Tensors of equal names, unless equal bytes say that layers were moved; else the full alignment. */
function linksOf(a: Node, b: Node, sharedBytes: number, context: Context): Int32Array {
  const isSame = a.architecture === b.architecture && (sharedBytes === 0 || !isMoved(a, b));
  if (isSame) return Int32Array.from(a.entry.model.tensors, (_, at) => at);
  return alignModels(a.entry.model, b.entry.model, context.pairs, context).b;
}

/** Whether a tensor's bytes are found in the other model, but at another place. */
function isMoved(a: Node, b: Node): boolean {
  const [own, others] = [a.entry.model.tensors, b.entry.model.tensors];
  const changed = new Set<number>();
  own.forEach(({ digest }, at) => {
    if (digest >= 0 && digest !== others[at]?.digest) changed.add(digest);
  });
  return others.some(({ digest }, at) => changed.has(digest) && own[at]?.digest !== digest);
}

const differentFrom = ({ byteLength }: SimilarTensor): Outcome => ({
  status: 'different',
  loose: false,
  bytes: byteLength,
});

/** Per tensor of the child; those that `known` has are taken over. */
function outcomesOf(
  child: Node,
  parent: Node,
  links: Int32Array,
  context: Context,
  relations: number,
  known: readonly (Outcome | undefined)[] = [],
): Outcome[] {
  const { tensors } = child.entry.model;
  const outcomes: (Outcome | undefined)[] = tensors.map((tensor, at) => {
    const base = parent.entry.model.tensors[links[at] ?? -1];
    return known[at] ?? outcomeByBytes(tensor, base);
  });
  const open = outcomes.flatMap((outcome, at) => (outcome === undefined ? [at] : []));
  const size = (at: number): number => tensors[at]?.byteLength ?? 0;
  if (open.length > relations) open.sort((x, y) => size(y) - size(x) || x - y);
  const groups = Math.min(open.length, relations);
  for (let index = 0; index < groups; index++) {
    const [from, to] = [index, index + 1].map((one) => Math.floor((one * open.length) / groups));
    const group = open.slice(from, to);
    const speaker = group[Math.floor(group.length / 2)] ?? -1;
    const tensor = tensors[speaker];
    const base = parent.entry.model.tensors[links[speaker] ?? -1];
    if (tensor === undefined || base === undefined) continue;
    const outcome = outcomeByValues(tensor, base, context);
    const share = outcome.bytes / Math.max(1, tensor.byteLength);
    for (const at of group) outcomes[at] = { ...outcome, bytes: size(at) * share };
  }
  return outcomes.map(
    (outcome, at) => outcome ?? { status: 'different', loose: false, bytes: size(at) },
  );
}

function sideFrom(
  child: Node,
  outcomes: readonly Outcome[],
  shared: number,
  withLayers: boolean,
): Side {
  const counts = { identical: nothing(), cast: nothing(), near: nothing(), different: nothing() };
  const seen = new Set<number>();
  const changed = new Map<string, number>();
  let looseBytes = 0;
  let delta = 0;
  let equal = 0;
  let plain = child.otherBytes;
  child.entry.model.tensors.forEach((tensor, at) => {
    const { status, loose, bytes } = outcomes[at] ?? differentFrom(tensor);
    counts[status].tensors += 1;
    counts[status].bytes += tensor.byteLength;
    if (loose) looseBytes += tensor.byteLength;
    if (withLayers && bytes > 0 && (status === 'near' || status === 'different')) {
      const layer = layerNameOf(tensor.name);
      changed.set(layer, (changed.get(layer) ?? 0) + bytes);
    }
    // Equal bytes inside a model are stored once, whatever they are predicted from.
    if (tensor.digest >= 0 && seen.has(tensor.digest)) return;
    seen.add(tensor.digest);
    if (status === 'identical') equal += tensor.byteLength;
    else if (status === 'different') plain += bytes;
    else delta += bytes;
  });
  // Shared bytes outside of equal tensors (headers, vocabularies, leading rows) need no storing either.
  const rest = Math.max(0, plain - Math.max(0, shared - equal));
  const layers = [...changed].sort((a, b) => b[1] - a[1]).map(([name]) => name);
  return {
    ...counts,
    looseBytes,
    cost: Math.round(delta + rest),
    changedLayers: layers.slice(0, MAX_LAYERS),
  };
}

/** What naming a conversion takes: of two equally good parents the one of the same dtype is nearer. */
const CONVERTED_BYTES = 32;

const nothing = (): { tensors: number; bytes: number } => ({ tensors: 0, bytes: 0 });

/** Undefined where the bytes alone do not tell. */
function outcomeByBytes(
  tensor: SimilarTensor,
  base: SimilarTensor | undefined,
): Outcome | undefined {
  if (base === undefined) return differentFrom(tensor);
  const isEqual =
    tensor.digest >= 0 ? tensor.digest === base.digest : tensor.byteLength + base.byteLength === 0;
  if (isEqual) return { status: 'identical', loose: true, bytes: 0 };
  return tensor.signed < 0 || base.signed < 0 ? differentFrom(tensor) : undefined;
}

function outcomeByValues(tensor: SimilarTensor, base: SimilarTensor, context: Context): Outcome {
  const different = differentFrom(tensor);
  if (tensor.elements !== base.elements) return rowOutcome(tensor, base, context) ?? different;
  const relation = context.pairs.relate(tensor.signed, base.signed);
  if (relation === undefined) return different;
  const { score, deltaBytes } = relation.metrics;
  const bytes = Math.min(deltaBytes, tensor.byteLength);
  // A narrower dtype follows from a wider one; the other way round only the prediction can tell.
  const isWider = tensor.byteLength > base.byteLength;
  if (relation.cast)
    return { status: 'cast', loose: true, bytes: isWider ? bytes : CONVERTED_BYTES };
  const converted = tensor.dtype === base.dtype ? 0 : CONVERTED_BYTES;
  if (score >= context.thresholds.similar)
    return { status: 'near', loose: true, bytes: bytes + converted };
  return { ...different, loose: score >= LOWEST_THRESHOLD };
}

/** Tensors of different length count as near when they have nearly all rows in common. */
function rowOutcome(
  tensor: SimilarTensor,
  base: SimilarTensor,
  context: Context,
): Outcome | undefined {
  const share = commonRows(tensor.signed, base.signed, context);
  if (share === undefined || share.ofLonger < context.thresholds.similar) return undefined;
  return { status: 'near', loose: true, bytes: tensor.byteLength * (1 - share.ofTensor) };
}

/** Shares of rows in common: measured, or estimated from the rows' smallest hashes. */
function commonRows(tensor: number, base: number, context: Context) {
  const measured = context.rows?.(tensor, base);
  if (measured !== undefined) {
    const { common, rows, baseRows } = measured;
    return { ofTensor: common / rows, ofLonger: common / Math.max(rows, baseRows) };
  }
  const [own, other] = [context.signatures.get(tensor), context.signatures.get(base)];
  if (own === undefined || other === undefined || own.kind !== other.kind) return undefined;
  if (own.rows < 2 || other.rows < 2 || own.elements * other.rows !== other.elements * own.rows)
    return undefined;
  const likeness = jaccard(own.rowHashes.subarray(1), other.rowHashes.subarray(1));
  const common = Math.min(
    own.rows,
    other.rows,
    (likeness * (own.rows + other.rows)) / (1 + likeness),
  );
  return { ofTensor: common / own.rows, ofLonger: common / Math.max(own.rows, other.rows) };
}

/** Of two sets, from the smallest hashes of each, ascending (Broder, "On the resemblance", 1997). */
function jaccard(a: Uint32Array, b: Uint32Array): number {
  const size = Math.min(16, Math.max(a.length, b.length));
  let common = 0;
  let taken = 0;
  for (let i = 0, j = 0; taken < size && (i < a.length || j < b.length); taken++) {
    const [x, y] = [a[i] ?? Infinity, b[j] ?? Infinity];
    if (x === y) common += 1;
    if (x <= y) i += 1;
    if (y <= x) j += 1;
  }
  return taken === 0 ? 0 : common / taken;
}
