import type { SimilarityThresholds } from '../../shared/domain';
import type { Settings } from '../../shared/ipc';

type Patch = { readonly [Key in keyof Settings]?: Settings[Key] | undefined };

/** What the window may see of everything that is stored. */
export const visiblePart = ({ units, theme, thresholds }: Settings): Settings => ({
  units,
  theme,
  thresholds,
});

/** Without the keys that are undefined: those would erase what is stored. */
export function visiblePatch({ units, theme, thresholds }: Patch): Partial<Settings> {
  return {
    ...(units && { units }),
    ...(theme && { theme }),
    ...(thresholds && { thresholds }),
  };
}

export const visibleChanged = (now: Settings, before: Settings): boolean =>
  now.theme !== before.theme ||
  now.units !== before.units ||
  !sameThresholds(now.thresholds, before.thresholds);

export const sameThresholds = (a: SimilarityThresholds, b: SimilarityThresholds): boolean =>
  a.exact === b.exact && a.nearDuplicate === b.nearDuplicate && a.similar === b.similar;
