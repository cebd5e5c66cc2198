import { createHash } from 'node:crypto';
import { isSingle, singlesOf } from '../src/main/engine/codecs/beyond-values';
import type { Tools } from '../src/main/engine/codecs/types';
import type { Unit } from './store-corpus';

/** Elements that are looked at, and bases that are tried. */
const SAMPLE = 1024;
const MOST = 8;
const LEAST_COSINE = 0.3;
/** Rows shorter than this are no rows to look for. */
const ROW_BYTES = 64;

/** Positions of the units that each could be a difference from, the likeliest first. */
export function alikeOf(units: readonly Unit[], tools: Tools): number[][] {
  const groups = new Map<string, number[]>();
  for (const [at, unit] of units.entries()) {
    const { kind, cause, family } = unit;
    if (cause === 'deflated') continue;
    append(groups, isSingle(kind) ? shapeOf(unit) : `${cause}:${family}`, at);
  }
  const alike = units.map((): number[] => []);
  for (const members of groups.values()) {
    const directions = members.map((at) => directionOf(units[at], tools));
    for (const [n, at] of members.entries()) {
      const unit = units[at];
      const own = directions[n];
      if (unit?.cause === 'gap') alike[at] = members.filter((other) => other !== at);
      if (own === undefined) continue;
      const near = members.flatMap((other, m) => {
        const cosine = other === at ? 0 : cosineOf(own, directions[m]);
        return cosine >= LEAST_COSINE ? [{ other, cosine }] : [];
      });
      near.sort((a, b) => b.cosine - a.cosine || a.other - b.other);
      alike[at] = near.slice(0, MOST).map(({ other }) => other);
    }
  }
  return alike;
}

/** Equal for tensors of equal rows and about as many of them, and for vectors of one length. */
function shapeOf({ kind, bytes, rowBytes }: Unit): string {
  const isMatrix = rowBytes >= ROW_BYTES && bytes.length > rowBytes;
  return isMatrix ? `${kind}:${rowBytes}:${stepOf(bytes.length)}` : `${kind}:${bytes.length}`;
}

/** Elements between samples: a power of 2, so that a row more does not shift them. */
function stepOf(length: number): number {
  return 2 ** Math.max(0, Math.floor(Math.log2(length / 4 / SAMPLE)));
}

/** Of sampled values, of length 1; undefined for all but floats. */
function directionOf(unit: Unit | undefined, tools: Tools): Float64Array | undefined {
  if (unit === undefined || !isSingle(unit.kind)) return undefined;
  const values = singlesOf(tools, unit.kind, unit.bytes);
  const step = stepOf(unit.bytes.length);
  const sample = new Float64Array(Math.ceil(values.length / step));
  for (let n = 0; n < sample.length; n++) {
    const value = values[n * step] ?? 0;
    sample[n] = Number.isFinite(value) ? value : 0;
  }
  const norm = Math.hypot(...sample);
  return norm > 0 ? sample.map((value) => value / norm) : undefined;
}

function cosineOf(a: Float64Array, b: Float64Array | undefined): number {
  let sum = 0;
  for (let n = 0; b !== undefined && n < a.length; n++) sum += (a[n] ?? 0) * (b[n] ?? 0);
  return sum;
}

const MOST_BY_ROWS = 3;

/** Positions of the units with which each has most rows in common. */
export function sharingRows(units: readonly Unit[]): number[][] {
  const holders = new Map<string, Set<number>>();
  const rowsOf = units.map((unit) => rowKeys(unit));
  for (const [at, keys] of rowsOf.entries()) {
    for (const key of keys) {
      const known = holders.get(key);
      if (known === undefined) holders.set(key, new Set([at]));
      else known.add(at);
    }
  }
  return rowsOf.map((keys, at) => {
    const shared = new Map<number, number>();
    for (const key of keys) {
      for (const other of holders.get(key) ?? []) shared.set(other, (shared.get(other) ?? 0) + 1);
    }
    shared.delete(at);
    return [...shared]
      .sort((a, b) => b[1] - a[1] || a[0] - b[0])
      .slice(0, MOST_BY_ROWS)
      .map(([other]) => other);
  });
}

/** Rows of zeros say nothing. */
function rowKeys({ bytes, rowBytes, kind, cause }: Unit): string[] {
  if (cause !== 'tensor' || rowBytes < ROW_BYTES || bytes.length % rowBytes !== 0) return [];
  const keys: string[] = [];
  for (let at = 0; at < bytes.length; at += rowBytes) {
    const row = bytes.subarray(at, at + rowBytes);
    if (row.some((byte) => byte !== 0)) {
      keys.push(`${kind}:${createHash('sha1').update(row).digest('base64')}`);
    }
  }
  return [...new Set(keys)];
}

function append<Key, Value>(lists: Map<Key, Value[]>, key: Key, value: Value): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}
