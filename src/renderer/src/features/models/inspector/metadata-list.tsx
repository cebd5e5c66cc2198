import type { MetadataValue } from '../../../../../shared/domain';
import { formatCount } from '../../../lib/format';
import { longArrayOf } from '../../../lib/long-array';
import { NameText } from '../../../widgets/name-text';

const shownAtMost = 24;

/** One metadata value in one line; its structure is counted, not shown. */
export function metadataText(value: MetadataValue): string {
  const long = longArrayOf(value);
  if (long !== undefined) return `list of ${formatCount(long.count)}`;
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) {
    const plain = value.every((item) => item === null || typeof item !== 'object');
    return plain && value.length <= 8 ? value.join(', ') : `list of ${formatCount(value.length)}`;
  }
  if (value !== null && typeof value === 'object') {
    return `${formatCount(Object.keys(value).length)} entries`;
  }
  return String(value);
}

interface MetadataListProps {
  readonly metadata: Readonly<Record<string, MetadataValue>>;
}

export function MetadataList({ metadata }: MetadataListProps) {
  const entries = Object.entries(metadata);
  if (entries.length === 0) return null;
  const rest = entries.length - shownAtMost;
  return (
    <section className="insp-section">
      <h3>Metadata</h3>
      <dl className="insp-list models-metadata">
        {entries.slice(0, shownAtMost).map(([key, value]) => (
          <div key={key}>
            <dt>
              <NameText name={key} />
            </dt>
            <dd>
              <NameText name={metadataText(value)} />
            </dd>
          </div>
        ))}
      </dl>
      {rest > 0 ? <p className="muted">and {formatCount(rest)} more entries</p> : null}
    </section>
  );
}
