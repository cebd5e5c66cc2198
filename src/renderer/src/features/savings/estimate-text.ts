import type { Estimate, SavingsByCause } from '../../../../shared/domain';
import { counted, formatDuration } from '../../lib/format';
import type { PartTone } from '../../widgets/charts';
import type { TermName } from '../../widgets/term';

type Bytes = (bytes: number) => string;

/** In the order in which causes are counted. */
export const causes = [
  { key: 'exact', tone: 'shared', term: 'cause-exact' },
  { key: 'cast', tone: 'cast', term: 'cause-cast' },
  { key: 'delta', tone: 'delta', term: 'cause-delta' },
  { key: 'compression', tone: 'compressed', term: 'cause-compression' },
] as const satisfies readonly {
  readonly key: keyof SavingsByCause;
  readonly tone: PartTone;
  readonly term: TermName;
}[];

/** `12.1 to 13.4 GB`: one unit where both have it; one number where both read alike. */
export function rangeText(low: number, high: number, bytes: Bytes): string {
  const [from, to] = [bytes(low), bytes(high)];
  if (from === to) return to;
  const [number, unit] = splitUnit(from);
  return unit === splitUnit(to)[1] ? `${number} to ${to}` : `${from} to ${to}`;
}

function splitUnit(text: string): readonly [string, string] {
  const at = text.lastIndexOf(' ');
  return [text.slice(0, at), text.slice(at + 1)];
}

/** `−61%`: what packing changes; `±0%` where nothing is saved. */
export function changeText(stored: number, logical: number): string {
  if (logical <= 0) return '±0%';
  const percent = ((stored - logical) / logical) * 100;
  if (Math.abs(percent) < 0.05) return '±0%';
  const sign = percent < 0 ? '−' : '+';
  const size = Math.abs(percent);
  return `${sign}${size < 10 ? size.toFixed(1).replace(/\.0$/, '') : Math.round(size)}%`;
}

export interface Headline {
  /** The range, or the one figure of an exact estimate. */
  readonly range: string;
  /** What is likeliest; absent when the range is one figure. */
  readonly about?: string;
  readonly change: string;
}

export function headlineOf({ storedBytes, logicalBytes }: Estimate, bytes: Bytes): Headline {
  const { low, expected, high } = storedBytes;
  const change = changeText(expected, logicalBytes);
  const range = rangeText(low, high, bytes);
  return low === high ? { range, change } : { range, about: bytes(expected), change };
}

/** What the figures rest on, as a sentence. */
export function basisText({ basis, logicalBytes }: Estimate, bytes: Bytes): string {
  const { kind, bytesRead, milliseconds, models, tensors, sampledTensors } = basis;
  const of = `${counted(models, 'model')}, ${counted(tensors, 'tensor')}`;
  switch (kind) {
    case 'sample':
      return `From a sample: ${bytes(bytesRead)}, ${smallShare(bytesRead, logicalBytes)} of the bytes, of ${counted(sampledTensors, 'tensor')}, read in ${secondsText(milliseconds)} (${of}). The true size lies in the range in 19 of 20 cases.`;
    case 'fingerprints':
      return `From fingerprints (${of}): what is equal is exact; differences and compression are judged from signatures. The true size lies in the range in 19 of 20 cases.`;
    case 'measured':
      return `Measured: every byte of ${of} was weighed, in ${secondsText(milliseconds)}.`;
  }
}

/** `1.9%`, `0.03%`: two digits, where a whole percent would say nothing. */
export function smallShare(part: number, whole: number): string {
  const percent = whole > 0 ? (part / whole) * 100 : 0;
  return `${Number(percent.toPrecision(2))}%`;
}

/** `3.2 s` below ten seconds, then whole seconds and minutes. */
export const secondsText = (milliseconds: number): string =>
  milliseconds < 9950
    ? `${(milliseconds / 1000).toFixed(1)} s`
    : formatDuration(milliseconds / 1000);

/** Places on a bar of the logical size, in percent; never outside it, and in order. */
export function rangePlaces({ storedBytes, logicalBytes }: Estimate) {
  const place = (bytes: number) =>
    logicalBytes > 0 ? Math.min(100, Math.max(0, (bytes / logicalBytes) * 100)) : 0;
  const low = place(storedBytes.low);
  const high = Math.max(low, place(storedBytes.high));
  return { low, high, expected: Math.min(high, Math.max(low, place(storedBytes.expected))) };
}
