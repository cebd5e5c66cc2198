import { Search } from 'lucide-react';
import { useMemo, useState } from 'react';
import type { ModelDetail } from '../../../../../shared/domain';
import { visibleText } from '../../../lib/hostile-text';
import { CopyButton } from '../copy';
import { MetadataModel } from './metadata-context';
import { wholeJson } from './metadata-copy';
import { filterEntries, type MetadataGroup, metadataGroups } from './metadata-groups';
import { MetadataEntries } from './metadata-tree';
import './metadata-view.css';

/** From how many entries on a person looks for one. */
const SEARCHED_FROM = 12;

/** Everything that a model's headers and configuration files say, by where it stands. */
export function MetadataView({ detail }: { readonly detail: ModelDetail }) {
  const { id, format, metadata } = detail;
  const [query, setQuery] = useState('');
  const groups = useMemo(() => metadataGroups(format, metadata), [format, metadata]);
  const shown = groups
    .map((group) => ({ ...group, entries: filterEntries(group.entries, query) }))
    .filter(({ entries }) => entries.length > 0);
  const count = groups.reduce((sum, { entries }) => sum + entries.length, 0);
  return (
    <MetadataModel.Provider value={id}>
      <section className="insp-section" aria-label="Metadata">
        <div className="ei-head">
          <span className="insp-label">Metadata</span>
          {count > 0 ? <CopyButton label="Copy as JSON" text={() => wholeJson(id, [])} /> : null}
        </div>
        {count === 0 ? <p className="muted">The files carry none.</p> : null}
        {count >= SEARCHED_FROM ? (
          <label className="ml-find">
            <Search size={13} aria-hidden="true" />
            <input
              type="search"
              placeholder="Find a key or value"
              aria-label="Find in the metadata"
              value={query}
              onChange={(event) => setQuery(event.target.value)}
            />
          </label>
        ) : null}
        {shown.map((group) => (
          <Group key={`${group.origin} ${group.title ?? ''}`} group={group} />
        ))}
        {count > 0 && shown.length === 0 ? (
          <p className="muted">No key and no value holds this.</p>
        ) : null}
      </section>
    </MetadataModel.Provider>
  );
}

function Group({ group }: { readonly group: MetadataGroup }) {
  const { origin, title, note, entries } = group;
  return (
    <div className="mv-group">
      <h4>
        <span className="mv-origin">{visibleText(origin.slice(0, 200))}</span>
        {title === undefined ? null : <bdi>{visibleText(title.slice(0, 200))}</bdi>}
      </h4>
      {note === undefined ? null : <p className="mv-note">{note}</p>}
      <MetadataEntries entries={entries} />
    </div>
  );
}
