import { formatCount, formatShare } from '../../../../shared/base';
import type {
  AlignmentReason,
  CompareReport,
  CompareRow,
  PairMetrics,
  RowMatch,
} from '../../../../shared/domain';
import { counted } from '../../lib/format';
import { clipMiddle, visibleText } from '../../lib/hostile-text';
import { clipLabel } from '../../widgets/charts';
import { shapeText } from '../explore/tensor-text';
import { totalsOf, wholeOf } from './status';

/** Dimensions that are held against each other one by one. */
const MOST_DIMENSIONS = 6;

/** A name inside a sentence. */
export const inSentence = (name: string): string => visibleText(clipMiddle(name));

/** `0.9991`; more digits where four would claim 1; never 1 unless it is. */
export function cosineText(cosine: number): string {
  if (Number.isNaN(cosine)) return '–';
  if (cosine === 1 || cosine === 0 || cosine === -1) return minus(String(cosine));
  const digits = Math.abs(cosine) < 0.99995 ? 4 : 6;
  const text = cosine.toFixed(digits);
  return Math.abs(Number(text)) === 1 ? `${cosine < 0 ? '<−' : '>'}0.999999` : minus(text);
}

/** `0.042`, `3.2e-6`: two digits that count. */
export function relativeL2Text(value: number): string {
  if (Number.isNaN(value)) return '–';
  if (value === 0) return '0';
  if (value === Number.POSITIVE_INFINITY) return '∞';
  if (value < 0.0001 || value >= 1000) return minus(value.toExponential(1));
  return value >= 10 ? value.toFixed(0) : value.toPrecision(2);
}

/** `3.1 of 16`. */
export const bitsText = ({ differingBits, elementBits }: PairMetrics): string =>
  `${bitCount(differingBits)} of ${elementBits}`;

export function bitCount(bits: number): string {
  if (Number.isNaN(bits)) return '–';
  if (bits === 0) return '0';
  return bits < 0.05 ? '<0.1' : bits.toFixed(1);
}

/** A largest difference: three digits that count. */
export function differenceText(value: number): string {
  if (value === 0) return '0';
  if (!Number.isFinite(value)) return Number.isNaN(value) ? '–' : '∞';
  const small = Math.abs(value) < 0.001 || Math.abs(value) >= 100_000;
  return small ? minus(value.toExponential(2)) : String(Number(value.toPrecision(3)));
}

const minus = (text: string): string =>
  text.replace('-', '−').replace('e−', 'e-').replace('e+', 'e');

/** Marks a number that was not measured yet. */
export const approximately = (text: string, metrics: PairMetrics | null): string =>
  metrics && !metrics.verified && text !== '–' ? `~${text}` : text;

/** The numbers of a row as the table writes them. An en dash: there is no such number. */
export interface RowNumbers {
  readonly cosine: string;
  readonly relativeL2: string;
  readonly bits: string;
  readonly stored: string;
}

export function rowNumbers(row: CompareRow, bytes: (count: number) => string): RowNumbers {
  const { metrics, status } = row;
  if (status === 'identical') return { cosine: '1', relativeL2: '0', bits: '0', stored: bytes(0) };
  const whole = row.other?.byteLength;
  if (!metrics && row.rows && whole !== undefined) {
    const stored = bytes(whole * (1 - row.rows.common / Math.max(row.rows.rows, 1)));
    return { cosine: '–', relativeL2: '–', bits: '–', stored };
  }
  if (!metrics) {
    const stored = status === 'onlyB' || status === 'different' ? whole : undefined;
    const storedText = stored === undefined ? '–' : bytes(stored);
    return { cosine: '–', relativeL2: '–', bits: '–', stored: storedText };
  }
  const shown = (text: string) => approximately(text, metrics);
  return {
    cosine: shown(cosineText(metrics.cosine)),
    relativeL2: shown(relativeL2Text(metrics.relativeL2)),
    bits: shown(bitCount(metrics.differingBits)),
    stored: shown(bytes(metrics.deltaBytes)),
  };
}

/** `510 of 511 rows`: of the longer tensor's rows, how many the other one has. */
export const rowsText = ({ common, rows, baseRows }: RowMatch): string =>
  `${formatCount(common)} of ${counted(Math.max(rows, baseRows), 'row')}`;

