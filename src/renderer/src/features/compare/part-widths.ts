/** The least that a part which is there takes, in percent, so that it can be seen. */
const LEAST = 0.4;

/** Widths in percent, 100 together; a part that is there is never too thin to be seen. */
export function partWidths(bytes: readonly number[]): readonly number[] {
  const whole = bytes.reduce((sum, count) => sum + count, 0);
  if (whole <= 0) return bytes.map(() => (bytes.length === 0 ? 0 : 100 / bytes.length));
  const wanted = bytes.map((count) => Math.max(LEAST, (count / whole) * 100));
  const sum = wanted.reduce((total, width) => total + width, 0);
  return wanted.map((width) => (width / sum) * 100);
}
