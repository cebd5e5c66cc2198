import { formatShare } from '../../../../shared/base';
import { counted, useBytes } from '../../lib/format';
import { partWidths } from './part-widths';
import {
  glyphOfTone,
  labelOfTone,
  type StatusTone,
  type ToneTotals,
  tones,
  wholeOf,
} from './status';

interface StatusBarProps {
  readonly totals: ToneTotals;
  /** What the bar shows, before its parts in the text alternative. */
  readonly label: string;
  readonly thin?: boolean;
}

/** Bytes by status, side by side; the same in words for those who cannot see it. */
export function StatusBar({ totals, label, thin = false }: StatusBarProps) {
  const bytes = useBytes();
  const whole = wholeOf(totals).bytes;
  const shown = tones.filter((tone) => totals[tone].tensors > 0);
  const widths = partWidths(shown.map((tone) => totals[tone].bytes));
  const text = shown.map((tone) => `${labelOfTone[tone]} ${bytes(totals[tone].bytes)}`).join(', ');
  return (
    <div
      className={thin ? 'cmp-bar cmp-bar-thin' : 'cmp-bar'}
      role="img"
      aria-label={`${label}: ${text}`}
    >
      {shown.map((tone, i) => (
        <i
          key={tone}
          className={`cmp-fill-${tone}`}
          style={{ width: `${widths[i] ?? 0}%` }}
          title={partTitle(tone, totals, whole, bytes)}
        />
      ))}
    </div>
  );
}

const partTitle = (
  tone: StatusTone,
  totals: ToneTotals,
  whole: number,
  bytes: (count: number) => string,
): string => {
  const { tensors, bytes: count } = totals[tone];
  return `${labelOfTone[tone]}: ${bytes(count)}, ${formatShare(count, whole)}, ${counted(tensors, 'tensor')}`;
};

/** Every status with its sign, its bytes and what it means; those without a tensor are quieter. */
export function StatusLegend({ totals }: { readonly totals: ToneTotals }) {
  const bytes = useBytes();
  const whole = wholeOf(totals).bytes;
  return (
    <ul className="cmp-legend" aria-label="Bytes by status">
      {tones.map((tone) => (
        <li
          key={tone}
          className={totals[tone].tensors === 0 ? 'cmp-legend-none' : ''}
          title={partTitle(tone, totals, whole, bytes)}
        >
          <span className={`cmp-glyph cmp-text-${tone}`} aria-hidden="true">
            {glyphOfTone[tone]}
          </span>
          <b>{labelOfTone[tone]}</b>{' '}
          <span>{totals[tone].tensors === 0 ? '–' : bytes(totals[tone].bytes)}</span>
        </li>
      ))}
    </ul>
  );
}
