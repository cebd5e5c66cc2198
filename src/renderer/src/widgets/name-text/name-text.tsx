import type { SplitName, TextPart } from '../../lib/hostile-text';
import { clipMiddle, splitTail, titleText, visibleParts } from '../../lib/hostile-text';
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
 * The one way to show a name that a stranger chose. It is isolated from the text around it, its
 * invisible characters are visible, and where room is short it loses its middle, not its end, since
 * names of models and tensors differ at the end; the title holds it in full.
 */
export function NameText({ name, mono = false, full = name, className = '' }: NameTextProps) {
  const split = splitTail(name);
  return (
    <bdi
      className={`name clip ${split ? 'name-split' : ''} ${mono ? 'mono' : ''} ${className}`}
      title={titleText(full)}
    >
      {split ? (
        <>
          <span className="name-head" style={{ maxWidth: `calc(100% - ${tailRoom(split, mono)})` }}>
            {split.head}
          </span>
          {split.tail}
        </>
      ) : (
        <Parts parts={visibleParts(clipMiddle(name))} />
      )}
    </bdi>
  );
}

const tailRoom = (split: SplitName, mono: boolean): string =>
  mono ? `${split.tail.length}ch` : `${split.tailWidth.toFixed(2)}em`;

function Parts({ parts }: { readonly parts: readonly TextPart[] }) {
  if (parts.length === 0) return <span className="name-escape">(no name)</span>;
  return parts.map((part, index) =>
    part.kind === 'plain' ? (
      part.text
    ) : (
      // biome-ignore lint/suspicious/noArrayIndexKey: parts have no identity but their place.
      <span key={index} className="name-escape">
        {part.text}
      </span>
    ),
  );
}
