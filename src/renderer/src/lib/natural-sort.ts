const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

/**
 * Order in which people expect names: `layer 2` before `layer 10`, letters without regard to case.
 * Names that differ only in case or accents keep a fixed order, so sorting is stable across runs.
 */
export function naturalCompare(a: string, b: string): number {
  return collator.compare(a, b) || (a < b ? -1 : a > b ? 1 : 0);
}
