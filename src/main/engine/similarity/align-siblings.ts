import { type AlignOptions, type Draft, isRelated, join } from './align-draft';
import type { Pairs } from './types';

/**
 * Where a layer's tensors were found under another layer's name, its small ones (biases, norms),
 * too few elements to be found by values, follow: `conv0.b` goes with `conv0.W` to `conv1.b`, if
 * the two are related and neither has a related partner already.
 */
export function pairSiblings(draft: Draft, pairs: Pairs, { similar }: AlignOptions): void {
  const moves = movedLayers(draft);
  if (moves.size === 0) return;
  const places = new Map<string, number>();
  draft.b.forEach(({ name }, j) => {
    places.set(name, j);
  });
  const isSettled = (i: number, j: number): boolean =>
    i >= 0 && j >= 0 && isRelated(draft, pairs, similar, i, j);
  draft.a.forEach(({ name }, i) => {
    const [layer, leaf] = splitLeaf(name);
    const target = moves.get(layer);
    const j = target === undefined ? undefined : places.get(target + leaf);
    if (j === undefined || draft.ofA[i] === j || !isRelated(draft, pairs, similar, i, j)) return;
    if (isSettled(i, draft.ofA[i] ?? -1) || isSettled(draft.ofB[j] ?? -1, j)) return;
    join(draft, i, j, draft.a[i]?.digest === draft.b[j]?.digest ? 'hash' : 'signature');
  });
}

/** Layers of A whose tensors all went to one other layer of B. */
function movedLayers(draft: Draft): ReadonlyMap<string, string> {
  const moves = new Map<string, string | undefined>();
  draft.a.forEach(({ name }, i) => {
    const reason = draft.reason[i];
    const other = draft.b[draft.ofA[i] ?? -1];
    if (other === undefined || (reason !== 'hash' && reason !== 'signature')) return;
    const [[layer], [target]] = [splitLeaf(name), splitLeaf(other.name)];
    const known = moves.get(layer);
    moves.set(layer, !moves.has(layer) || known === target ? target : undefined);
  });
  const clear = [...moves].filter((move): move is [string, string] => move[1] !== undefined);
  return new Map(clear.filter(([layer, target]) => layer !== target));
}

/** `conv0/W` → [`conv0`, `/W`]. */
function splitLeaf(name: string): [layer: string, leaf: string] {
  const at = Math.max(name.lastIndexOf('.'), name.lastIndexOf('/'), 0);
  return [name.slice(0, at), name.slice(at)];
}
