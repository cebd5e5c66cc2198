import { type SharingStyle, sharingGlyph, sharingOf, sharingText } from './tensor-text';
import './status-text.css';

interface StatusTextProps {
  /** Other models with the same bytes; undefined until fingerprinted. */
  readonly sharedBy: number | undefined;
  readonly style?: SharingStyle;
}

/** Shared, exclusive or pending: a glyph and words, never colour alone. */
export function StatusText({ sharedBy, style = 'plain' }: StatusTextProps) {
  const sharing = sharingOf(sharedBy);
  return (
    <span className={`st st-${sharing}`} title={sharingText(sharedBy, 'sentence')}>
      <span className="st-glyph" aria-hidden="true">
        {sharingGlyph[sharing]}
      </span>
      <span className="st-text">{sharingText(sharedBy, style)}</span>
    </span>
  );
}
