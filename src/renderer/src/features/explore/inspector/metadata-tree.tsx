import { useState } from 'react';
import { Button as AriaButton } from 'react-aria-components';
import type { MetadataValue } from '../../../../../shared/domain';
import { counted, formatCount } from '../../../lib/format';
import { clipMiddle, visibleText } from '../../../lib/hostile-text';
import { longArrayOf } from '../../../lib/long-array';
import { NameText } from '../../../widgets/name-text';
import { CopyButton } from '../copy';
import { type MetadataShape, shapeOf } from './metadata';
import { useMetadataModel } from './metadata-context';
import { wholeValue } from './metadata-copy';
import type { MetadataEntry } from './metadata-groups';
import { MetadataList } from './metadata-list';
import { isBlock, TextBlock, TextLine } from './metadata-text';
import './metadata-tree.css';

const FIRST_ENTRIES = 60;
const DEEPEST = 14;
/** Characters up to which a key and its value stand in one line. */
const SHORT_KEY = 26;
const SHORT_VALUE = 34;

/** An entry somewhere in the tree; without a path it stands inside a text and cannot be asked for. */
type TreeEntry = Omit<MetadataEntry, 'path'> & { readonly path: readonly string[] | undefined };

interface EntriesProps {
  readonly entries: readonly TreeEntry[];
  readonly depth?: number;
}

/** Key/value pairs, nested ones folded; nothing below a fold is drawn before it is opened. */
export function MetadataEntries({ entries, depth = 0 }: EntriesProps) {
  const [shown, setShown] = useState(FIRST_ENTRIES);
  const left = entries.length - shown;
  return (
    <ul className="md-list">
      {entries.slice(0, shown).map((entry) => (
        <Entry key={entry.path?.join('\n') ?? entry.label} {...entry} depth={depth} />
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

type EntryProps = TreeEntry & { readonly depth: number };

function Entry(props: EntryProps) {
  const { label, value } = props;
  const long = longArrayOf(value);
  if (long !== undefined) {
    const summary = `${counted(long.count, 'item')}, ${long.of.slice(0, 20)}`;
    return <ListEntry {...props} summary={summary} />;
  }
  if (Array.isArray(value) && value.length > FIRST_ENTRIES) {
    return <ListEntry {...props} items={value} summary="list" />;
  }
  if (props.open && Array.isArray(value) && value.every((item) => typeof item === 'string')) {
    return <Names {...props} names={value} />;
  }
  const shape = shapeOf(value);
  if (shape.kind === 'branch') return <BranchEntry {...props} shape={shape} />;
  const block = isBlock(shape.text);
  const stacked = block || shape.text.length > SHORT_VALUE || label.length > SHORT_KEY;
  return (
    <li className={`md-item ${stacked ? 'md-stacked' : 'md-entry'}`}>
      <Key {...props} />
      {block ? (
        <TextBlock label={label} text={shape.text} path={props.path} />
      ) : (
        <TextLine text={shape.text} />
      )}
      <CopyValue {...props} />
    </li>
  );
}

function Key({ label, path }: EntryProps) {
  return <NameText name={label} full={path?.join(' › ') ?? label} className="md-key" />;
}

/** A short list of texts, all of them in sight. */
function Names({ names, ...entry }: EntryProps & { readonly names: readonly string[] }) {
  return (
    <li className="md-item md-stacked">
      <Key {...entry} />
      <ul className="md-names mono selectable" aria-label={entry.label}>
        {names.map((name) => (
          <li key={name}>
            <bdi>{visibleText(clipMiddle(name))}</bdi>
          </li>
        ))}
      </ul>
      {names.length === 0 ? <span className="muted">nothing</span> : null}
      <CopyValue {...entry} />
    </li>
  );
}

/** Copies the whole value, whatever of it is shown. */
function CopyValue({ label, value, path }: EntryProps) {
  const modelId = useMetadataModel();
  const text = () => {
    if (modelId !== undefined && path !== undefined) return wholeValue(modelId, path);
    return typeof value === 'string' ? value : JSON.stringify(value, null, 2);
  };
  return (
    <span className="md-copy">
      <CopyButton label={`Copy ${label.slice(0, 60)}`} text={text} />
    </span>
  );
}

interface FoldProps extends EntryProps {
  readonly summary: string;
  readonly children: () => React.ReactNode;
}

function Fold({ summary, children, ...entry }: FoldProps) {
  const [open, setOpen] = useState(entry.open === true);
  return (
    <li className="md-item">
      <details
        className="md-branch"
        open={open}
        onToggle={(event) => setOpen(event.currentTarget.open)}
      >
        <summary>
          <Key {...entry} />
          <span className="md-summary">{summary}</span>
        </summary>
        {open ? children() : null}
      </details>
      <CopyValue {...entry} />
    </li>
  );
}

function ListEntry(props: EntryProps & { summary: string; items?: readonly MetadataValue[] }) {
  const { items, summary, ...entry } = props;
  return (
    <Fold {...entry} summary={summary}>
      {() => <MetadataList label={entry.label} path={entry.path} items={items} />}
    </Fold>
  );
}

function BranchEntry({
  shape,
  ...entry
}: EntryProps & { shape: MetadataShape & { kind: 'branch' } }) {
  const { depth, path } = entry;
  const inner = shape.entries.map(([label, value]) => ({
    label,
    value,
    path: shape.fromText || path === undefined ? undefined : [...path, label],
  }));
  return (
    <Fold {...entry} summary={`${shape.summary}${shape.fromText ? ', JSON in a string' : ''}`}>
      {() =>
        depth >= DEEPEST ? (
          <p className="md-summary">Nested too deeply to show; copy it instead.</p>
        ) : (
          <MetadataEntries entries={inner} depth={depth + 1} />
        )
      }
    </Fold>
  );
}
