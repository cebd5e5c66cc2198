import type { DtypeShare } from '../../../../shared/domain';
import { formatCount, useBytes } from '../../lib/format';
import { visibleText } from '../../lib/hostile-text';
import { Term } from '../term';
import { type MixPart, mixGlyphs, mixParts } from './mix';
import './mix-bar.css';

/** How a model's bytes divide among dtypes: a bar, and the same as a table below it. */
export function MixBar({ mix }: { readonly mix: readonly DtypeShare[] }) {
  const bytes = useBytes();
  const parts = mixParts(mix);
  return (
    <div className="mix">
      <span className="insp-label">
        <Term term="mix" />
      </span>
      <div className="mix-bar" aria-hidden="true">
        {parts.map((part) => (
          <i
            key={part.slot}
            className={`mix-${part.slot}`}
            style={{ width: `${part.width}%` }}
            title={`${nameOf(part)}: ${bytes(part.bytes)}, ${part.share}`}
          />
        ))}
      </div>
      <table className="mix-table">
        <caption className="visually-hidden">Bytes by dtype</caption>
        <thead className="visually-hidden">
          <tr>
            <th scope="col">Dtype</th>
            <th scope="col">Tensors</th>
            <th scope="col">Bytes</th>
            <th scope="col">Share</th>
          </tr>
        </thead>
        <tbody>
          {parts.map((part) => (
            <tr key={part.slot}>
              <th scope="row">
                <i className={`mix-key mix-${part.slot}`} aria-hidden="true" />
                <span className="mix-glyph" aria-hidden="true">
                  {mixGlyphs[part.slot]}
                </span>
                <span className="clip mono">{nameOf(part)}</span>
              </th>
              <td className="muted">× {formatCount(part.tensors)}</td>
              <td>{bytes(part.bytes)}</td>
              <td className="muted">{part.share}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const nameOf = ({ dtype }: MixPart): string => visibleText(dtype.slice(0, 40));
