import { type BitReader, type BitWriter, readBits, writeBits } from './rans-bits';

/** Tokens that a table has frequencies for, and their sum. */
export const TOKENS = 256;
export const FREQUENCY_BITS = 12;
export const FREQUENCY_SUM = 4096;
/** Tables of one fragment. */
export const MAX_TABLES = 32;

/** Bits of a frequency behind its leading one that are kept. */
const KEPT_BITS = 2;

/** Tables, and which level is coded by which. */
export interface Tables {
  /** Ascending: table t codes the levels up to bounds[t], the last one all others. */
  readonly bounds: readonly number[];
  /** TOKENS frequencies each, whose sum is FREQUENCY_SUM. */
  readonly frequencies: readonly Uint16Array[];
}

/** For each of 256 levels, the table that codes it. */
export function mapOf(bounds: readonly number[]): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, level) => {
    const table = bounds.findIndex((bound) => level <= bound);
    return table < 0 ? bounds.length : table;
  });
}

/**
 * Frequencies for counts of which one at least is positive: of few significant bits all but the
 * largest, which takes what is left; none that occurs has less than 1.
 */
export function frequenciesOf(counts: ArrayLike<number>): Uint16Array {
  const frequencies = new Uint16Array(TOKENS);
  let total = 0;
  let largest = 0;
  for (let token = 0; token < TOKENS; token++) {
    total += counts[token] ?? 0;
    if ((counts[token] ?? 0) > (counts[largest] ?? 0)) largest = token;
  }
  let left = FREQUENCY_SUM;
  for (let token = 0; token < TOKENS; token++) {
    const count = counts[token] ?? 0;
    if (token === largest || count === 0) continue;
    const frequency = rounded(Math.max(1, (count * FREQUENCY_SUM) / total));
    frequencies[token] = frequency;
    left -= frequency;
  }
  frequencies[largest] = left;
  return left >= 1 ? frequencies : spared(frequencies, largest, left);
}

/** Takes from the larger frequencies what the largest lacks. */
function spared(frequencies: Uint16Array, largest: number, left: number): Uint16Array {
  frequencies[largest] = 0;
  let rest = left;
  while (rest < 1) {
    for (let token = 0; token < TOKENS && rest < 1; token++) {
      const frequency = frequencies[token] ?? 0;
      if (frequency < 2) continue;
      const less = lowered(frequency);
      rest += frequency - less;
      frequencies[token] = less;
    }
  }
  frequencies[largest] = rest;
  return frequencies;
}

/** The next lower frequency of few significant bits; of at least 2. */
function lowered(frequency: number): number {
  const drop = Math.max(0, 31 - Math.clz32(frequency - 1) - KEPT_BITS);
  return ((frequency - 1) >> drop) << drop;
}

/** The nearest frequency of few significant bits. */
function rounded(frequency: number): number {
  const drop = Math.max(0, 31 - Math.clz32(frequency) - KEPT_BITS);
  return Math.max(1, Math.round(frequency / 2 ** drop)) * 2 ** drop;
}

/**
 *   tables - 1       5 bits
 *   bounds           8 bits each
 *   of each table: the first token, the last, the largest (8 bits each), then of every token from the
 *   first to the last, less the largest: its frequency's bit length less that of the token `step`
 *   before, zigzag, in Elias' gamma code; and the (at most KEPT_BITS) bits behind its leading one
 */
export function writeTables(writer: BitWriter, tables: Tables, step: number): void {
  writeBits(writer, tables.frequencies.length - 1, 5);
  for (const bound of tables.bounds) writeBits(writer, bound, 8);
  for (const frequencies of tables.frequencies) writeTable(writer, frequencies, step);
}

function writeTable(writer: BitWriter, frequencies: Uint16Array, step: number): void {
  const first = frequencies.findIndex((each) => each > 0);
  const last = frequencies.findLastIndex((each) => each > 0);
  const largest = largestOf(frequencies);
  for (const token of [first, last, largest]) writeBits(writer, token, 8);
  for (let token = first; token <= last; token++) {
    if (token === largest) continue;
    const frequency = frequencies[token] ?? 0;
    const length = 32 - Math.clz32(frequency);
    writeGamma(writer, zigzag(length - expectedLength(frequencies, token, first, largest, step)));
    if (length < 2) continue;
    const kept = Math.min(KEPT_BITS, length - 1);
    writeBits(writer, (frequency >> (length - 1 - kept)) & (2 ** kept - 1), kept);
  }
}

/** Of the frequency of the token that `step` before; a largest one's is not known while reading. */
function expectedLength(
  frequencies: Uint16Array,
  token: number,
  first: number,
  largest: number,
  step: number,
): number {
  const before = token - step === largest ? token - 2 * step : token - step;
  return before < first ? 4 : 32 - Math.clz32(frequencies[before] ?? 0);
}

/** The most frequent token; the one that `frequenciesOf` gave the rest may not be it any more. */
function largestOf(frequencies: Uint16Array): number {
  const odd = frequencies.findIndex((each) => each !== rounded(Math.max(1, each)) && each > 0);
  if (odd >= 0) return odd;
  return frequencies.indexOf(Math.max(...frequencies));
}

/** Undefined for what `writeTables` cannot have written. */
export function readTables(reader: BitReader, step: number): Tables | undefined {
  const count = readBits(reader, 5) + 1;
  const bounds = Array.from({ length: count - 1 }, () => readBits(reader, 8));
  if (bounds.some((bound, at) => at > 0 && bound <= (bounds[at - 1] ?? 0))) return undefined;
  const frequencies: Uint16Array[] = [];
  for (let table = 0; table < count; table++) {
    const read = readTable(reader, step);
    if (read === undefined) return undefined;
    frequencies.push(read);
  }
  return { bounds, frequencies };
}

function readTable(reader: BitReader, step: number): Uint16Array | undefined {
  const first = readBits(reader, 8);
  const last = readBits(reader, 8);
  const largest = readBits(reader, 8);
  if (largest < first || largest > last) return undefined;
  const frequencies = new Uint16Array(TOKENS);
  let left = FREQUENCY_SUM;
  for (let token = first; token <= last; token++) {
    if (token === largest) continue;
    const change = unzigzag(readGamma(reader));
    const length = expectedLength(frequencies, token, first, largest, step) + change;
    if (length < 0 || length > FREQUENCY_BITS) return undefined;
    const kept = Math.max(0, Math.min(KEPT_BITS, length - 1));
    const bits = readBits(reader, kept);
    const frequency = length === 0 ? 0 : (2 ** kept + bits) * 2 ** (length - 1 - kept);
    frequencies[token] = frequency;
    left -= frequency;
    if (left < 1) return undefined;
  }
  frequencies[largest] = left;
  return frequencies;
}

function zigzag(value: number): number {
  return value < 0 ? -2 * value - 1 : 2 * value;
}

function unzigzag(value: number): number {
  return value % 2 === 1 ? -(value + 1) / 2 : value / 2;
}

/** P. Elias, 1975: of value + 1, as many zeros as it has bits behind its leading one, then it. */
function writeGamma(writer: BitWriter, value: number): void {
  const behind = 31 - Math.clz32(value + 1);
  writeBits(writer, 0, behind);
  writeBits(writer, 1, 1);
  writeBits(writer, value + 1 - 2 ** behind, behind);
}

/** At most 31. */
function readGamma(reader: BitReader): number {
  let behind = 0;
  while (behind < 4 && readBits(reader, 1) === 0) behind++;
  if (behind === 4) readBits(reader, 1);
  return 2 ** behind + readBits(reader, behind) - 1;
}
