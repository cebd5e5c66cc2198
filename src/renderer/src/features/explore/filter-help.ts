/** What the shape filter understands; the engine parses it. */
export const shapeHelp: readonly { readonly write: string; readonly means: string }[] = [
  { write: '4096x*', means: 'two dimensions, the first 4096' },
  { write: '*x*x3x3', means: 'four dimensions, the last two 3' },
  { write: '4096', means: 'one dimension of 4096' },
  { write: '2d, >=3d', means: 'by number of dimensions; a comma means “or”' },
];

export const regexHelp =
  'Treat the text as a regular expression (JavaScript’s, ignoring case): ^model\\.layers\\.\\d+\\.mlp';

/** The two parts of a filter's failure, told apart by what the engine complains of. */
export type FilterField = 'text' | 'shape';

/**
 * Which field an `invalid-filter` failure belongs to: a pattern can only be wrong with the regular
 * expression switched on, and a sentence about shapes names one.
 */
export function failedField(message: string, regex: boolean): FilterField {
  return regex && !/ is not a shape/.test(message) ? 'text' : 'shape';
}
