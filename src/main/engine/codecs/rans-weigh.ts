import type { Kernels } from '../kernels/kernels';
import { type Clusters, clustered, type LevelCounts } from './rans-cluster';
import { MAX_SCALES, type RansMemory } from './rans-memory';
import { bitsBehind, type FloatLayout, type Model, tokenValues } from './rans-model';
import { type Scales, SEARCHED, scalesOf, strideOf } from './rans-scales';
import { TOKENS } from './rans-tables';

/** What is coded: `count` elements whose values and tokens are in the memory. */
export interface Subject {
  readonly kernels: Kernels;
  readonly memory: RansMemory;
  readonly layout: FloatLayout;
  readonly count: number;
}

/** Scales of rows and columns, and how they make levels. */
export interface Scaling extends Scales {
  readonly stride: number;
  /** Added to every row's offset, so that levels lie within 0 … 255. */
  readonly origin: number;
}

/** One way of coding a subject. */
export interface Way {
  readonly model: Model;
  readonly scaling: Scaling | undefined;
  readonly clusters: Clusters;
  /** Everything that it takes, about. */
  readonly bits: number;
}

const identity = Uint8Array.from({ length: 256 }, (_, level) => level);
const SCALE_BITS = 2.5;

/** The best way that is found, leaving values and tokens as they are. */
export function bestWay(subject: Subject, model: Model): Way {
  const plain = weighed(subject, model, undefined);
  const scaling = scalingOf(subject, model);
  if (scaling === undefined) return plain;
  const scaled = weighed(subject, model, scaling);
  return scaled.bits < plain.bits ? scaled : plain;
}

function weighed(subject: Subject, model: Model, scaling: Scaling | undefined): Way {
  const { kernels, memory, count } = subject;
  memory.map.set(identity);
  const { tokens, contexts, counts } = memory;
  writeLevels(subject, model, scaling);
  counts.fill(0);
  kernels.exports.countTokens(tokens.byteOffset, contexts.byteOffset, count, counts.byteOffset);
  const scales = scaling ? (scaling.rows.length + scaling.columns.length) * SCALE_BITS : 0;
  const levels = levelCounts(subject);
  const first = way(subject, model, scaling, levels, scales);
  if (model.kind === 'alone' || model.signs === 0) return first;
  const unsigned = levels.map(withoutSigns);
  const second = way(subject, { ...model, signs: 0 }, scaling, unsigned, scales);
  return second.bits < first.bits ? second : first;
}

/** Counts of the levels that occur. */
function levelCounts({ memory, count }: Subject): LevelCounts[] {
  const occurs = new Uint8Array(256);
  const { contexts, counts } = memory;
  for (let at = 0; at < count; at++) occurs[contexts[at] as number] = 1;
  const levels: LevelCounts[] = [];
  occurs.forEach((does, level) => {
    if (does === 0) return;
    const own = counts.subarray(level * TOKENS, (level + 1) * TOKENS);
    levels.push({ level, counts: new Float64Array(own) });
  });
  return levels;
}

function way(
  { layout }: Subject,
  model: Model,
  scaling: Scaling | undefined,
  levels: readonly LevelCounts[],
  scales: number,
): Way {
  const clusters = clustered(levels);
  const values = tokenValues(model, layout);
  const behind = clusters.counts.reduce((sum, each) => sum + bitsBehind(each, values), 0);
  return { model, scaling, clusters, bits: clusters.bits + behind + scales };
}

/** The token without the sign of one with it. */
export const unsignedToken = Uint8Array.from({ length: TOKENS }, (_, token) =>
  token < 16 ? token : 16 + ((token - 16) >> 1),
);

function withoutSigns({ level, counts }: LevelCounts): LevelCounts {
  const joined = new Float64Array(TOKENS);
  for (let token = 0; token < TOKENS; token++) {
    const to = unsignedToken[token] as number;
    joined[to] = (joined[to] as number) + (counts[token] as number);
  }
  return { level, counts: joined };
}

