import type { ValueKind } from '../kernels/values';
import { layoutOf, valueKinds } from '../kernels/values';
import { mix } from './hash';
import { converted } from './planes';
import type { Sampled } from './sampled';

/** In small classes everything is compared with everything. */
const ALL_PAIRS = 24;
/** In larger ones every tensor with so many of its own name, and so many others, nearest first. */
const SAME_NAME = 8;
const OTHERS = 4;
/** Larger classes are searched by name only. */
const MOST_SEARCHED = 4000;

/**
 * Pairs of tensors worth comparing, each once (smaller position first): equal element counts, so
 * that they were sampled at the same places, and kinds that can be compared. Positions are those
 * of `sampled`; `use` says which of them take part.
 */
export function partnersOf(
  sampled: readonly Sampled[],
  use: readonly number[],
): (readonly [number, number])[] {
  const classes = new Map<string, number[]>();
  for (const at of use) {
    const { values } = (sampled[at] as Sampled).unit;
    if (values === undefined) continue;
    const isBlock = layoutOf(values.kind).elements > 1;
    const key = `${values.elements}:${isBlock ? values.kind : ''}`;
    const list = classes.get(key);
    if (list === undefined) classes.set(key, [at]);
    else list.push(at);
  }
  return [...classes.values()].flatMap((members) => pairsWithin(sampled, members));
}

function pairsWithin(
  sampled: readonly Sampled[],
  members: readonly number[],
): (readonly [number, number])[] {
  if (members.length <= ALL_PAIRS) {
    return members.flatMap((one, at) =>
      members.slice(at + 1).map((other) => [one, other] as const),
    );
  }
  const hashes = members.map((at) => simhash(sampled[at] as Sampled));
  const byName = new Map<string, number[]>();
  for (const [at, member] of members.entries()) {
    const { name } = (sampled[member] as Sampled).unit;
    const list = byName.get(name);
    if (list === undefined) byName.set(name, [at]);
    else list.push(at);
  }
  const pairs = new Map<number, readonly [number, number]>();
  const everyone = members.length <= MOST_SEARCHED ? [...members.keys()] : [];
  for (const [at, member] of members.entries()) {
    const own = byName.get((sampled[member] as Sampled).unit.name) ?? [];
    for (const near of [
      ...nearest(hashes, at, own, SAME_NAME),
      ...nearest(hashes, at, everyone, OTHERS),
    ]) {
      const [low, high] = at < near ? [at, near] : [near, at];
      pairs.set(low * members.length + high, [members[low] as number, members[high] as number]);
    }
  }
  return [...pairs.values()];
}

type Hash = readonly [number, number];

function nearest(
  hashes: readonly Hash[],
  at: number,
  among: readonly number[],
  count: number,
): number[] {
  const own = hashes[at] as Hash;
  const found: { readonly at: number; readonly distance: number }[] = [];
  let worst = Number.POSITIVE_INFINITY;
  for (const other of among) {
    if (other === at) continue;
    const distance = distanceOf(own, hashes[other] as Hash);
    if (found.length === count && distance >= worst) continue;
    found.push({ at: other, distance });
    found.sort((a, b) => a.distance - b.distance || a.at - b.at);
    if (found.length > count) found.pop();
    worst = found.at(-1)?.distance ?? worst;
  }
  return found.map((each) => each.at);
}

const distanceOf = (a: Hash, b: Hash): number => bitsOf(a[0] ^ b[0]) + bitsOf(a[1] ^ b[1]);

function bitsOf(word: number): number {
  let bits = word - ((word >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** 64 signs of random sums of the sampled values, their mean taken off; zero of other kinds. */
function simhash({ unit, bytes }: Sampled): Hash {
  const kind: ValueKind | undefined = unit.values?.kind;
  const singles = kind === undefined ? undefined : converted(kind, bytes, valueKinds.F32);
  if (singles === undefined) return [0, 0];
  const view = new DataView(singles.buffer, singles.byteOffset, singles.byteLength);
  const values = Float64Array.from({ length: singles.length >> 2 }, (_, i) => {
    const value = view.getFloat32(4 * i, true);
    return Number.isFinite(value) ? value : 0;
  });
  const mean = values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
  const sums = new Float64Array(64);
  values.forEach((value, i) => {
    const sign = mix(i) & 1 ? 1 : -1;
    sums[i % 64] = (sums[i % 64] as number) + sign * (value - mean);
  });
  const word = (from: number): number => {
    let bits = 0;
    for (let at = 0; at < 32; at++) bits |= (sums[from + at] as number) > 0 ? 1 << at : 0;
    return bits;
  };
  return [word(0), word(32)];
}
