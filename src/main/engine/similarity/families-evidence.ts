import type { Context, Node } from './families-input';
import { type Kin, kinOf } from './families-pairs';

/** Tensors per model whose candidates are asked for: spread over the largest. */
const ASKED_TENSORS = 64;
/** The asked ones are taken from the tensors that make up this share of the model's bytes. */
const ASKED_BYTES = 0.95;
/** A signature or row that more models have says nothing: norms of ones, rows of zeros. */
const MAX_OWNERS = 64;
/** Pairs whose evidence is below this share of the smaller model are not looked at. */
const MIN_EVIDENCE = 0.1;
/** Strongest pairs per model that are compared tensor by tensor. */
export const PAIRS_PER_MODEL = 16;
/**
 * Relations of values (some 0.1 ms each) that comparing all pairs may take. Up to here every tensor
 * is looked at; beyond, some speak for others of their size, but never along a chosen edge.
 */
const RELATION_BUDGET = 40_000;
const FEWEST_RELATIONS = 12;
/** Row hashes that must agree for two tensors to be taken for related by rows. */
const ROW_AGREEMENT = 0.5;

export interface Found {
  readonly kins: Kins;
  /** Distinct bytes that both of a pair have, for all pairs that have some. */
  readonly shared: ReadonlyMap<number, number>;
  /** See kinOf. */
  readonly relations: number;
}

/** Pairs of models by `lower place * models + higher place`. */
export type Kins = Map<number, Kin>;

export const kinKey = (a: Node, b: Node, context: Context): number =>
  Math.min(a.at, b.at) * context.nodes.length + Math.max(a.at, b.at);

/**
 * Compares all pairs of models that have something in common, and only those: shared bytes, or a
 * signature near to one of the other's. Yields after each pair and each model.
 */
export function* findKins(context: Context): Generator<void, Found> {
  const { nodes } = context;
  const shared = yield* sharedBytes(context);
  const near = yield* nearBytes(context);
  const strengths = new Map<number, number>();
  for (const key of new Set([...shared.keys(), ...near.keys()])) {
    const a = nodes[Math.floor(key / nodes.length)];
    const b = nodes[key % nodes.length];
    if (a === undefined || b === undefined) continue;
    const smaller = Math.max(1, Math.min(a.entry.logicalBytes, b.entry.logicalBytes));
    const strength = (shared.get(key) ?? 0) / smaller + (near.get(key) ?? 0);
    if (strength >= MIN_EVIDENCE) strengths.set(key, strength);
  }
  const kins: Kins = new Map();
  const keys = strongest(strengths, nodes.length);
  const relations = relationsPerPair(keys, context);
  for (const key of keys) {
    const [a, b] = [nodes[Math.floor(key / nodes.length)], nodes[key % nodes.length]];
    if (a === undefined || b === undefined) continue;
    kins.set(key, kinOf(a, b, shared.get(key) ?? 0, context, relations));
    yield;
  }
  return { kins, relations, shared };
}

/** Tensors per pair of models whose values may be related, so that all pairs keep to the budget. */
function relationsPerPair(keys: readonly number[], { nodes }: Context): number {
  let all = 0;
  for (const key of keys) {
    const [a, b] = [nodes[Math.floor(key / nodes.length)], nodes[key % nodes.length]];
    all += Math.min(a?.entry.model.tensors.length ?? 0, b?.entry.model.tensors.length ?? 0);
  }
  if (all <= RELATION_BUDGET) return Number.POSITIVE_INFINITY;
  return Math.max(FEWEST_RELATIONS, Math.floor(RELATION_BUDGET / keys.length));
}

/** Pairs that are among the strongest of either model, in order of key. */
function strongest(strengths: ReadonlyMap<number, number>, count: number): number[] {
  const ofModel: [key: number, strength: number][][] = Array.from({ length: count }, () => []);
  for (const [key, strength] of strengths) {
    ofModel[Math.floor(key / count)]?.push([key, strength]);
    ofModel[key % count]?.push([key, strength]);
  }
  const kept = new Set<number>();
  for (const pairs of ofModel) {
    pairs.sort((a, b) => b[1] - a[1] || a[0] - b[0]);
    for (const [key] of pairs.slice(0, PAIRS_PER_MODEL)) kept.add(key);
  }
  return [...kept].sort((a, b) => a - b);
}

function* sharedBytes(context: Context): Generator<void, Map<number, number>> {
  const shared = new Map<number, number>();
  for (const node of context.nodes) {
    for (const { id, sharedBytes: bytes } of context.partners(node.entry.model.id)) {
      const other = context.byId.get(id);
      if (other !== undefined && other !== node) shared.set(kinKey(node, other, context), bytes);
    }
    yield;
  }
  return shared;
}

