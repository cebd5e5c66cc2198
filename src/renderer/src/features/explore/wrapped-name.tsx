import { Fragment } from 'react';
import { clipMiddle, titleText, visibleParts } from '../../lib/hostile-text';
import './wrapped-name.css';

interface WrappedNameProps {
  /** A name from a file or a path: shown as text, never interpreted. */
  readonly name: string;
  readonly mono?: boolean;
}

/** A name over as many lines as it needs (to about 300 characters), broken after its separators. */
export function WrappedName({ name, mono = false }: WrappedNameProps) {
  const parts = visibleParts(clipMiddle(name));
  return (
    <bdi className={mono ? 'wn selectable mono' : 'wn selectable'} title={titleText(name)}>
      {parts.length === 0 ? <span className="name-escape">(no name)</span> : null}
      {parts.map((part, i) =>
        part.kind === 'plain' ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: parts have no identity but their place.
          <Breakable key={i} text={part.text} />
        ) : (
          // biome-ignore lint/suspicious/noArrayIndexKey: see above.
          <span key={i} className="name-escape">
            {part.text}
          </span>
        ),
      )}
    </bdi>
  );
}

function Breakable({ text }: { readonly text: string }) {
  return text.split(/(?<=[./_-])/).map((piece, i) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: see above.
    <Fragment key={i}>
      {i > 0 ? <wbr /> : null}
      {piece}
    </Fragment>
  ));
}