/** Fills `contexts` with what the memory's map makes of each element's level. */
export function writeLevels(subject: Subject, model: Model, scaling: Scaling | undefined): void {
  const { kernels, memory, layout, count } = subject;
  const { offsets, map, contexts, base } = memory;
  const columnsAt = placeOffsets(memory, scaling, count);
  kernels.exports.exponentLevels(
    layout.width,
    layout.shift,
    layout.mask,
    scaling ? 1 : 0,
    model.kind === 'alone' ? 0 : base.byteOffset,
    0,
    count,
    scaling?.stride ?? 0,
    offsets.byteOffset,
    columnsAt,
    map.byteOffset,
    contexts.byteOffset,
  );
}

/** Where the columns' offsets begin. */
export function placeOffsets(
  { offsets }: RansMemory,
  scaling: Scaling | undefined,
  count: number,
): number {
  if (scaling === undefined) return offsets.byteOffset;
  const { stride, origin } = scaling;
  const rows = Math.ceil(count / stride);
  for (let row = 0; row < rows; row++) offsets[row] = origin + (scaling.rows[row] ?? 0);
  for (let column = 0; column < stride; column++) {
    offsets[rows + column] = scaling.columns[column] ?? 0;
  }
  return offsets.byteOffset + 2 * rows;
}

function scalingOf(subject: Subject, model: Model): Scaling | undefined {
  const { kernels, memory, layout, count } = subject;
  if (count < 256) return undefined;
  const { sizes, exponent } = sampledSizes(subject, model);
  const stride = strideOf(sizes, count);
  if (stride === undefined) return undefined;
  const rows = count / stride;
  if (rows + stride > MAX_SCALES) return undefined;
  const sums = memory.sums.subarray(0, rows + stride).fill(0);
  kernels.exports.sumSizes(
    layout.width,
    layout.shift,
    layout.mask,
    memory.elements.byteOffset,
    model.kind === 'alone' ? 0 : memory.base.byteOffset,
    count,
    stride,
    sums.byteOffset,
    sums.byteOffset + 8 * rows,
  );
  const scales = scalesOf(sums.subarray(0, rows), sums.subarray(rows));
  if (scales.rows.length + scales.columns.length === 0) return undefined;
  return { ...scales, stride, origin: Math.round(2 * exponent) - 128 };
}

/**
 * How much larger than others of the same exponent the first elements are, in half octaves; and the
 * base's mean exponent, 0 for elements alone.
 */
function sampledSizes(
  { memory, layout, count }: Subject,
  model: Model,
): { readonly sizes: Float32Array; readonly exponent: number } {
  const sampled = Math.min(SEARCHED, count);
  const values = wordsOf(memory.elements, layout.width);
  const bases = wordsOf(memory.base, layout.width);
  const alone = model.kind === 'alone';
  const sizes = new Float32Array(sampled);
  const exponents = new Uint8Array(sampled);
  const sums = new Float64Array(256);
  const counts = new Float64Array(256);
  let total = 0;
  for (let at = 0; at < sampled; at++) {
    const value = values[at] as number;
    const size = alone ? 2 * ((value >>> (layout.shift + 1)) & layout.mask) : halfOctavesOf(value);
    const exponent = alone ? 0 : ((bases[at] as number) >>> layout.shift) & layout.mask;
    sizes[at] = size;
    exponents[at] = exponent;
    sums[exponent] = (sums[exponent] as number) + size;
    counts[exponent] = (counts[exponent] as number) + 1;
    total += exponent;
  }
  for (let at = 0; at < sampled; at++) {
    const exponent = exponents[at] as number;
    const mean = (sums[exponent] as number) / (counts[exponent] as number);
    sizes[at] = (sizes[at] as number) - mean;
  }
  return { sizes, exponent: total / sampled };
}

/** About twice the binary logarithm of a value and a half. */
function halfOctavesOf(value: number): number {
  if (value === 0) return -2;
  const length = 32 - Math.clz32(value);
  return 2 * length + (length > 1 ? (value >>> (length - 2)) & 1 : 0);
}

/** The elements of an area as integers. */
export function wordsOf(area: Uint8Array, width: 2 | 4): Uint16Array | Uint32Array {
  const { buffer, byteOffset, length } = area;
  if (width === 2) return new Uint16Array(buffer, byteOffset, length / 2);
  return new Uint32Array(buffer, byteOffset, length / 4);
}
