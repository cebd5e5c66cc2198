import type { Context, Node } from './families-input';
import { type Kin, type Side, sideOf } from './families-pairs';
import { compareSteps } from './steps';

/** Two models are of one family when at least this share of either is equal, cast or near to the other. */
export const FAMILY_SHARE = 0.5;
/**
 * And when at least this share of the other one is. Below, the first is a part of the other (a text
 * encoder, a decoder, a vocabulary): it joins the family of the largest model that has it, but does
 * not tie together the families of all models that have it. A quarter leaves room for a checkpoint
 * with Adam's two moments beside the weights.
 */
export const WHOLE_SHARE = 0.25;

/** What share of each of the two the other has too, 0 … 1. */
export interface Shares {
  readonly a: number;
  readonly b: number;
}

/**
 * Shares of the tensors' bytes. Shared fragments count where they cannot lie outside of tensors
 * (equal leading rows); without tensors in either, the shares are of the files' bytes.
 */
export function sharesOf(kin: Kin): Shares {
  const { a, b, sharedBytes } = kin;
  if (a.tensorBytes === 0 || b.tensorBytes === 0) {
    const share = ({ entry }: Node): number => sharedBytes / Math.max(1, entry.logicalBytes);
    return { a: Math.min(1, share(a)), b: Math.min(1, share(b)) };
  }
  const inTensors = sharedBytes - Math.min(a.otherBytes, b.otherBytes);
  const share = (side: Side, node: Node): number => {
    const related = Math.max(side.identical.bytes, inTensors) + side.cast.bytes + side.near.bytes;
    return Math.min(1, related / node.tensorBytes);
  };
  return { a: share(kin.aFromB, a), b: share(kin.bFromA, b) };
}

export type Bond = 'whole' | 'part' | 'none';

/** Adapters and what they adapt are bound by fitting layers alone: a kept classifier is no kinship. */
export function bondOf(kin: Kin): Bond {
  if ((kin.a.adapter === undefined) !== (kin.b.adapter === undefined)) return 'none';
  const { a, b } = sharesOf(kin);
  if (Math.max(a, b) < FAMILY_SHARE) return isSeries(kin) ? 'whole' : 'none';
  return Math.min(a, b) >= WHOLE_SHARE ? 'whole' : 'part';
}

/**
 * States of one training run, or versions of one model, may be far apart: where the names say that
 * two models are such, it is enough that half of the bytes of both score LOWEST_THRESHOLD or more.
 * Names alone bind nothing.
 */
function isSeries({ a, b, aFromB, bFromA }: Kin): boolean {
  const isNamed =
    compareSteps(a.step, b.step) !== undefined || (a.stem !== undefined && a.stem === b.stem);
  if (!isNamed || a.tensorBytes === 0 || b.tensorBytes === 0) return false;
  const loose = Math.min(aFromB.looseBytes / a.tensorBytes, bFromA.looseBytes / b.tensorBytes);
  return loose >= FAMILY_SHARE;
}

/** The one of a part bond that lies in the other. */
export function partOf(kin: Kin): Node {
  const { a, b } = sharesOf(kin);
  return a > b || (a === b && kin.a.entry.logicalBytes < kin.b.entry.logicalBytes) ? kin.a : kin.b;
}

/** Disjoint sets of places (Galler and Fisher, 1964), each known by its smallest member. */
export class Groups {
  readonly #up: Int32Array;

  constructor(size: number) {
    this.#up = Int32Array.from({ length: size }, (_, at) => at);
  }

  of(at: number): number {
    let top = at;
    while (this.#up[top] !== top) top = this.#up[top] as number;
    for (let here = at; here !== top; ) {
      const next = this.#up[here] as number;
      this.#up[here] = top;
      here = next;
    }
    return top;
  }

  join(a: number, b: number): void {
    const [x, y] = [this.of(a), this.of(b)];
    this.#up[Math.max(x, y)] = Math.min(x, y);
  }
}

/** Groups by whole bonds; then each group that is a part of another joins the one it is most of. */
export function clusters(kins: Iterable<Kin>, context: Context): Groups {
  const groups = new Groups(context.nodes.length);
  const parts: Kin[] = [];
  for (const kin of kins) {
    const bond = bondOf(kin);
    if (bond === 'whole') groups.join(kin.a.at, kin.b.at);
    else if (bond === 'part') parts.push(kin);
  }
  for (const kin of joiningParts(parts, groups)) groups.join(kin.a.at, kin.b.at);
  return groups;
}

/** Per group at most one bond to a larger whole: most related bytes first, then the first in order. */
function joiningParts(parts: readonly Kin[], groups: Groups): Kin[] {
  const best = new Map<number, { readonly kin: Kin; readonly bytes: number }>();
  for (const kin of parts) {
    const part = partOf(kin);
    const whole = part === kin.a ? kin.b : kin.a;
    const group = groups.of(part.at);
    if (group === groups.of(whole.at)) continue;
    const { identical, cast, near } = sideOf(kin, part);
    const bytes = Math.max(kin.sharedBytes, identical.bytes) + cast.bytes + near.bytes;
    if (bytes > (best.get(group)?.bytes ?? -1)) best.set(group, { kin, bytes });
  }
  return [...best.values()].map(({ kin }) => kin);
}
