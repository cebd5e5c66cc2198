import type { ModelDetail } from '../../../../../shared/domain';
import { formatCount } from '../../../lib/format';
import { ModelBar } from './model-bar';

const shownAtMost = 12;

/** Who holds bytes of this model, most first; each bar is its part of this model's unique bytes. */
export function PartnerList({ model }: { readonly model: ModelDetail }) {
  const partners = model.sharesWith;
  const rest = partners.length - shownAtMost;
  if (model.analysis !== 'done') return null;
  return (
    <section className="insp-section">
      <h3>Shares with</h3>
      {partners.length === 0 ? (
        <p className="muted">No other open model has any of its bytes.</p>
      ) : null}
      <ul>
        {partners.slice(0, shownAtMost).map((partner) => (
          <ModelBar
            key={partner.modelId}
            modelId={partner.modelId}
            name={partner.name}
            value={partner.sharedBytes}
            whole={model.bytes?.uniqueBytes ?? model.logicalBytes}
            kind="shared"
          />
        ))}
      </ul>
      {rest > 0 ? <p className="muted">and {formatCount(rest)} more</p> : null}
    </section>
  );
}
