import { useCallback } from 'react';
import { formatBytes, formatCount, formatDuration, formatShare } from '../../../shared/base';
import { useSettings } from '../state/settings';

export { formatCount, formatDuration, formatShare };

/** Byte counts as text in the units that the person chose: `12.3 GB` or `11.5 GiB`. */
export function useBytes(): (bytes: number) => string {
  const units = useSettings((settings) => settings.units);
  return useCallback((bytes: number) => formatBytes(bytes, units), [units]);
}

/** `1 file`, `1,200 files`. The plural is given where an `s` does not make it. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/** `1.24B`, `350M`, `12.5k`: parameters as the field writes them. */
export function formatParameters(count: number): string {
  const steps: readonly (readonly [number, string])[] = [
    [1e12, 'T'],
    [1e9, 'B'],
    [1e6, 'M'],
    [1e3, 'k'],
  ];
  for (const [size, letter] of steps) {
    if (count < size * 0.9995) continue;
    const value = count / size;
    const digits = value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
    return `${value.toFixed(digits).replace(/\.?0+$/, (zeros) => (zeros.includes('.') ? '' : zeros))}${letter}`;
  }
  return formatCount(count);
}

/** `just now`, `5 min ago`, `3 h ago`, `2 days ago`, then the date as `2026-02-13`. */
export function formatAgo(then: number, now: number): string {
  const minutes = Math.floor((now - then) / 60_000);
  if (minutes < 1) return 'just now';
  if (minutes < 60) return `${minutes} min ago`;
  if (minutes < 24 * 60) return `${Math.floor(minutes / 60)} h ago`;
  const days = Math.floor(minutes / (24 * 60));
  if (days < 14) return days === 1 ? 'yesterday' : `${days} days ago`;
  return new Date(then).toISOString().slice(0, 10);
}
