/** Width in CSS pixels of a text in the font at hand. */
export type Measure = (text: string) => number;

/** A text that is at most `room` wide: whole, or its start and its end with `…` between. */
export function fitText(text: string, room: number, measure: Measure): string {
  if (measure(text) <= room) return text;
  const points = [...text];
  const cut = (kept: number): string => {
    const head = Math.ceil(kept / 2);
    return `${points.slice(0, head).join('')}…${points.slice(points.length - (kept - head)).join('')}`;
  };
  let low = 0;
  let high = points.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (measure(cut(middle)) <= room) low = middle;
    else high = middle - 1;
  }
  return cut(low);
}
