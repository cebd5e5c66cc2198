/** What JSON can hold of a number: null for NaN and the infinities. */
export const numberOrNull = (value: number | null | undefined): number | null =>
  value !== null && value !== undefined && Number.isFinite(value) ? value : null;

/** `0.9987`, `?` where it is not known; as many digits as tell it from 0 and from 1. */
export function decimals(value: number | null): string {
  if (value === null) return '?';
  const size = Math.abs(value);
  // Sums of many products miss 1 by their rounding.
  if (value === 0 || Math.abs(1 - size) < 1e-9) return String(Math.round(value));
  if (size < 0.0001 || size >= 10_000) return value.toExponential(1);
  if (size > 0.9999 && size < 1) return value > 0 ? '>0.9999' : '<-0.9999';
  return value.toFixed(4);
}
