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

/**
 * A name in two: its start, which gives way where room is short, and its last whole parts (at most
 * 19 characters), which tell it from its neighbours. Together they are the name.
 */
export function splitName(name: string): readonly [string, string] {
  const first = name.slice(-TAIL_CHARACTERS).search(/[./]/);
  if (name.length <= TAIL_CHARACTERS || first < 0) return [name, ''];
  const at = name.length - TAIL_CHARACTERS + first;
  return [name.slice(0, at), name.slice(at)];
}
