import { formatCount } from '../../../shared/base';
import type { CountAndBytes, EdgeEvidence, LineageEdge, Relation } from '../../../shared/domain';
import { bondOf, FAMILY_SHARE, partOf, sharesOf } from './cluster';
import type { Node } from './families-input';
import { type Kin, type Side, sideOf } from './families-pairs';
import type { Descent } from './roots';
import { compareSteps, stepsBetween } from './steps';

/** A model whose tensors are this share near, and of at most so many bits each, was quantised. */
const QUANTISED_BITS = 10;
const QUANTISED_SHARE = 0.9;
/** An export has all weights of what it was made from; what exporters compute beforehand it has besides. */
const ALL_WEIGHTS = 0.98;
const HALF = 0.5;
const NAMED_LAYERS = 3;

/** The edge from a parent to a child, with all that speaks for it. */
export function edgeOf(
  parent: Node,
  child: Node,
  kin: Kin | undefined,
  descent: Descent,
): LineageEdge {
  const side = kin === undefined ? unrelated(child) : sideOf(kin, child);
  const isDeclared = descent.bases.includes(parent);
  const relation = relationOf(parent, child, kin, side, descent);
  const layers = relation === 'adapter' || relation === 'blend' ? [] : side.changedLayers;
  const fitting =
    relation === 'adapter' && descent.fitting?.base === parent ? descent.fitting.fit : undefined;
  const evidence: Omit<EdgeEvidence, 'sentence'> = {
    identical: side.identical,
    cast: side.cast,
    near: side.near,
    different: side.different,
    changedLayers: layers,
    ...(descent.declared === undefined ? {} : { declared: descent.declared.text }),
    ...(fitting === undefined ? {} : { fitting }),
    ...(relation === 'blend' && descent.blend !== undefined
      ? {
          blend: descent.blend.parents.map(({ node, weight }) => ({
            modelId: node.entry.model.id,
            weight,
          })),
        }
      : {}),
  };
  return {
    parent: parent.entry.model.id,
    child: child.entry.model.id,
    kind: isDeclared ? 'declared' : 'inferred',
    relation,
    deltaBytes: side.cost,
    evidence: {
      ...evidence,
      sentence: sentenceOf(parent, child, kin, relation, evidence, descent, isDeclared),
    },
  };
}

function unrelated(child: Node): Side {
  const none = { tensors: 0, bytes: 0 };
  const different = { tensors: child.entry.model.tensors.length, bytes: child.tensorBytes };
  return {
    identical: none,
    cast: none,
    near: none,
    different,
    looseBytes: 0,
    cost: child.entry.logicalBytes,
    changedLayers: [],
  };
}

function relationOf(
  parent: Node,
  child: Node,
  kin: Kin | undefined,
  side: Side,
  { blend }: Descent,
): Relation {
  if (child.adapter !== undefined && parent.adapter === undefined) return 'adapter';
  if (blend?.parents[0]?.node === parent) return 'blend';
  if (kin === undefined) return 'fine-tune';
  const same = sameness(parent, child, kin, side);
  if (same !== undefined) return same;
  if (parent.step?.kind === 'step' && compareSteps(parent.step, child.step) !== undefined)
    return 'checkpoint';
  const isPart = bondOf(kin) === 'part' && partOf(kin) === child;
  const isTaken = side.near.tensors + side.cast.tensors === 0 && !isFar(kin);
  return isPart || isTaken ? 'part' : 'fine-tune';
}

/** Equal values, in whatever dtype; undefined where some differ or either has more than the other. */
function sameness(parent: Node, child: Node, kin: Kin, side: Side): 'copy' | 'cast' | undefined {
  const count = child.entry.model.tensors.length;
  if (count === 0)
    return kin.sharedBytes >= child.entry.logicalBytes &&
      kin.sharedBytes >= parent.entry.logicalBytes
      ? 'copy'
      : undefined;
  const other = sideOf(kin, parent);
  const isExported = parent.entry.format !== child.entry.format;
  if (isExported && has(other, parent, ALL_WEIGHTS) && has(side, child, HALF)) return 'cast';
  const hasMore = other.different.bytes > parent.tensorBytes / 100;
  const isSame = side.identical.tensors + side.cast.tensors === count;
  // What a training state has beyond its weights does not make the weights others.
  if (hasMore) return isSame && side.cast.tensors > 0 ? 'cast' : undefined;
  if (side.identical.tensors === count) return 'copy';
  if (isSame) return 'cast';
  if (side.different.tensors === 0 && has(side, child, ALL_WEIGHTS)) return 'cast';
  const isNarrower = child.bits <= QUANTISED_BITS && child.bits < parent.bits;
  const alike = side.identical.bytes + side.cast.bytes + side.near.bytes;
  return isNarrower && alike >= child.tensorBytes * QUANTISED_SHARE ? 'cast' : undefined;
}

