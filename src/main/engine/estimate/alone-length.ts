import { isFloat } from '../kernels/cast';
import type { ValueKind } from '../kernels/values';
import { bytesLengths } from './bytes-length';
import { randomStream } from './hash';
import { predictedLength } from './plane-length';
import { alonePlanes, widthOf } from './planes';
import { isComplete, type Sampled } from './sampled';
import { countsOf, learnShrinkage, type Shrinkage, sumOf } from './shrink';
import { yielding } from './yielding';

/** Predicted bytes, and how far chance in the choice of runs may have led astray. */
export interface Length {
  readonly bytes: number;
  /** Standard deviation, bytes. */
  readonly deviation: number;
}

/** What each sampled unit would weigh stored alone. */
export async function aloneLengths(sampled: readonly Sampled[]): Promise<Length[]> {
  const lengths: Length[] = sampled.map(() => ({ bytes: 0, deviation: 0 }));
  const byKind = new Map<ValueKind | undefined, number[]>();
  for (const [at, { unit }] of sampled.entries()) {
    const list = byKind.get(unit.values?.kind);
    if (list === undefined) byKind.set(unit.values?.kind, [at]);
    else list.push(at);
  }
  for (const [kind, list] of byKind) {
    const own = list.map((at) => sampled[at] as Sampled);
    const found = kind === undefined ? bytesLengths(own) : await valueLengths(kind, own);
    for (const [index, length] of found.entries()) {
      lengths[list[index] as number] = length;
    }
  }
  return lengths;
}

async function valueLengths(kind: ValueKind, sampled: readonly Sampled[]): Promise<Length[]> {
  const width = widthOf(kind);
  const counts = sampled.map(({ bytes }) => alonePlanes(kind, bytes).map(countsOf));
  // Exponents of weights are distributed alike but for their scale: the highest plane is moved so
  // that its median is in the middle, and what is learnt of it is moved back.
  const shifts = counts.map((planes) =>
    isFloat(kind) ? MIDDLE - medianOf(planes[width - 1] as Float64Array) : 0,
  );
  const shiftOf = (at: number, plane: number): number =>
    plane === width - 1 ? (shifts[at] as number) : 0;
  const shrinkages = Array.from({ length: width }, (_, plane) =>
    learnShrinkage(
      counts.map((planes, at) => rotated(planes[plane] as Float64Array, shiftOf(at, plane))),
    ),
  );
  const random = randomStream(kind);
  const pause = yielding();
  const lengths: Length[] = [];
  for (const [at, each] of sampled.entries()) {
    const planes = (counts[at] ?? []).map((plane, place) =>
      isComplete(each)
        ? plane.map((count) => (count * width) / each.bytes.length)
        : drawn(shrinkages[place] as Shrinkage, plane, shiftOf(at, place), random),
    );
    const elements = Math.floor(each.unit.length / width);
    const groups = [{ share: 1, planes }];
    const bytes = predictedLength(elements, width, groups, isComplete(each));
    const deviation = isComplete(each) ? 0 : runDeviation(kind, each, planes);
    lengths.push({ bytes, deviation });
    await pause();
  }
  return lengths;
}

const MIDDLE = 128;

function drawn(
  shrinkage: Shrinkage,
  counts: Float64Array,
  shift: number,
  random: () => number,
): Float64Array {
  return rotated(shrinkage.draw(rotated(counts, shift), random), -shift);
}

function rotated(values: Float64Array, by: number): Float64Array {
  return by === 0 ? values : values.map((_, at) => values[(at - by) & 255] as number);
}

function medianOf(counts: Float64Array): number {
  const half = sumOf(counts) / 2;
  let sum = 0;
  return Math.max(
    0,
    counts.findIndex((count) => {
      sum += count;
      return sum > half;
    }),
  );
}

/** From how much the runs differ in what they cost. */
function runDeviation(kind: ValueKind, sampled: Sampled, planes: readonly Float64Array[]): number {
  const width = widthOf(kind);
  const costs = sampled.runs.map((run) => {
    let bits = 0;
    for (const [place, symbols] of alonePlanes(kind, run).entries()) {
      const plane = planes[place] as Float64Array;
      for (const symbol of symbols) bits -= Math.log2(Math.max(1e-6, plane[symbol] as number));
    }
    return bits / 8 / run.length;
  });
  const perByte = deviationOfMean(costs, 0.25 / width);
  return perByte * (sampled.unit.length - sampled.bytes.length);
}

/** Of the mean of some values; `single` is a single value's deviation where there are too few. */
export function deviationOfMean(values: readonly number[], single: number): number {
  const count = values.length;
  if (count < 4) return single / Math.sqrt(Math.max(1, count));
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return Math.sqrt(squares / (count - 1) / count);
}
