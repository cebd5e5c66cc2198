/** Decimal (1 kB = 1000 B) or binary (1 KiB = 1024 B) byte units. */
export type UnitSystem = 'decimal' | 'binary';

const unitNames: Record<UnitSystem, readonly string[]> = {
  decimal: ['B', 'kB', 'MB', 'GB', 'TB', 'PB'],
  binary: ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'],
};

/** `12.3 GB`: three significant digits, never more precision than bytes have. */
export function formatBytes(bytes: number, system: UnitSystem = 'decimal'): string {
  const base = system === 'decimal' ? 1000 : 1024;
  const names = unitNames[system];
  let value = Math.abs(bytes);
  let unit = 0;
  while (unit < names.length - 1 && value >= base * 0.9995) {
    value /= base;
    unit += 1;
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
  return `${bytes < 0 ? '−' : ''}${value.toFixed(digits)} ${names[unit]}`;
}

/** `1,234,567`, with a comma whatever the system's locale, so that screens and files agree. */
export function formatCount(count: number): string {
  return String(Math.round(count)).replace(/\B(?=(\d{3})+(?!\d))/g, ',');
}

/** `42%`; `<1%` and `>99%` where rounding would claim none or all. */
export function formatShare(part: number, whole: number): string {
  if (whole <= 0) return '0%';
  const percent = (part / whole) * 100;
  if (percent > 0 && percent < 1) return '<1%';
  if (percent > 99 && percent < 100) return '>99%';
  return `${Math.round(percent)}%`;
}

/** `48 s`, `3 min 20 s`, `2 h 5 min`. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}
