import {
  type AlignOptions,
  type Draft,
  isRelated,
  join,
  TELLING_ELEMENTS,
  unpaired,
} from './align-draft';
import type { NormalisedNames } from './align-names';
import { suffixOf } from './names';
import type { Pairs, SimilarTensor } from './types';

/** Most possible partners that are weighed for one tensor. */
const MOST_PARTNERS = 64;
/** Of more unrelated partners than this only some are asked about first. */
const FEW = 256;
/** How many then. */
const PROBES = 64;

interface Edge {
  readonly i: number;
  readonly j: number;
  readonly score: number;
  /** Parts at the names' ends that are equal, 0 … 3. */
  readonly suffix: number;
  /** How far apart they stand in their models, as shares of them. */
  readonly distance: number;
}

interface Search {
  readonly draft: Draft;
  readonly names: NormalisedNames;
  readonly pairs: Pairs;
  readonly options: AlignOptions;
  /** Tensors of B that may be paired, by signature. */
  readonly open: ReadonlyMap<number, readonly number[]>;
}

/**
 * Pairs by values what is left, best scores first: casts and tensors that are alike. Partners by
 * name that have nothing to do with each other count as left, too: layers may have been renumbered.
 * Whoever finds nobody else, or several, keeps the partner by name. Where there are many such partners and the
 * first ones asked about find nobody, as with models that are unrelated, the others are not asked.
 */
export function pairBySignature(
  draft: Draft,
  names: NormalisedNames,
  pairs: Pairs,
  options: AlignOptions,
): void {
  const weak = weakPairs(draft, pairs, options);
  const open = openBySignature(draft, weak);
  if (open.size === 0) return;
  const search: Search = { draft, names, pairs, options, open };
  const all = [...edgesOfAll(search, unpaired(draft.ofA)), ...edgesOfWeak(search, weak)];
  const edges = withoutDoubt(draft, all).sort(byStrength);
  const taken = { a: new Set<number>(), b: new Set<number>() };
  for (const { i, j } of edges) {
    if (taken.a.has(i) || taken.b.has(j)) continue;
    taken.a.add(i);
    taken.b.add(j);
    join(draft, i, j, 'signature');
  }
}

/** Tensors of A whose partners, by name, are unrelated to them. */
function weakPairs(draft: Draft, pairs: Pairs, { similar }: AlignOptions): number[] {
  const weak: number[] = [];
  draft.ofA.forEach((j, i) => {
    if (j >= 0 && !isRelated(draft, pairs, similar, i, j)) weak.push(i);
  });
  return weak;
}

const isTelling = (tensor: SimilarTensor | undefined): tensor is SimilarTensor =>
  tensor !== undefined && tensor.signed >= 0 && tensor.elements >= TELLING_ELEMENTS;

function openBySignature(draft: Draft, weak: readonly number[]): Map<number, number[]> {
  const open = new Map<number, number[]>();
  const places = [...unpaired(draft.ofB), ...weak.map((i) => draft.ofA[i] ?? -1)];
  for (const j of places.sort((x, y) => x - y)) {
    const tensor = draft.b[j];
    if (!isTelling(tensor)) continue;
    const list = open.get(tensor.signed);
    if (list === undefined) open.set(tensor.signed, [j]);
    else list.push(j);
  }
  return open;
}

function edgesOfWeak(search: Search, weak: readonly number[]): Edge[] {
  if (weak.length > FEW) {
    const probes = Array.from(
      { length: PROBES },
      (_, at) => weak[Math.floor((at * weak.length) / PROBES)] ?? 0,
    );
    if (edgesOfAll(search, probes).length === 0) return [];
  }
  return edgesOfAll(search, weak);
}

/**
 * Drops what would part partners by name for one of several: constants, and norms near to 1, are all
 * alike.
 */
function withoutDoubt(draft: Draft, edges: readonly Edge[]): Edge[] {
  const uses = { a: new Map<number, number>(), b: new Map<number, number>() };
  for (const { i, j } of edges) {
    uses.a.set(i, (uses.a.get(i) ?? 0) + 1);
    uses.b.set(j, (uses.b.get(j) ?? 0) + 1);
  }
  return edges.filter(({ i, j }) => {
    if ((draft.ofA[i] ?? -1) < 0 && (draft.ofB[j] ?? -1) < 0) return true;
    return uses.a.get(i) === 1 && uses.b.get(j) === 1;
  });
}

const edgesOfAll = (search: Search, tensors: readonly number[]): Edge[] =>
  tensors.flatMap((i) => edgesOf(search, i));

function edgesOf({ draft, names, pairs, options, open }: Search, i: number): Edge[] {
  const tensor = draft.a[i];
  if (!isTelling(tensor)) return [];
  const edges: Edge[] = [];
  for (const signed of new Set([tensor.signed, ...options.candidates(tensor.signed)])) {
    const places = open.get(signed);
    const relation = places === undefined ? undefined : pairs.relate(signed, tensor.signed);
    if (places === undefined || relation === undefined) continue;
    const score = relation.cast ? 1 : relation.metrics.score;
    if (!(score >= options.similar)) continue;
    for (const j of places) {
      if (edges.length === MOST_PARTNERS) return edges;
      const suffix = commonSuffix(names.a[i] ?? tensor.name, names.b[j] ?? draft.b[j]?.name ?? '');
      const distance = Math.abs(i / draft.a.length - j / draft.b.length);
      edges.push({ i, j, score, suffix, distance });
    }
  }
  return edges;
}

function commonSuffix(a: string, b: string): number {
  let parts = 0;
  while (parts < 3 && suffixOf(a, parts + 1) === suffixOf(b, parts + 1)) parts += 1;
  return parts;
}

/** A total order, so that the result does not depend on the order of candidates. */
function byStrength(x: Edge, y: Edge): number {
  return (
    y.score - x.score || y.suffix - x.suffix || x.distance - y.distance || x.i - y.i || x.j - y.j
  );
}
