import { type AdapterLayer, type AdapterShape, joinedName } from './adapters-names';
import { normalisedName } from './names';
import type { SimilarModel } from './types';

/** How many of an adapter's layers a base has, of equal dimensions. */
export interface Fit {
  readonly fit: number;
  readonly of: number;
}

/** From this share of fitting layers on, a base is taken for the adapter's: some train two networks. */
export const FIT_SHARE = 0.6;
/** Without names, shapes must all fit, and be so many of so many kinds that it is no chance. */
const MIN_UNNAMED_LAYERS = 16;
const MIN_UNNAMED_SHAPES = 3;
/** How many leading parts of a base's names an adapter may leave out. */
const DROPPED_PARTS = 4;

/** A base's layers as adapters ask for them. */
export interface BaseIndex {
  /** Joined name, also without leading parts → `out x in`, both ways round. */
  readonly byName: ReadonlyMap<string, ReadonlySet<string>>;
  /** `larger x smaller` → number of matrices. */
  readonly shapes: ReadonlyMap<string, number>;
}

const sizeKey = (a: number, b: number): string => (a > b ? `${a}x${b}` : `${b}x${a}`);

/** Every tensor of at least two dimensions, by its names and its first two dimensions. */
export function baseIndexOf({ tensors }: SimilarModel): BaseIndex {
  const byName = new Map<string, Set<string>>();
  const shapes = new Map<string, number>();
  for (const { name, shape } of tensors) {
    const [out, input] = shape;
    if (out === undefined || input === undefined) continue;
    const size = sizeKey(out, input);
    shapes.set(size, (shapes.get(size) ?? 0) + 1);
    for (const key of keysOf(name)) {
      const known = byName.get(key);
      if (known === undefined) byName.set(key, new Set([size]));
      else known.add(size);
    }
  }
  return { byName, shapes };
}

function keysOf(name: string): Set<string> {
  const keys = new Set<string>();
  for (const spelling of [name, normalisedName(name)]) {
    const parts = spelling.replace(/(?:\.base_layer)?\.weight$/, '').split(/[.:/]+/);
    const dropped = Math.min(DROPPED_PARTS, parts.length - 1);
    for (let from = 0; from <= dropped; from++) keys.add(joinedName(parts.slice(from).join('.')));
  }
  return keys;
}

/**
 * How many of the adapter's layers the base has. By name and dimensions (rows and columns may be
 * exchanged: some formats store them so); by dimensions alone where the adapter names no layers.
 */
export function fitOf({ layers }: AdapterShape, base: BaseIndex): Fit {
  const named = layers.filter(({ names }) => names.length > 0);
  if (named.length === 0) return { fit: unnamedFit(layers, base), of: layers.length };
  const fitting = named.filter((layer) => {
    const size = sizeKey(layer.out, layer.in);
    return layer.names.some((name) => base.byName.get(name)?.has(size) === true);
  });
  return { fit: fitting.length, of: layers.length };
}

export const fits = ({ fit, of }: Fit): boolean => of > 0 && fit >= of * FIT_SHARE;

/** All or nothing: each shape at most as often as the base has it. */
function unnamedFit(layers: readonly AdapterLayer[], base: BaseIndex): number {
  const wanted = new Map<string, number>();
  for (const layer of layers) {
    const size = sizeKey(layer.out, layer.in);
    wanted.set(size, (wanted.get(size) ?? 0) + 1);
  }
  if (layers.length < MIN_UNNAMED_LAYERS || wanted.size < MIN_UNNAMED_SHAPES) return 0;
  for (const [size, count] of wanted) if ((base.shapes.get(size) ?? 0) < count) return 0;
  return layers.length;
}
