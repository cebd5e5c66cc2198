import { formatShare } from '../../../../shared/base';
import type { ModelSummary } from '../../../../shared/domain';
import { sharingParts, sharingText } from './sharing';
import './sharing-bar.css';

interface SharingBarProps {
  readonly model: Pick<ModelSummary, 'logicalBytes' | 'bytes' | 'analysis'>;
  readonly wide?: boolean;
}

/** Shared, repeated and exclusive bytes of a model; the same in words for those who cannot see it. */
export function SharingBar({ model, wide = false }: SharingBarProps) {
  const parts = sharingParts(model);
  const text = sharingText(model);
  const size = wide ? 'share-wide' : '';
  if (!parts) {
    const word = model.analysis === 'running' ? 'running' : model.analysis;
    return (
      <span className={`share-line ${size}`} title={text}>
        <span className={`share share-${model.analysis}`} aria-hidden="true" />
        <span className="share-word">{word}</span>
      </span>
    );
  }
  return (
    <span className={`share-line ${size}`} title={text}>
      <span className="share" role="img" aria-label={text}>
        <i className="share-shared" style={{ width: `${parts.shared * 100}%` }} />
        <i className="share-repeated" style={{ width: `${parts.repeated * 100}%` }} />
      </span>
      <span className="share-word num" aria-hidden="true">
        {formatShare(parts.shared, 1)}
      </span>
    </span>
  );
}

/** What the bar's parts mean, for a legend. */
export function SharingLegend() {
  return (
    <ul className="share-legend" aria-label="Parts of the sharing bar">
      <li>
        <i className="share-key share-shared" />
        shared with other models
      </li>
      <li>
        <i className="share-key share-repeated" />
        repeated inside
      </li>
      <li>
        <i className="share-key share-only" />
        only here
      </li>
    </ul>
  );
}
