import type { UnitSystem } from '../../../../shared/base';

const niceSteps = [1, 2, 5, 10, 20, 50, 100, 200, 500] as const;

/**
 * Round positions for an axis of bytes from 0 to at least `max`, in whole steps of the unit system
 * (…, 500 MB, 1 GB or …, 512 MiB …), at most `most` of them after 0. Ascending, starts with 0.
 */
export function byteTicks(max: number, system: UnitSystem, most = 6): readonly number[] {
  if (!(max > 0)) return [0, 1];
  const base = system === 'decimal' ? 1000 : 1024;
  for (let unit = 1; ; unit *= base) {
    for (const nice of niceSteps) {
      const step = nice * unit;
      const count = Math.ceil(max / step);
      if (count <= most) return Array.from({ length: count + 1 }, (_, i) => i * step);
    }
  }
}