/** Per pair, the share of either model's asked bytes that may be near to the other's; the larger. */
function* nearBytes(context: Context): Generator<void, Map<number, number>> {
  const asked = context.nodes.map(askedTensors);
  yield;
  const owners = yield* ownersOf(context);
  const rows = yield* rowOwners(context, asked);
  const near = new Map<number, number>();
  for (const [at, node] of context.nodes.entries()) {
    const tensors = asked[at] ?? [];
    const total = tensors.reduce((sum, { byteLength }) => sum + byteLength, 0);
    const bytes = new Map<number, number>();
    for (const { signed, byteLength } of tensors) {
      const found = new Set<number>();
      for (const candidate of [
        ...context.candidates(signed),
        ...(context.rowCandidates?.(signed) ?? []),
      ]) {
        for (const owner of owners.get(candidate) ?? []) found.add(owner);
      }
      for (const owner of rows(signed)) found.add(owner);
      for (const owner of found) bytes.set(owner, (bytes.get(owner) ?? 0) + byteLength);
    }
    for (const [owner, sum] of bytes) {
      const other = context.nodes[owner];
      if (other === undefined || other === node) continue;
      const key = kinKey(node, other, context);
      near.set(key, Math.max(near.get(key) ?? 0, sum / total));
    }
    yield;
  }
  return near;
}

interface Asked {
  readonly signed: number;
  readonly byteLength: number;
}

/** Distinct signed tensors, largest first, until they make up nearly all bytes; then evenly spread. */
function askedTensors({ entry }: Node): Asked[] {
  const distinct = new Map<number, Asked>();
  for (const tensor of entry.model.tensors)
    if (tensor.signed >= 0) distinct.set(tensor.signed, tensor);
  const largest = [...distinct.values()].sort(
    (a, b) => b.byteLength - a.byteLength || a.signed - b.signed,
  );
  const enough = largest.reduce((sum, { byteLength }) => sum + byteLength, 0) * ASKED_BYTES;
  let taken = 0;
  const telling = largest.filter(({ byteLength }) => {
    const before = taken;
    taken += byteLength;
    return before < enough;
  });
  const step = Math.max(1, telling.length / ASKED_TENSORS);
  const count = Math.min(ASKED_TENSORS, telling.length);
  return Array.from({ length: count }, (_, i) => telling[Math.floor(i * step)]).filter(
    (one) => one !== undefined,
  );
}

/** Which models have a signature; none where too many do. */
function* ownersOf({ nodes }: Context): Generator<void, Map<number, number[]>> {
  const owners = new Map<number, number[]>();
  for (const { at, entry } of nodes) {
    for (const { signed } of entry.model.tensors) {
      const known = owners.get(signed);
      if (known === undefined) owners.set(signed, [at]);
      else if (known.at(-1) !== at) known.push(at);
    }
    yield;
  }
  owners.delete(-1);
  for (const [signed, all] of owners) if (all.length > MAX_OWNERS) owners.delete(signed);
  return owners;
}

/** Finds models with a tensor that has rows in common; built here where no row index is given. */
function* rowOwners(
  context: Context,
  asked: readonly (readonly Asked[])[],
): Generator<void, (signed: number) => number[]> {
  if (context.rowCandidates !== undefined) return () => [];
  const owners = new Map<string, number[]>();
  const keysOf = (signed: number): string[] => {
    const signature = context.signatures.get(signed);
    if (signature === undefined || signature.rows < 2) return [];
    const { kind, elements, rows, rowHashes } = signature;
    return [...rowHashes.subarray(1)].map((hash) => `${kind}:${elements / rows}:${hash}`);
  };
  for (const [at, tensors] of asked.entries()) {
    for (const { signed } of tensors) {
      for (const key of keysOf(signed)) {
        const known = owners.get(key);
        if (known === undefined) owners.set(key, [at]);
        else if (known.at(-1) !== at) known.push(at);
      }
    }
    yield;
  }
  return (signed) => {
    const keys = keysOf(signed);
    const agreeing = new Map<number, number>();
    for (const key of keys) {
      const all = owners.get(key) ?? [];
      if (all.length > MAX_OWNERS) continue;
      for (const owner of all) agreeing.set(owner, (agreeing.get(owner) ?? 0) + 1);
    }
    return [...agreeing].flatMap(([owner, count]) =>
      count >= keys.length * ROW_AGREEMENT ? [owner] : [],
    );
  };
}
