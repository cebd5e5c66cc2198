import { glyphOf, type Part, partsText, partWidths } from './parts';
import './charts.css';

interface StackedBarProps {
  readonly parts: readonly Part[];
  /** Value of the bar's full width; more than the parts' sum leaves the rest empty. */
  readonly whole: number;
  /** What the bar shows, before its parts in the text alternative. */
  readonly label: string;
  readonly thin?: boolean;
}

/** One bar of parts side by side. */
export function StackedBar({ parts, whole, label, thin = false }: StackedBarProps) {
  const widths = partWidths(parts, whole);
  return (
    <div
      className={`sb ${thin ? 'sb-thin' : ''}`}
      role="img"
      aria-label={`${label}: ${partsText(parts)}`}
    >
      {parts.map((part, i) => (
        <i
          key={part.tone}
          className={`part-${part.tone}`}
          style={{ width: `${widths[i] ?? 0}%` }}
          title={`${part.label}: ${part.text}`}
        />
      ))}
    </div>
  );
}

/** The parts with their glyphs, names and values. */
export function Legend({ parts }: { readonly parts: readonly Part[] }) {
  return (
    <ul className="legend">
      {parts.map((part) => (
        <li key={part.tone}>
          <i className={`legend-key part-${part.tone}`} aria-hidden="true" />
          <span className={`legend-glyph glyph-${part.tone}`} aria-hidden="true">
            {glyphOf[part.tone]}
          </span>
          <b>{part.label}</b> {part.text}
        </li>
      ))}
    </ul>
  );
}
