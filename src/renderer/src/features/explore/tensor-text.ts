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

/** `● 2 models` under “Also in”; in a sentence of its own, `long` says “other”. */
export function sharingText(sharedBy: number | undefined, long = false): string {
  if (sharedBy === undefined) return 'pending';
  if (sharedBy === 0) return 'only here';
  return `${long ? 'also in ' : ''}${formatCount(sharedBy)} ${sharedBy === 1 ? 'model' : 'models'}`;
}
