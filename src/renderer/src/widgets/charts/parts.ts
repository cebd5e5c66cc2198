/**
 * What a stretch of a bar stands for. Every part differs from the others in glyph and pattern, not
 * in colour alone.
 */
export type PartTone =
  | 'unique'
  | 'shared'
  | 'repeated'
  | 'exclusive'
  | 'cast'
  | 'delta'
  | 'compressed';

export interface Part {
  readonly tone: PartTone;
  /** "shared with other models". */
  readonly label: string;
  readonly value: number;
  /** The value as text, in the units that the person chose. */
  readonly text: string;
}

export const glyphOf: Readonly<Record<PartTone, string>> = {
  unique: '■',
  shared: '●',
  repeated: '◐',
  exclusive: '○',
  cast: '▲',
  delta: '◆',
  compressed: '▦',
};

/** Widths in percent of `whole`; never more than 100 together, whatever the values. */
export function partWidths(parts: readonly Part[], whole: number): readonly number[] {
  if (whole <= 0) return parts.map(() => 0);
  let room = 100;
  return parts.map(({ value }) => {
    const width = Math.min(room, Math.max(0, (value / whole) * 100));
    room -= width;
    return width;
  });
}

/** The bar in words, for those who cannot see it: `shared 4 MB, exclusive 2 MB`. */
export const partsText = (parts: readonly Part[]): string =>
  parts.map(({ label, text }) => `${label} ${text}`).join(', ');
