import type { Signature } from '../kernels/signature';
import type { Context, Node } from './families-input';
import { type Kin, sideOf } from './families-pairs';

/** Weights that make a model of others, heaviest first. */
export interface Blend {
  readonly parents: readonly { readonly node: Node; readonly weight: number }[];
}

/** Relatives of which a model may be made: the nearest ones. */
const MAX_RELATIVES = 8;
const MAX_PARENTS = 4;
/** Share of a model's bytes that must score LOWEST_THRESHOLD or more against a relative. */
const MIN_LOOSE = 0.5;
/** Largest tensors, and values of each, that the weights are found on; all are tried afterwards. */
const FITTED_TENSORS = 8;
const FITTED_VALUES = 1024;
const TRIED_TENSORS = 64;
/**
 * What the weights leave unexplained, at most, as a share of the distance to the nearest relative.
 * A state between two others of one training leaves about 0.7 by chance: its own steps are not in
 * the plane of the others.
 */
const MAX_RESIDUAL = 0.2;
/** In this share of the tensors that tell anything, with the same weights. */
const MIN_AGREEING = 0.9;
/** A tensor tells something when it is this far from every relative, as a share of its norm: five
 * times the rounding of samples to bfloat16. */
const MIN_DISTANCE = 0.01;
const MIN_WEIGHT = 0.03;
const MAX_WEIGHT_ERROR = 0.05;
/** Another parent must take at least this share of what was unexplained without it. */
const WORTHWHILE = 0.5;

/**
 * The convex combination of two to four relatives that a model is, if it is one: least squares on
 * the signatures' samples, tensors of equal element count only. Only weights that are positive and
 * add up to 1 count, so of three models in a row only the middle one is a blend.
 */
export function blendOf(child: Node, kins: readonly Kin[], context: Context): Blend | undefined {
  const relatives = relativesOf(child, kins);
  if (relatives.length < 2) return undefined;
  const tensors = tensorsOf(child);
  const fitted = tensors
    .map((at) => gramOf(samplesOf(child, at, relatives, context), FITTED_VALUES))
    .filter((gram) => gram !== undefined)
    .slice(0, FITTED_TENSORS);
  const distinct = relatives.map((_, i) => isDistinct(fitted, i + 1));
  const usable = relatives.flatMap((_, i) => (distinct[i] ? [i + 1] : []));
  const chosen = bestMix(sumOf(fitted), usable);
  if (chosen === undefined || !explains(child, relatives, usable, chosen, tensors, context))
    return undefined;
  const parents = chosen.places.map((place, i) => ({
    node: relatives[place - 1]?.node ?? child,
    weight: chosen.weights[i] ?? 0,
  }));
  return { parents: parents.sort((a, b) => b.weight - a.weight || a.node.at - b.node.at) };
}

interface Relative {
  readonly node: Node;
  readonly kin: Kin;
}

function relativesOf(child: Node, kins: readonly Kin[]): Relative[] {
  return kins
    .filter(
      (kin) =>
        sideOf(kin, child).looseBytes >= child.tensorBytes * MIN_LOOSE && child.tensorBytes > 0,
    )
    .map((kin) => ({ kin, node: kin.a === child ? kin.b : kin.a }))
    .filter(({ node }) => (node.adapter === undefined) === (child.adapter === undefined))
    .sort((x, y) => sideOf(x.kin, child).cost - sideOf(y.kin, child).cost || x.node.at - y.node.at)
    .slice(0, MAX_RELATIVES);
}

/** Places of signed tensors, largest first. */
function tensorsOf({ entry }: Node): number[] {
  const { tensors } = entry.model;
  const size = (at: number): number => tensors[at]?.byteLength ?? 0;
  return tensors
    .flatMap(({ signed, elements }, at) => (signed >= 0 && elements >= 64 ? [at] : []))
    .sort((a, b) => size(b) - size(a) || a - b)
    .slice(0, TRIED_TENSORS);
}

type Samples = readonly (Uint16Array | undefined)[];

/** The child's sample of one tensor, then each relative's; undefined where it has none of that length. */
function samplesOf(
  child: Node,
  at: number,
  relatives: readonly Relative[],
  { signatures }: Context,
): Samples {
  const tensor = child.entry.model.tensors[at];
  const own = signatures.get(tensor?.signed ?? -1);
  return [
    own?.sample,
    ...relatives.map(({ node, kin }) => {
      const partner = kin.a === child ? (kin.links[at] ?? -1) : kin.links.indexOf(at);
      const base: Signature | undefined = signatures.get(
        node.entry.model.tensors[partner]?.signed ?? -1,
      );
      return base?.elements === own?.elements ? base?.sample : undefined;
    }),
  ];
}

/** Scalar products of samples, over the child's own: entry `i * size + j`. NaN where one is missing. */
interface Gram {
  readonly size: number;
  readonly products: Float64Array;
}

function gramOf(samples: Samples, most: number): Gram | undefined {
  const size = samples.length;
  const values = samples.map((sample) => sample && decoded(sample, most));
  const own = values[0];
  if (own === undefined) return undefined;
  const norm = product(own, own);
  if (!(norm > 0)) return undefined;
  const products = new Float64Array(size * size).fill(NaN);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      const [a, b] = [values[i], values[j]];
      if (a === undefined || b === undefined) continue;
      const share = product(a, b) / norm;
      products[i * size + j] = share;
      products[j * size + i] = share;
    }
  }
  return { size, products };
}

