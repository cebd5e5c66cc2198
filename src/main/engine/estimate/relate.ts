import { layoutOf, type ValueKind } from '../kernels/values';
import { deviationOfMean, type Length } from './alone-length';
import type { Option } from './assign';
import { differenceLength } from './delta-length';
import { partnersOf } from './partners';
import { predictedLength } from './plane-length';
import { converted, type Differences, differencesOf, widthOf } from './planes';
import type { Sampled } from './sampled';
import { countsOf } from './shrink';
import { yielding } from './yielding';

/** How one sampled tensor would follow from another. */
export interface SampledOption extends Option {
  readonly cast: boolean;
  readonly deviation: number;
}

/** Options that promise to save anything, among the units `use`. */
export async function relateSampled(
  sampled: readonly Sampled[],
  use: readonly number[],
  alone: readonly Length[],
): Promise<SampledOption[]> {
  const options: SampledOption[] = [];
  const pause = yielding();
  for (const [one, other] of partnersOf(sampled, use)) {
    options.push(...optionOf(sampled, one, other, alone));
    options.push(...optionOf(sampled, other, one, alone));
    await pause();
  }
  return options;
}

function optionOf(
  sampled: readonly Sampled[],
  tensor: number,
  base: number,
  alone: readonly Length[],
): SampledOption[] {
  const one = sampled[tensor] as Sampled;
  const other = sampled[base] as Sampled;
  const [kind, from] = [one.unit.values?.kind, other.unit.values?.kind];
  if (kind === undefined || from === undefined) return [];
  const prediction = converted(from, other.bytes, kind);
  if (prediction === undefined || prediction.length !== one.bytes.length) return [];
  if (kind !== from && equals(prediction, one.bytes)) {
    return [{ tensor, base, bytes: 0, cast: true, deviation: 0 }];
  }
  const limit = alone[tensor]?.bytes ?? 0;
  const length =
    layoutOf(kind).elements > 1
      ? blocksLength(one, prediction)
      : plainLength(kind, one, prediction, limit);
  return length === undefined || length.bytes >= limit
    ? []
    : [{ tensor, base, cast: false, ...length }];
}

/** Undefined where it clearly takes more than `limit`. */
function plainLength(
  kind: ValueKind,
  one: Sampled,
  prediction: Uint8Array,
  limit: number,
): Length | undefined {
  const width = widthOf(kind);
  const elements = one.unit.length / width;
  const differences = differencesOf(kind, one.bytes, prediction);
  if (leastBits(differences.lengths) * (elements / 8) > 1.02 * limit) return undefined;
  const bytes = differenceLength(differences, elements, width);
  const unread = one.unit.length - one.bytes.length;
  return { bytes, deviation: (runDeviation(one, differences, width) * unread) / width };
}

/** In bytes per element: from how much the runs' mean lengths of differences vary. */
function runDeviation({ runs }: Sampled, { lengths }: Differences, width: number): number {
  let from = 0;
  const means = runs.map((run) => {
    const to = from + run.length / width;
    const mean = meanOf(lengths.subarray(from, to));
    from = to;
    return mean / 8;
  });
  return deviationOfMean(means, 1 / 8);
}

/** Of blocks of quantised values: by the differences of their bytes. */
function blocksLength(one: Sampled, base: Uint8Array): Length {
  const differences = one.bytes.map((byte, at) => byte - (base[at] as number));
  const counts = countsOf(differences);
  const shares = counts.map((count) => (count + 1 / 256) / (differences.length + 1));
  const bytes = predictedLength(one.unit.length, 1, [{ share: 1, planes: [shares] }]);
  return { bytes, deviation: 0.05 * bytes };
}

/** Per element, about: the bits below each difference's first one are random. */
function leastBits(lengths: Uint8Array): number {
  const counts = countsOf(lengths);
  let bits = 0;
  counts.forEach((count, length) => {
    if (count > 0) bits += count * (Math.max(0, length - 1) - Math.log2(count / lengths.length));
  });
  return lengths.length === 0 ? 0 : bits / lengths.length;
}

function equals(a: Uint8Array, b: Uint8Array): boolean {
  return a.every((byte, at) => byte === b[at]);
}

function meanOf(values: Uint8Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return values.length === 0 ? 0 : sum / values.length;
}
