import { createHash } from 'node:crypto';
import { compareNatural, type ModelId } from '../../../shared/base';
import type { FamilyMatrix } from '../../../shared/domain';
import { type Kins, kinKey } from './families-evidence';
import type { Context, Node } from './families-input';
import { sideOf } from './families-pairs';

/** 16 hex digits, the same for the same members in whatever order. */
export function familyIdOf(ids: readonly ModelId[]): string {
  return createHash('sha256')
    .update(`family\0${[...ids].sort().join('\0')}`)
    .digest('hex')
    .slice(0, 16);
}

export const inNaturalOrder = (a: Node, b: Node): number => a.at - b.at;

/** Root first, then depth first: every model before what comes from it, siblings in natural order. */
export function familyOrder(root: Node, parents: ReadonlyMap<Node, Node | undefined>): Node[] {
  const children = new Map<Node, Node[]>();
  for (const [child, parent] of parents) {
    if (parent === undefined) continue;
    const known = children.get(parent);
    if (known === undefined) children.set(parent, [child]);
    else known.push(child);
  }
  const order: Node[] = [];
  const open = [root];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    order.push(node);
    open.push(...(children.get(node) ?? []).sort(inNaturalOrder).reverse());
  }
  return order;
}

/** What i has of j, in the given order; pairs that were not compared count their shared bytes only. */
export function matrixOf(
  members: readonly Node[],
  kins: Kins,
  shared: ReadonlyMap<number, number>,
  context: Context,
): FamilyMatrix {
  const size = members.length;
  const sharedBytes = new Array<number>(size * size).fill(0);
  const nearBytes = new Array<number>(size * size).fill(0);
  members.forEach((own, i) => {
    members.forEach((other, j) => {
      const key = kinKey(own, other, context);
      const kin = own === other ? undefined : kins.get(key);
      const side = kin && sideOf(kin, own);
      const equal = Math.max(side?.identical.bytes ?? 0, shared.get(key) ?? 0);
      sharedBytes[i * size + j] =
        own === other ? own.entry.logicalBytes : equal + (side?.cast.bytes ?? 0);
      nearBytes[i * size + j] = side?.near.bytes ?? 0;
    });
  });
  return { shared: sharedBytes, near: nearBytes };
}

/** Words that count something and say nothing once the count is gone. */
const counters = /[-_. ]*(?:epochs?|(?:global)?[-_]?steps?|iter(?:ation)?s?|checkpoint|ckpt|v)$/i;
const dates = /[-_.@ ]*20\d\d(?:-?\d\d){0,2}$/;
const MIN_COMMON = 3;

/**
 * What all names begin with, cut at a boundary of words and without what only counts; the root's
 * name where that is too little or where the others were made from it in so many words.
 */
export function familyNameOf(
  root: Node,
  members: readonly Node[],
  isDeclaredBase: boolean,
): string {
  const { name } = root.entry.model;
  if (isDeclaredBase) return name;
  let common = name;
  for (const { entry } of members) common = commonStart(common, entry.model.name);
  if (common !== name) common = common.replace(/[^-_. @]*$/, '');
  common = common.replace(/[-_. @]+$/, '');
  const plain = common
    .replace(dates, '')
    .replace(counters, '')
    .replace(/[-_. @]+$/, '');
  if (plain.length >= MIN_COMMON) return plain;
  // Checkpoints that are called nothing else are known by the folder around them.
  const folders = new Set(members.map(({ entry }) => entry.folder));
  const around = root.entry.folder.split(/[\\/]/).at(-1) ?? '';
  return common.length >= MIN_COMMON && folders.size === 1 && around !== '' ? around : name;
}

function commonStart(a: string, b: string): string {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length += 1;
  return a.slice(0, length);
}

export const byName = (a: { name: string; id: string }, b: { name: string; id: string }): number =>
  compareNatural(a.name, b.name) || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