/** bfloat16 is the upper half of a 32-bit float; values that are not finite count as zero. */
function decoded(sample: Uint16Array, most: number): Float64Array {
  const step = Math.max(1, Math.floor(sample.length / most));
  const word = new Uint32Array(1);
  const float = new Float32Array(word.buffer);
  return Float64Array.from({ length: Math.ceil(sample.length / step) }, (_, i) => {
    word[0] = (sample[i * step] ?? 0) << 16;
    const value = float[0] ?? 0;
    return Number.isFinite(value) ? value : 0;
  });
}

function product(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}

function sumOf(grams: readonly Gram[]): Gram {
  const size = grams[0]?.size ?? 0;
  const products = new Float64Array(size * size);
  for (const gram of grams) {
    for (const [i, value] of gram.products.entries()) products[i] = (products[i] ?? 0) + value;
  }
  return { size, products };
}

const at = ({ size, products }: Gram, i: number, j: number): number =>
  products[i * size + j] ?? NaN;
const distance = (gram: Gram, i: number, j: number): number =>
  Math.sqrt(Math.max(0, at(gram, i, i) - 2 * at(gram, i, j) + at(gram, j, j)));

/** False for a relative that is all but the child itself: a copy explains everything and says nothing. */
function isDistinct(grams: readonly Gram[], place: number): boolean {
  return grams.some((gram) => distance(gram, 0, place) > MIN_DISTANCE);
}

interface Mix {
  readonly places: readonly number[];
  readonly weights: readonly number[];
  /** Norm of what is left, in the gram's unit. */
  readonly residual: number;
}

/** The best pair, then further parents as long as they explain much of the rest. */
function bestMix(gram: Gram, usable: readonly number[]): Mix | undefined {
  const pairs = usable.flatMap((i) => usable.filter((j) => j > i).map((j) => [i, j]));
  let best = bestOf(gram, pairs);
  while (best !== undefined && best.places.length < MAX_PARENTS) {
    const { places, residual } = best;
    const more = usable
      .filter((place) => !places.includes(place))
      .map((place) => [...places, place]);
    const next = bestOf(gram, more);
    if (next === undefined || next.residual > residual * WORTHWHILE) break;
    best = next;
  }
  return best;
}

function bestOf(gram: Gram, choices: readonly (readonly number[])[]): Mix | undefined {
  let best: Mix | undefined;
  for (const places of choices) {
    const weights = solve(gram, places);
    if (weights === undefined || !isConvex(weights)) continue;
    const residual = residualOf(gram, places, weights);
    if (best === undefined || residual < best.residual) best = { places, weights, residual };
  }
  return best;
}

function isConvex(weights: readonly number[]): boolean {
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.every((weight) => weight >= MIN_WEIGHT) && Math.abs(sum - 1) <= MAX_WEIGHT_ERROR;
}

function residualOf(gram: Gram, places: readonly number[], weights: readonly number[]): number {
  let square = at(gram, 0, 0);
  places.forEach((i, x) => {
    square -= 2 * (weights[x] ?? 0) * at(gram, 0, i);
    places.forEach((j, y) => {
      square += (weights[x] ?? 0) * (weights[y] ?? 0) * at(gram, i, j);
    });
  });
  return Math.sqrt(Math.max(0, square));
}

/** The normal equations by elimination with the largest pivot; undefined where parents depend on each other. */
function solve(gram: Gram, places: readonly number[]): number[] | undefined {
  const rows = places.map((i) => [...places.map((j) => at(gram, i, j)), at(gram, i, 0)]);
  const count = places.length;
  const cell = (row: number, column: number): number => rows[row]?.[column] ?? NaN;
  for (let column = 0; column < count; column++) {
    let pivot = column;
    for (let row = column + 1; row < count; row++) {
      if (Math.abs(cell(row, column)) > Math.abs(cell(pivot, column))) pivot = row;
    }
    if (!(Math.abs(cell(pivot, column)) > 1e-6 * at(gram, 0, 0))) return undefined;
    [rows[column], rows[pivot]] = [rows[pivot] ?? [], rows[column] ?? []];
    for (let row = 0; row < count; row++) {
      if (row === column) continue;
      const factor = cell(row, column) / cell(column, column);
      rows[row] = (rows[row] ?? []).map((value, i) => value - factor * cell(column, i));
    }
  }
  return places.map((_, i) => cell(i, count) / cell(i, i));
}

/** Whether the weights explain nearly every tensor that tells anything; there must be one. */
function explains(
  child: Node,
  relatives: readonly Relative[],
  usable: readonly number[],
  { places, weights }: Mix,
  tensors: readonly number[],
  context: Context,
): boolean {
  let telling = 0;
  let agreeing = 0;
  for (const tensor of tensors) {
    const gram = gramOf(samplesOf(child, tensor, relatives, context), Infinity);
    if (gram === undefined) continue;
    const distances = usable
      .map((place) => distance(gram, 0, place))
      .filter((far) => !Number.isNaN(far));
    const nearest = Math.min(...distances);
    if (!(nearest >= MIN_DISTANCE && nearest < Infinity)) continue;
    telling += 1;
    if (residualOf(gram, places, weights) <= MAX_RESIDUAL * nearest) agreeing += 1;
  }
  return telling > 0 && agreeing >= telling * MIN_AGREEING;
}
