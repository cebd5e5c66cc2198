import { useState } from 'react';
import { Button as AriaButton } from 'react-aria-components';
import { formatCount } from '../../../lib/format';
import { visibleText } from '../../../lib/hostile-text';
import { visibleLines } from './metadata';
import { useMetadataModel } from './metadata-context';
import { wholeValue } from './metadata-copy';

/** Characters up to which a text without line breaks is no block. */
const LINE_CHARACTERS = 240;
/** Characters of a block before it is asked to show more. */
const FIRST_CHARACTERS = 4000;
/** A block never grows beyond this; the copy has the rest. */
const MOST_CHARACTERS = 100_000;

export const isBlock = (text: string): boolean =>
  text.length > LINE_CHARACTERS || text.includes('\n');

export function TextLine({ text }: { readonly text: string }) {
  return (
    <span className="md-value selectable">
      <bdi>{visibleText(text)}</bdi>
    </span>
  );
}

interface TextBlockProps {
  readonly label: string;
  readonly text: string;
  readonly path: readonly string[] | undefined;
}

/**
 * A long text, a chat template for one, as it is: monospaced, wrapped, in a box of bounded height.
 * It is text only, whatever markup it holds.
 */
export function TextBlock({ label, text, path }: TextBlockProps) {
  const modelId = useMetadataModel();
  const [whole, setWhole] = useState<string>();
  const long = text.length > FIRST_CHARACTERS;
  const shown = whole ?? (long ? `${text.slice(0, FIRST_CHARACTERS)}…` : text);
  const showAll = async () => {
    const asked = modelId && path ? await wholeValue(modelId, path) : text;
    if (asked !== undefined) setWhole(asked.slice(0, MOST_CHARACTERS));
  };
  return (
    <>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset is for controls. */}
      <div
        className="md-text"
        role="group"
        aria-label={label.slice(0, 200)}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable.
        tabIndex={0}
      >
        <pre className="selectable">
          <bdi>{visibleLines(shown)}</bdi>
        </pre>
      </div>
      {long && whole === undefined ? (
        <AriaButton className="md-more" onPress={() => void showAll()}>
          Show all of it
        </AriaButton>
      ) : null}
      {whole !== undefined && whole.length >= MOST_CHARACTERS ? (
        <p className="md-summary">
          The first {formatCount(MOST_CHARACTERS)} characters; the copy has the rest.
        </p>
      ) : null}
    </>
  );
}
