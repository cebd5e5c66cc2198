const strides = [1, 2, 4, 5, 8, 10, 16, 20, 25, 32, 50, 64, 100, 128, 200, 256, 500, 512, 1000];
const SPACE = 10;
/** Labels looked at when another is fitted in: bounds the work. */
const MOST = 500;

/** A label to write, and its left edge from the first column's. */
export interface PlacedLabel {
  readonly column: number;
  readonly left: number;
}

/**
 * Which columns get their label written, in ascending order, so that none touches the next. Numbered
 * ones (`layer 12`) come first, at an even stride; then whatever others find room. A label starts with
 * its column, but ends with the last one at the latest.
 * `widths`: of every label, in pixels; `pitch`: from column to column.
 */
export function placeLabels(
  labels: readonly string[],
  widths: readonly number[],
  pitch: number,
): readonly PlacedLabel[] {
  const numbers = labels.map((label) => numberOf(label));
  const numbered = numbers.flatMap((number, i) => (number === undefined ? [] : [widths[i] ?? 0]));
  const widest = Math.max(0, ...numbered) + SPACE;
  const stride = strides.find((step) => step * pitch >= widest) ?? Number.POSITIVE_INFINITY;
  const end = labels.length * pitch;
  const widthOf = (column: number): number => widths[column] ?? 0;
  const leftOf = (column: number): number =>
    Math.max(0, Math.min(column * pitch, end - widthOf(column)));
  const apart = (left: number, right: number): boolean =>
    leftOf(right) - leftOf(left) >= widthOf(left) + SPACE;
  const taken: number[] = [];
  labels.forEach((_, column) => {
    const number = numbers[column];
    if (number === undefined || number % stride !== 0) return;
    const last = taken.at(-1);
    if (last === undefined || apart(last, column)) taken.push(column);
  });
  const fits = (column: number): boolean =>
    taken.every((other) => (other < column ? apart(other, column) : apart(column, other)));
  labels.forEach((_, column) => {
    if (numbers[column] === undefined && taken.length < MOST && fits(column)) taken.push(column);
  });
  return taken.sort((a, b) => a - b).map((column) => ({ column, left: leftOf(column) }));
}

/** The number that a label ends with. */
function numberOf(label: string): number | undefined {
  const found = /(\d{1,6})$/.exec(label);
  return found ? Number(found[1]) : undefined;
}
