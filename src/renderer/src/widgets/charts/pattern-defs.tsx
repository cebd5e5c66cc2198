import type { PartTone } from './parts';

/** `url(#…)` of a part's fill inside a chart whose patterns carry this id. */
export const fillOf = (id: string, tone: ChartTone): string =>
  tone === 'repeated' || tone === 'exclusive' ? `url(#${id}-${tone})` : solid[tone];

/** The tones that charts draw with. */
export type ChartTone = Extract<PartTone, 'unique' | 'shared' | 'repeated' | 'exclusive'>;

const solid = { unique: 'var(--accent)', shared: 'var(--same)' } as const;

/** Patterns for the fills of SVG bars; the same as those of `.part-…` in HTML. */
export function PatternDefs({ id }: { readonly id: string }) {
  return (
    <defs>
      <pattern
        id={`${id}-repeated`}
        width="5"
        height="5"
        patternUnits="userSpaceOnUse"
        patternTransform="rotate(-45)"
      >
        <rect width="5" height="5" fill="color-mix(in srgb, var(--cast) 45%, var(--panel))" />
        <rect width="5" height="3" fill="var(--cast)" />
      </pattern>
      <pattern id={`${id}-exclusive`} width="6" height="6" patternUnits="userSpaceOnUse">
        <rect width="6" height="6" fill="var(--miss)" />
        <circle cx="3" cy="3" r="0.8" fill="var(--line-strong)" />
      </pattern>
    </defs>
  );
}
