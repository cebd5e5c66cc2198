/** The mark: four tiles, two of one kind, one of which is stored only once. */
export function BrandMark({ size = 20 }: { readonly size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 20 20" aria-hidden="true" className="brand-mark">
      <rect x="1" y="1" width="8" height="8" rx="1.5" fill="var(--accent)" />
      <rect x="11" y="1" width="8" height="8" rx="1.5" fill="var(--same)" />
      <rect x="1" y="11" width="8" height="8" rx="1.5" fill="var(--near1)" />
      <rect x="11" y="11" width="8" height="8" rx="1.5" fill="var(--accent)" opacity="0.45" />
    </svg>
  );
}
