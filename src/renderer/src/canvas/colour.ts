/** Red, green and blue, 0 … 255. */
export type Rgb = readonly [number, number, number];

const clamp01 = (value: number): number => Math.min(1, Math.max(0, value));

/** A computed colour: `rgb(31, 138, 102)` or `color(srgb 0.1 0.5 0.4)`. Undefined for others. */
export function parseColour(text: string): Rgb | undefined {
  const rgb = /^rgba?\(\s*([\d.]+)[,\s]+([\d.]+)[,\s]+([\d.]+)/.exec(text);
  if (rgb) return [Number(rgb[1]), Number(rgb[2]), Number(rgb[3])];
  const srgb = /^color\(srgb\s+([\d.e+-]+)\s+([\d.e+-]+)\s+([\d.e+-]+)/.exec(text);
  if (!srgb) return undefined;
  const byte = (part: string | undefined) => clamp01(Number(part)) * 255;
  return [byte(srgb[1]), byte(srgb[2]), byte(srgb[3])];
}

export const cssColour = ([r, g, b]: Rgb): string =>
  `rgb(${Math.round(r)} ${Math.round(g)} ${Math.round(b)})`;

/** `a` at 0, `b` at 1. */
export function mix(a: Rgb, b: Rgb, t: number): Rgb {
  const at = clamp01(t);
  return [a[0] + (b[0] - a[0]) * at, a[1] + (b[1] - a[1]) * at, a[2] + (b[2] - a[2]) * at];
}

/** A colour on the way through all stops, evenly spaced, 0 … 1. */
export function ramp(stops: readonly [Rgb, ...Rgb[]], t: number): Rgb {
  const place = clamp01(t) * (stops.length - 1);
  const from = stops[Math.floor(place)] ?? stops[0];
  const to = stops[Math.ceil(place)] ?? from;
  return mix(from, to, place - Math.floor(place));
}

/** Relative luminance, 0 … 1 (WCAG 2.2). */
export function luminance(colour: Rgb): number {
  const [r, g, b] = colour.map((part) => {
    const value = part / 255;
    return value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

export function contrast(a: Rgb, b: Rgb): number {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

const black: Rgb = [0, 0, 0];
const white: Rgb = [255, 255, 255];

/** Black or white, whichever is read better on `ground`; always at 4.5:1 or better. */
export const inkOn = (ground: Rgb): Rgb =>
  contrast(black, ground) >= contrast(white, ground) ? black : white;

/** Where `value` lies between `low` and `high` on a logarithmic scale, 0 … 1; 0 and less is 0. */
export function logShare(value: number, low: number, high: number): number {
  if (!(value > low)) return 0;
  return clamp01(Math.log(value / low) / Math.log(high / low));
}