/** Where the rows in common are, as a sentence. */
export function rowsSentence({ prefix, common, rows, baseRows }: RowMatch): string {
  const sides = `The base has ${counted(baseRows, 'row')}, the other ${formatCount(rows)}`;
  if (common === 0) return `${sides}; they have none in common, byte for byte.`;
  const where =
    prefix === common
      ? common === 1
        ? 'the first is equal'
        : `the first ${formatCount(common)} are equal`
      : prefix === 0
        ? `${formatCount(common)} are in both`
        : `${formatCount(common)} are in both, the first ${formatCount(prefix)} in the same place`;
  return `${sides}; ${where}, byte for byte.`;
}

/** `F32→BF16` where they differ. */
export function dtypeText({ tensor, other }: CompareRow): string {
  const clip = (dtype: string) => visibleText(dtype.slice(0, 40));
  const a = tensor && clip(tensor.dtype);
  const b = other && clip(other.dtype);
  if (a === null || b === null || a === b) return a ?? b ?? '–';
  return `${a}→${b}`;
}

/** `511→510 × 256` where they differ. */
export function shapesText({ tensor, other }: CompareRow): string {
  const a = tensor?.shape;
  const b = other?.shape;
  if (!a || !b) return shapeText(a ?? b ?? []);
  const [from, to] = [shapeText(a), shapeText(b)];
  if (from === to) return from;
  if (a.length !== b.length || a.length > MOST_DIMENSIONS) return `${from} → ${to}`;
  return a.map((size, i) => (size === b[i] ? String(size) : `${size}→${b[i]}`)).join(' × ');
}

export const nameOfRow = ({ tensor, other }: CompareRow): string => (tensor ?? other)?.name ?? '';

/** The partner's name where it is another. */
export const otherNameOf = ({ tensor, other }: CompareRow): string | undefined =>
  tensor && other && tensor.name !== other.name ? other.name : undefined;

export const reasonText: Readonly<Record<AlignmentReason, string>> = {
  name: 'Same name',
  'normalised-name': 'Same name, but for a prefix or spelling',
  hash: 'Same bytes under another name',
  signature: 'Alike in values and shape, under another name',
};

/** How far a model is from the base, 0 … 1: bytes that are neither identical, cast nor near. */
const distanceOf = (report: CompareReport): number => {
  const totals = totalsOf([report.groups]);
  const whole = wholeOf(totals).bytes;
  const close = totals.identical.bytes + totals.cast.bytes + totals.near.bytes * 0.5;
  return whole === 0 ? 0 : 1 - close / whole;
};

/**
 * The first thing to read. Of one comparison the engine's own sentence; of several, what holds over
 * all of them and which model is closest and farthest.
 */
export function verdictOf(
  reports: readonly CompareReport[],
  nameOf: (id: CompareReport['b']) => string,
): string {
  const [first, ...rest] = reports;
  if (!first) return '';
  if (rest.length === 0) return first.verdict;
  const totals = totalsOf(reports.map((report) => report.groups));
  const { bytes } = wholeOf(totals);
  const base = inSentence(nameOf(first.a));
  if (totals.identical.bytes === bytes) {
    return `All ${reports.length} models are identical to ${base}, byte for byte.`;
  }
  const byDistance = reports.toSorted((a, b) => distanceOf(a) - distanceOf(b));
  const closest = byDistance[0] ?? first;
  const farthest = byDistance.at(-1) ?? first;
  const ends =
    distanceOf(closest) === distanceOf(farthest)
      ? ''
      : ` Closest is ${clipLabel(nameOf(closest.b), 26)}, farthest ${clipLabel(nameOf(farthest.b), 26)}.`;
  const exact = totals.identical.bytes + totals.cast.bytes;
  const words = [
    `${exact === 0 ? 'None' : formatShare(exact, bytes)} of the bytes are identical${totals.cast.bytes > 0 ? ' or casts' : ''}`,
    ...(totals.near.bytes > 0 ? [`${formatShare(totals.near.bytes, bytes)} are near`] : []),
  ];
  return `${words.join(', ')}.${ends}`;
}

export interface Facts {
  readonly models: number;
  readonly base: string;
  readonly tensors: number;
  readonly logicalBytes: number;
  readonly renamed: number;
}

/** The line below the verdict. */
export function factsText(facts: Facts, bytes: (count: number) => string): string {
  const against =
    facts.models === 1
      ? `Against ${inSentence(facts.base)}`
      : `${counted(facts.models, 'model')} against ${inSentence(facts.base)}`;
  const pieces = [
    against,
    counted(facts.tensors, 'tensor'),
    `${bytes(facts.logicalBytes)} logical`,
    ...(facts.renamed > 0 ? [`${counted(facts.renamed, 'tensor')} under another name`] : []),
  ];
  return pieces.join(' · ');
}
