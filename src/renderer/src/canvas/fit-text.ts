/** Width in CSS pixels of a text in the font at hand. */
export type Measure = (text: string) => number;

/** A text that is at most `room` wide: whole, or its start and its end with `…` between. */
export function fitText(text: string, room: number, measure: Measure): string {
  if (measure(text) <= room) return text;
  const points = [...text];
  return longest(points.length - 1, room, measure, (kept) => {
    const head = Math.ceil(kept / 2);
    return `${points.slice(0, head).join('')}…${points.slice(points.length - (kept - head)).join('')}`;
  });
}

/** The same for a few letters' room, where an end would say nothing: the start and `…`. */
export function fitStart(text: string, room: number, measure: Measure): string {
  if (measure(text) <= room) return text;
  const points = [...text];
  return longest(points.length - 1, room, measure, (kept) => `${points.slice(0, kept).join('')}…`);
}

function longest(
  most: number,
  room: number,
  measure: Measure,
  cut: (kept: number) => string,
): string {
  let low = 0;
  let high = most;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (measure(cut(middle)) <= room) low = middle;
    else high = middle - 1;
  }
  return cut(low);
}
