import { formatCount } from '../../../../shared/base';

const SHOWN_DIMENSIONS = 12;

/** `4096 × 11008`; `scalar` without dimensions. A hostile number of dimensions is cut and said. */
export function shapeText(shape: readonly number[]): string {
  if (shape.length === 0) return 'scalar';
  if (shape.length <= SHOWN_DIMENSIONS) return shape.join(' × ');
  const shown = shape.slice(0, SHOWN_DIMENSIONS).join(' × ');
  return `${shown} × … (${shape.length} dimensions)`;
}

/** Number of elements: the product of the sizes, 1 for a scalar. */
export const elementsOf = (shape: readonly number[]): number =>
  shape.reduce((product, size) => product * size, 1);

/** Whole up to 2^53, beyond that in powers of ten. */
export const elementsText = (elements: number): string =>
  Number.isSafeInteger(elements) ? formatCount(elements) : elements.toExponential(3);

/** `1,048,576 (0x100000)`. */
export const offsetText = (offset: number): string =>
  `${formatCount(offset)} (0x${offset.toString(16)})`;

export type Sharing = 'shared' | 'exclusive' | 'pending';

/** `sharedBy`: other models with the same bytes; undefined until fingerprinted. */
export const sharingOf = (sharedBy: number | undefined): Sharing =>
  sharedBy === undefined ? 'pending' : sharedBy > 0 ? 'shared' : 'exclusive';

export const sharingGlyph: Readonly<Record<Sharing, string>> = {
  shared: '●',
  exclusive: '○',
  pending: '◌',
};

/** Under a header “Also in”; in as few characters as can be; standing by itself. */
export type SharingStyle = 'plain' | 'short' | 'sentence';

export function sharingText(sharedBy: number | undefined, style: SharingStyle = 'plain'): string {
  if (sharedBy === undefined) return style === 'short' ? '' : 'pending';
  if (style === 'short') return sharedBy === 0 ? '–' : formatCount(sharedBy);
  if (sharedBy === 0) return 'only here';
  const models = `${formatCount(sharedBy)} ${sharedBy === 1 ? 'model' : 'models'}`;
  return style === 'sentence' ? `also in ${models}` : models;
}

const TAIL_CHARACTERS = 19;
/** Shorter words are never clipped: a sign for what is left out would take as much. */
const SHORT_WORD = 4;
const KEPT_NUMBERS = 3;

/** A piece of a name: `clip` gives way where room is short, `keep` never does. */
export interface NamePiece {
  readonly kind: 'clip' | 'keep';
  readonly text: string;
}

/**
 * A name in pieces, which together are the name. Kept are what tells it from its neighbours: numbers
 * (`12.`), and its last whole parts, at most 19 characters: `model.layers.` `12.` `self_attn`
 * `.o_proj.weight`. A name without parts is one piece.
 */
export function namePieces(name: string): readonly NamePiece[] {
  const first = name.slice(-TAIL_CHARACTERS).search(/[./]/);
  if (name.length <= TAIL_CHARACTERS || first < 0) return [{ kind: 'clip', text: name }];
  const at = name.length - TAIL_CHARACTERS + first;
  return joined([...startPieces(name.slice(0, at)), { kind: 'keep', text: name.slice(at) }]);
}

function startPieces(start: string): NamePiece[] {
  const numbers = start.matchAll(/(?<![^._/])(?:\d{1,6}(?:[._/]|$))+/g);
  const pieces: NamePiece[] = [];
  let end = 0;
  for (const { 0: number, index } of [...numbers].slice(0, KEPT_NUMBERS)) {
    pieces.push(wordPiece(start.slice(end, index)), { kind: 'keep', text: number });
    end = index + number.length;
  }
  return [...pieces, wordPiece(start.slice(end))];
}

const wordPiece = (text: string): NamePiece => ({
  kind: text.length <= SHORT_WORD ? 'keep' : 'clip',
  text,
});

/** Neighbours of one kind as one. */
function joined(pieces: readonly NamePiece[]): readonly NamePiece[] {
  const all: NamePiece[] = [];
  for (const piece of pieces) {
    const last = all.at(-1);
    if (last?.kind === piece.kind) {
      all[all.length - 1] = { kind: last.kind, text: last.text + piece.text };
    } else if (piece.text !== '') all.push(piece);
  }
  return all;
}
