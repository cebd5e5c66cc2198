import { clipMiddle, titleText, visibleParts } from '../../lib/hostile-text';
import './name-text.css';

interface NameTextProps {
  /** A name from a file or a path: shown as text, never interpreted. */
  readonly name: string;
  readonly mono?: boolean;
  /** In full, where `name` is only a part of it. */
  readonly full?: string;
  readonly className?: string;
}

/**
 * The one way to show a name that a stranger chose. It is isolated from the text around it, clipped
 * with an ellipsis, and its invisible characters are visible; the title holds it in full.
 */
export function NameText({ name, mono = false, full = name, className = '' }: NameTextProps) {
  const parts = visibleParts(clipMiddle(name));
  return (
    <bdi className={`name clip ${mono ? 'mono' : ''} ${className}`} title={titleText(full)}>
      {parts.length === 0 ? <span className="name-escape">(no name)</span> : null}
      {parts.map((part, index) =>
        part.kind === 'plain' ? (
          part.text
        ) : (
          // biome-ignore lint/suspicious/noArrayIndexKey: parts have no identity but their place.
          <span key={index} className="name-escape">
            {part.text}
          </span>
        ),
      )}
    </bdi>
  );
}
