import { sharingGlyph, sharingOf, sharingText } from './tensor-text';
import './status-text.css';

interface StatusTextProps {
  /** Other models with the same bytes; undefined until fingerprinted. */
  readonly sharedBy: number | undefined;
  readonly long?: boolean;
}

/** Shared, exclusive or pending: a glyph and words, never colour alone. */
export function StatusText({ sharedBy, long = false }: StatusTextProps) {
  const sharing = sharingOf(sharedBy);
  return (
    <span className={`st st-${sharing}`}>
      <span className="st-glyph" aria-hidden="true">
        {sharingGlyph[sharing]}
      </span>
      <span className="st-text">{sharingText(sharedBy, long)}</span>
    </span>
  );
}
