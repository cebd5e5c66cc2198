import { useState } from 'react';
import { Button as AriaButton } from 'react-aria-components';
import type { MetadataValue } from '../../../../../shared/domain';
import { formatCount } from '../../../lib/format';
import { visibleText } from '../../../lib/hostile-text';
import { NameText } from '../../../widgets/name-text';
import { type MetadataShape, shapeOf, sortedEntries } from './metadata';
import './metadata-tree.css';

const FIRST_ENTRIES = 60;
const FIRST_CHARACTERS = 240;
const DEEPEST = 14;
/** Characters up to which a key and its value stand in one line. */
const SHORT_KEY = 26;
const SHORT_VALUE = 34;

interface EntriesProps {
  readonly entries: readonly (readonly [string, MetadataValue])[];
  readonly depth: number;
}

/** Key/value pairs, nested ones folded; nothing below a fold is drawn before it is opened. */
export function MetadataTree({
  value,
}: {
  readonly value: Readonly<Record<string, MetadataValue>>;
}) {
  return <Entries entries={sortedEntries(value)} depth={0} />;
}

function Entries({ entries, depth }: EntriesProps) {
  const [shown, setShown] = useState(FIRST_ENTRIES);
  const left = entries.length - shown;
  return (
    <ul className="md-list">
      {entries.slice(0, shown).map(([key, value]) => (
        <Entry key={key} name={key} value={value} depth={depth} />
      ))}
      {left > 0 ? (
        <li>
          <AriaButton className="md-more" onPress={() => setShown(shown + 10 * FIRST_ENTRIES)}>
            {formatCount(left)} more…
          </AriaButton>
        </li>
      ) : null}
    </ul>
  );
}

function Entry(props: { name: string; value: MetadataValue; depth: number }) {
  const shape = shapeOf(props.value);
  if (shape.kind === 'branch') return <BranchEntry {...props} shape={shape} />;
  const stacked = shape.text.length > SHORT_VALUE || props.name.length > SHORT_KEY;
  return (
    <li className={stacked ? 'md-stacked' : 'md-entry'}>
      <NameText name={props.name} className="md-key" />
      <LongText text={shape.text} />
    </li>
  );
}

interface BranchProps {
  readonly name: string;
  readonly depth: number;
  readonly shape: MetadataShape & { kind: 'branch' };
}

function BranchEntry({ name, depth, shape }: BranchProps) {
  const [open, setOpen] = useState(false);
  const deep = depth >= DEEPEST;
  return (
    <li>
      <details className="md-branch" onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>
          <NameText name={name} className="md-key" />
          <span className="md-summary">
            {shape.summary}
            {shape.fromText ? ', JSON in a string' : ''}
          </span>
        </summary>
        {open && deep ? (
          <p className="md-summary">Nested too deeply to show; copy as JSON.</p>
        ) : null}
        {open && !deep ? <Entries entries={shape.entries} depth={depth + 1} /> : null}
      </details>
    </li>
  );
}

function LongText({ text }: { readonly text: string }) {
  const [open, setOpen] = useState(false);
  const long = text.length > FIRST_CHARACTERS;
  const shown = long && !open ? `${text.slice(0, FIRST_CHARACTERS)}…` : text;
  return (
    <span className="md-value selectable">
      <bdi>{visibleText(shown).replaceAll('\\n', '\n')}</bdi>
      {long ? (
        <AriaButton className="md-more" onPress={() => setOpen(!open)}>
          {open ? 'Show less' : `Show all ${formatCount(text.length)} characters`}
        </AriaButton>
      ) : null}
    </span>
  );
}
