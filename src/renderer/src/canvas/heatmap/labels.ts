const strides = [1, 2, 4, 5, 8, 10, 16, 20, 25, 32, 50, 64, 100, 128, 200, 256, 500, 512, 1000];
const SPACE = 10;
/** The least that a clipped label must keep to say something, in pixels. */
const LEAST = 30;
/** Labels without a number that are written: bounds the work. */
const MOST = 500;

/** A label to write: its left edge from the first column's, and the room it has to be clipped to. */
export interface PlacedLabel {
  readonly column: number;
  readonly left: number;
  readonly room: number;
}

interface Place {
  readonly column: number;
  readonly left: number;
  room: number;
  /** What it may be clipped to; a number is never clipped. */
  readonly least: number;
}

/**
 * Which columns get their label written, in ascending order, so that none touches the next. Numbered
 * ones (`layer 12`) come first and whole, at an even stride; others are clipped to the room that is
 * left between them, and left out only where that is too little for any word. A label starts with its
 * column, or earlier so as to end with the last one; the first may reach out to the left.
 * `widths`: of every label, in pixels; `pitch`: from column to column; `lead`: free pixels to the left.
 */
export function placeLabels(
  labels: readonly string[],
  widths: readonly number[],
  pitch: number,
  lead = 0,
): readonly PlacedLabel[] {
  const end = labels.length * pitch;
  const widthOf = (column: number): number => widths[column] ?? 0;
  const leftOf = (column: number): number =>
    Math.max(0, Math.min(column * pitch, end - widthOf(column)));
  const numbered = placeNumbered(labels, widthOf, leftOf, pitch);
  const placed: Place[] = [];
  let others = 0;
  let next = 0;
  labels.forEach((label, column) => {
    const following = numbered[next];
    if (following?.column === column) {
      placed.push(following);
      next += 1;
      return;
    }
    if (numberOf(label) !== undefined || others >= MOST) return;
    const until = following ? following.left - SPACE : end;
    const width = widthOf(column);
    const least = Math.min(width, LEAST);
    const before = placed.at(-1);
    const reach = column === 0 && lead > 0 ? [Math.max(-lead, Math.min(0, until - width))] : [];
    for (const left of [...reach, leftOf(column), column * pitch]) {
      const room = Math.min(width, until - left);
      if (room < least || (before && left - SPACE - before.left < before.least)) continue;
      if (before) before.room = Math.min(before.room, left - SPACE - before.left);
      placed.push({ column, left, room, least });
      others += 1;
      return;
    }
  });
  return placed.map(({ column, left, room }) => ({ column, left, room }));
}

function placeNumbered(
  labels: readonly string[],
  widthOf: (column: number) => number,
  leftOf: (column: number) => number,
  pitch: number,
): readonly Place[] {
  const numbers = labels.map(numberOf);
  const widest = numbers.reduce<number>(
    (most, number, column) => (number === undefined ? most : Math.max(most, widthOf(column))),
    0,
  );
  const stride = strides.find((step) => step * pitch >= widest + SPACE) ?? Number.POSITIVE_INFINITY;
  const placed: Place[] = [];
  numbers.forEach((number, column) => {
    if (number === undefined || number % stride !== 0) return;
    const last = placed.at(-1);
    const left = leftOf(column);
    if (last && left - SPACE - last.left < last.room) return;
    placed.push({ column, left, room: widthOf(column), least: widthOf(column) });
  });
  return placed;
}

/** The number that a label ends with. */
function numberOf(label: string): number | undefined {
  const found = /(\d{1,6})$/.exec(label);
  return found ? Number(found[1]) : undefined;
}