/** Of a model's bytes, what the other has too: at least this share. */
function has({ identical, cast }: Side, node: Node, share: number): boolean {
  return identical.bytes + cast.bytes >= node.tensorBytes * share;
}

/** What the edge says in one sentence. Names in it are as files have them: text, never markup. */
function sentenceOf(
  parent: Node,
  child: Node,
  kin: Kin | undefined,
  relation: Relation,
  evidence: Omit<EdgeEvidence, 'sentence'>,
  { blend, bases }: Descent,
  isDeclared: boolean,
): string {
  const parts: string[] = [];
  if (relation === 'adapter') {
    const { fitting } = evidence;
    if (fitting !== undefined)
      parts.push(`${formatCount(fitting.fit)} of ${formatCount(fitting.of)} adapter layers fit`);
  } else {
    if (relation === 'blend') parts.push(mixText(blend?.parents ?? []));
    else parts.push(countsText(child, evidence));
    if (relation !== 'cast') parts.push(layersText(evidence.changedLayers));
  }
  parts.push(stepsBetween(parent.step, child.step) ?? '');
  if (relation === 'cast') parts.push(formsText(parent, child));
  if (kin !== undefined && isFar(kin))
    parts.push('far apart, but of one series by name and values');
  if (evidence.declared !== undefined) {
    parts.push(declaredText(evidence.declared, isDeclared, bases.length > 0));
  }
  const text = parts.filter((part) => part !== '').join('; ');
  return text === '' ? 'Declared by name only' : text.charAt(0).toUpperCase() + text.slice(1);
}

function declaredText(words: string, isParent: boolean, isOpen: boolean): string {
  if (isParent) return `declared by its files (${words})`;
  return isOpen ? `its declared base is ${words}` : `its declared base is not open (${words})`;
}

/** What a cast changed: the format, the width of the elements. */
function formsText(parent: Node, child: Node): string {
  const bits = ({ bits: exact }: Node): string => String(Math.round(exact * 10) / 10);
  if (bits(parent) !== bits(child)) return `${bits(parent)} → ${bits(child)} bits per element`;
  const [from, to] = [parent.entry.format, child.entry.format];
  return from === to ? '' : `${from} → ${to}`;
}

/** Bound by name and loose likeness, not by near or equal bytes. */
function isFar(kin: Kin): boolean {
  const { a, b } = sharesOf(kin);
  return Math.max(a, b) < FAMILY_SHARE && bondOf(kin) === 'whole';
}

function mixText(parents: NonNullable<Descent['blend']>['parents']): string {
  return parents
    .map(({ node, weight }) => `${weight.toFixed(2)} × ${node.entry.model.name}`)
    .join(' + ');
}

type Counts = Pick<EdgeEvidence, 'identical' | 'cast' | 'near' | 'different'>;

/** `244 of 244 tensors near`, `12 identical, 230 near and 2 different of 244 tensors`. */
function countsText(child: Node, counts: Counts): string {
  const total = child.entry.model.tensors.length;
  if (total === 0) return 'equal bytes outside of tensors';
  const words: readonly (readonly [string, CountAndBytes])[] = [
    ['identical', counts.identical],
    ['cast', counts.cast],
    ['near', counts.near],
    ['different', counts.different],
  ];
  const there = words.filter(([, { tensors }]) => tensors > 0);
  const noun = total === 1 ? 'tensor' : 'tensors';
  const [only] = there;
  if (there.length === 1 && only !== undefined)
    return `${formatCount(total)} of ${formatCount(total)} ${noun} ${only[0]}`;
  const listed = there.map(([word, { tensors }]) => `${formatCount(tensors)} ${word}`);
  return `of ${formatCount(total)} ${noun} ${listed.slice(0, -1).join(', ')} and ${listed.at(-1)}`;
}

function layersText(layers: readonly string[]): string {
  if (layers.length < 2) return '';
  const named = layers.slice(0, NAMED_LAYERS);
  return `${named.slice(0, -1).join(', ')} and ${named.at(-1)} changed most`;
}
