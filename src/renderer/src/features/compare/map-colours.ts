import type { CompareCell, CompareStatus } from '../../../../shared/domain';
import { logShare, mix, type Rgb, ramp } from '../../canvas/colour';
import type { HeatPaint } from '../../canvas/heatmap';
import type { MapMetric } from '../../state/compare';
import { glyphOf } from './status';

export const mapTokens = [
  'panel',
  'same',
  'cast',
  'near0',
  'near1',
  'near2',
  'diff',
  'miss',
] as const;
export type MapPalette = Readonly<Record<(typeof mapTokens)[number], Rgb>>;

/**
 * Ends of the scales: below the first nothing is to be seen, from the second on all looks alike.
 * A rounding to 16 bits is about 2e-3 of relative L2; unrelated floats differ in nearly half their bits.
 */
export const scales = {
  /** Of 1 - cosine. */
  cosine: { low: 1e-7, high: 0.5 },
  relativeL2: { low: 1e-4, high: 1 },
  bits: { low: 0, high: 0.5 },
  stored: { low: 0, high: 1 },
} as const;

type Numbers = Pick<CompareCell, 'cosine' | 'relativeL2' | 'bits' | 'stored'>;

/** How much a cell has changed, 0 … 1; undefined where that is not known. */
export function changeOf(cell: Numbers, metric: Exclude<MapMetric, 'status'>): number | undefined {
  const value = cell[metric];
  if (value === null || Number.isNaN(value)) return undefined;
  const { low, high } = scales[metric];
  if (metric === 'cosine') return logShare(1 - value, low, high);
  if (metric === 'relativeL2') return logShare(value, low, high);
  return Math.min(1, Math.max(0, value / high));
}

const hasNumbers = (status: CompareStatus): boolean => status !== 'onlyA' && status !== 'onlyB';

/** Colour and sign of a cell. Where a metric is not known the sign says what is. */
export function paintCell(cell: CompareCell, metric: MapMetric, palette: MapPalette): HeatPaint {
  if (metric === 'status') return { fill: statusFill(cell, palette), glyph: signOf(cell.status) };
  const change = hasNumbers(cell.status) ? changeOf(cell, metric) : undefined;
  if (change !== undefined) return { fill: changeFill(change, palette), glyph: '' };
  return { fill: palette.miss, glyph: glyphOf(cell.status) };
}

/** Identical cells are many, and plain: they carry no sign. */
const signOf = (status: CompareStatus): string => (status === 'identical' ? '' : glyphOf(status));

function statusFill(cell: CompareCell, palette: MapPalette): Rgb {
  switch (cell.status) {
    case 'identical':
      return palette.same;
    case 'cast':
      return palette.cast;
    case 'near':
      return mix(palette.near0, palette.near1, changeOf(cell, 'relativeL2') ?? 0.5);
    case 'different':
      return palette.diff;
    case 'onlyA':
    case 'onlyB':
      return palette.miss;
  }
}

/** No change at all is set apart from any; from there on one ramp that grows in contrast. */
export function changeFill(change: number, palette: MapPalette): Rgb {
  if (change === 0) return mix(palette.panel, palette.same, 0.28);
  return ramp([palette.near0, palette.near1, palette.near2], change);
}

/** Ends of a metric's scale in words, least change first. */
export const scaleEnds: Readonly<Record<Exclude<MapMetric, 'status'>, readonly [string, string]>> =
  {
    cosine: ['1', '0.5'],
    relativeL2: ['0.0001', '1'],
    bits: ['none', 'half of the bits'],
    stored: ['nothing', 'all of it'],
  };
