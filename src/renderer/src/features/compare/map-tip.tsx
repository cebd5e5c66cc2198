import type { CompareCell } from '../../../../shared/domain';
import { counted, useBytes } from '../../lib/format';
import { metricText } from './map-text';
import { glyphOfTone, labelOfTone, tones, totalsOf, wholeOf } from './status';

interface MapTipProps {
  readonly layer: string;
  readonly part: string;
  /** The model, where there are several. */
  readonly model: string | undefined;
  readonly cell: CompareCell | null;
}

/** All that is known of a cell of the map. */
export function MapTip({ layer, part, model, cell }: MapTipProps) {
  const bytes = useBytes();
  const place = [layer, part].filter(Boolean).join(' · ');
  if (cell === null) {
    return (
      <>
        <b className="cmp-tip-head">{place}</b>
        {model === undefined ? null : <span className="muted">{model}</span>}
        <p className="muted">Neither model has a tensor here.</p>
      </>
    );
  }
  const totals = totalsOf([cell.groups]);
  const whole = wholeOf(totals);
  return (
    <>
      <b className="cmp-tip-head">{place}</b>
      <span className="muted">
        {model === undefined ? '' : `${model} · `}
        {counted(whole.tensors, 'tensor')}, {bytes(whole.bytes)}
      </span>
      <ul className="cmp-tip-counts">
        {tones
          .filter((tone) => totals[tone].tensors > 0)
          .map((tone) => (
            <li key={tone}>
              <span className={`cmp-glyph cmp-text-${tone}`}>{glyphOfTone[tone]}</span>
              {totals[tone].tensors} {labelOfTone[tone]}, {bytes(totals[tone].bytes)}
            </li>
          ))}
      </ul>
      <dl className="cmp-tip-list">
        <dt>Cosine</dt>
        <dd>{metricText(cell, 'cosine')}</dd>
        <dt>Relative L2</dt>
        <dd>{metricText(cell, 'relativeL2')}</dd>
        <dt>Bits that differ</dt>
        <dd>{metricText(cell, 'bits')}</dd>
        <dt>Stored size</dt>
        <dd>{metricText(cell, 'stored')} of raw</dd>
      </dl>
    </>
  );
}
