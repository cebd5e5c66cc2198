import type { CompareCell } from '../../../../shared/domain';
import { counted } from '../../lib/format';
import type { MapMetric } from '../../state/compare';
import { cosineText, relativeL2Text } from './compare-text';
import { labelOfTone, tones, totalsOf, wholeOf } from './status';

export const metricLabels: Readonly<Record<MapMetric, string>> = {
  status: 'Status',
  cosine: 'Cosine',
  relativeL2: 'Relative L2',
  bits: 'Bits',
  stored: 'Stored size',
};

export const percentText = (share: number | null): string => {
  if (share === null || Number.isNaN(share)) return '–';
  const percent = share * 100;
  if (percent === 0) return '0%';
  return percent < 1 ? `${percent.toPrecision(1)}%` : `${percent.toFixed(percent < 10 ? 1 : 0)}%`;
};

/** `8 identical, 4 near`. */
export function countsText(cell: CompareCell): string {
  const totals = totalsOf([cell.groups]);
  return tones
    .filter((tone) => totals[tone].tensors > 0)
    .map((tone) => `${totals[tone].tensors} ${labelOfTone[tone]}`)
    .join(', ');
}

/** A number of a cell as the map's table shows it. */
export function metricText(cell: CompareCell, metric: MapMetric): string {
  switch (metric) {
    case 'status':
      return countsText(cell);
    case 'cosine':
      return cell.cosine === null ? '–' : cosineText(cell.cosine);
    case 'relativeL2':
      return cell.relativeL2 === null ? '–' : relativeL2Text(cell.relativeL2);
    case 'bits':
      return percentText(cell.bits);
    case 'stored':
      return percentText(cell.stored);
  }
}

/** A cell in words; without `cell` the models have nothing there. */
export function cellText(cell: CompareCell | null, metric: MapMetric): string {
  if (cell === null) return 'nothing here';
  const counts = `${counted(wholeOf(totalsOf([cell.groups])).tensors, 'tensor')}: ${countsText(cell)}`;
  if (metric === 'status') return counts;
  return `${metricLabels[metric]} ${metricText(cell, metric)}; ${counts}`;
}
