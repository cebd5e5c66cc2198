import type { ByteRange } from '../kernels/targets';
import { layoutOf } from '../kernels/values';
import { mix, mixText, unitInterval } from './hash';
import { type Population, stratumOf, type Unit } from './population';

/** At most this share of all bytes is read. */
export const SAMPLE_SHARE = 0.02;
/** And at most so many bytes and units: what is read is kept in memory, and looked at in seconds. */
const MOST_BYTES = 64 << 20;
const MOST_UNITS = 4000;
/** Elements of one run: whole cache lines, and whole blocks of most quantised kinds. */
const RUN_ELEMENTS = 32;
/** More runs than these tell no more about one tensor. */
const MOST_RUNS = 128;
/** Bytes of one piece of what has no known values: less says nothing about how it compresses. */
const SMALL_PIECE = 2048;
const LARGE_PIECE = 32_768;
const MOST_PIECES = 16;
/** So that no unit stands for more than so many others. */
const LEAST_CHANCE = 0.001;

/** What to read of a unit. */
export interface Choice {
  /** Position in `Population.units`. */
  readonly unit: number;
  /** Ascending, inside the unit; offsets from the file's start. */
  readonly ranges: readonly ByteRange[];
  /** Chance that this unit was chosen at all: 1 for the large ones. */
  readonly probability: number;
  /** Choices of one group name (see `groupOf`) stand together; reading goes by it. */
  readonly order: number;
}

export interface SamplePlan {
  /** By `order`, so that partners in different files are read about the same time. */
  readonly choices: readonly Choice[];
  readonly bytes: number;
}

/**
 * Chooses what to read: every unit in proportion to its size, up to a limit that large models
 * reach, and never more than `share` of all bytes together. Which runs of a tensor, depends on its
 * element count alone; which small tensors, on element count and name: so copies, casts and
 * fine-tunes are sampled at the same places whatever their files.
 */
export function planSample(population: Population, share = SAMPLE_SHARE): SamplePlan {
  const budget = Math.min(MOST_BYTES, Math.floor(population.logicalBytes * share));
  const { units } = population;
  const all = choicesOf(units, budget, 1);
  const choices =
    all.length <= MOST_UNITS ? all : choicesOf(units, budget, MOST_UNITS / all.length);
  choices.sort((a, b) => a.order - b.order || a.unit - b.unit);
  const bytes = choices.reduce((sum, { ranges }) => sum + sumOf(ranges), 0);
  return { choices, bytes };
}

/** As many runs of each as the budget allows, of a share `kept` of the names. */
function choicesOf(units: readonly Unit[], budget: number, kept: number): Choice[] {
  const all = units.map((unit) => candidateOf(unit, kept));
  const candidates = withForced(all, budget / 2);
  const fits = (level: number): boolean =>
    candidates.reduce((sum, candidate) => sum + bytesOf(candidate, level), 0) <= budget;
  let low = 0;
  let high = 1;
  if (fits(1)) low = 1;
  for (let step = 0; step < 40 && low < 1; step++) {
    const middle = (low + high) / 2;
    if (fits(middle)) low = middle;
    else high = middle;
  }
  return candidates.flatMap((candidate, unit) => choiceOf(candidate, unit, low));
}

/** A unit with the two numbers that decide about it, each fixed by what partners share. */
interface Candidate {
  readonly unit: Unit;
  readonly blockElements: number;
  readonly blockBytes: number;
  readonly blocks: number;
  /** What fixes the places: the element count; of plain bytes, their length's class. */
  readonly size: number;
  /** 0 … 1: rounds the number of runs; of `size` alone. */
  readonly rounding: number;
  /** Share of the names that are looked at, and whether this one is. */
  readonly kept: number;
  readonly isKept: boolean;
  /** Chosen whatever the level, with its smallest piece. */
  readonly forced: boolean;
  /** 0 … 1: decides about units too small for a run each; of `size` and name. */
  readonly luck: number;
}

function candidateOf(unit: Unit, kept: number): Candidate {
  const { values, length, name } = unit;
  const size = values?.elements ?? classLength(length);
  const luck = unitInterval(mix(size, mixText(name)));
  const isKept = unitInterval(mix(size, mixText(name), 3)) < kept;
  const rounding = unitInterval(mix(size));
  if (values === undefined) {
    return {
      unit,
      blockElements: 1,
      blockBytes: 1,
      blocks: size,
      size,
      rounding,
      luck,
      kept,
      isKept,
      forced: false,
    };
  }
  const layout = layoutOf(values.kind);
  const blockElements = Math.max(RUN_ELEMENTS, layout.elements);
  const blockBytes = (blockElements / layout.elements) * layout.bytes;
  const blocks = Math.ceil(values.elements / blockElements);
  const fixed = { size, rounding, luck, kept, isKept, forced: false };
  return { unit, blockElements, blockBytes, blocks, ...fixed };
}

/**
 * One name of every stratum is read in all models, and in all kinds, as far as `budget` bytes go,
 * largest strata first: else chance may leave out all of a stratum.
 */
function withForced(candidates: readonly Candidate[], budget: number): Candidate[] {
  const costs = new Map<string, number>();
  const strata = new Map<string, { bytes: number; first: Candidate }>();
  for (const candidate of candidates) {
    const { unit, luck, blockBytes } = candidate;
    if (unit.length === 0) continue;
    const cost = Math.min(unit.length, unit.values === undefined ? SMALL_PIECE : blockBytes);
    const key = partnersOf(candidate);
    costs.set(key, (costs.get(key) ?? 0) + cost);
    const stratum = strata.get(stratumOf(unit)) ?? { bytes: 0, first: candidate };
    strata.set(stratumOf(unit), stratum);
    stratum.bytes += unit.length;
    if (luck < stratum.first.luck) stratum.first = candidate;
  }
  let left = budget;
  const forced = new Set<string>();
  for (const { first } of [...strata.values()].sort((one, other) => other.bytes - one.bytes)) {
    const key = partnersOf(first);
    const cost = costs.get(key) ?? 0;
    if (cost > left || forced.has(key)) continue;
    left -= cost;
    forced.add(key);
  }
  return candidates.map((candidate) =>
    forced.has(partnersOf(candidate)) ? { ...candidate, forced: true } : candidate,
  );
}

/** Equal for candidates that are chosen together. */
const partnersOf = ({ size, luck }: Candidate): string => `${size}:${luck}`;

/**
 * Length that stands for all of about one size: plain bytes of different lengths may agree at the
 * same places. At most `length`, and more than 0.7 of it; short ones stand for themselves.
 */
function classLength(length: number): number {
  if (length <= SMALL_PIECE) return length;
  return Math.floor(2 ** (Math.floor(2 * Math.log2(length)) / 2));
}

/** How many runs, of how many bytes at most, and how probable any is. */
function runsAt(candidate: Candidate, level: number): readonly [number, number, number] {
  const { unit, blocks, blockBytes, size, rounding, luck, forced } = candidate;
  if (unit.length === 0 || !(candidate.isKept || forced)) return [0, 0, 0];
  const chance = forced ? -1 : luck;
  if (unit.values === undefined) return piecesAt(size, level, chance);
  const capped = Math.min(level * blocks, MOST_RUNS);
  if (capped < 1) return [chance < capped ? 1 : 0, blockBytes, Math.max(capped, LEAST_CHANCE)];
  return [Math.min(blocks, MOST_RUNS, Math.floor(capped + rounding)), blockBytes, 1];
}

function piecesAt(length: number, level: number, luck: number): readonly [number, number, number] {
  const wanted = level * length;
  const small = Math.min(length, SMALL_PIECE);
  if (wanted < small) {
    return [luck < wanted / small ? 1 : 0, small, Math.max(wanted / small, LEAST_CHANCE)];
  }
  const pieces = Math.min(MOST_PIECES, Math.ceil(wanted / LARGE_PIECE));
  return [pieces, Math.min(LARGE_PIECE, Math.floor(wanted / pieces)), 1];
}

function bytesOf(candidate: Candidate, level: number): number {
  const [runs, bytes] = runsAt(candidate, level);
  return Math.min(candidate.unit.length, runs * bytes);
}

function choiceOf(candidate: Candidate, unit: number, level: number): Choice[] {
  const [runs, bytes, probability] = runsAt(candidate, level);
  if (runs === 0) return [];
  const { length, offset, values, name } = candidate.unit;
  const { size, blocks } = candidate;
  const order = mix(size, mixText(name), 1);
  const slots = values === undefined ? Math.floor(size / bytes) : blocks;
  const ranges = placesIn(slots, runs, size).map((slot) => {
    const from = slot * bytes;
    return { offset: offset + from, length: Math.min(bytes, length - from) };
  });
  const chance = Math.max(LEAST_CHANCE, probability * candidate.kept);
  return [{ unit, ranges, probability: chance, order }];
}

/** `runs` of `slots` places, one in each of as many equal strata, at random but fixed by `size`. */
function placesIn(slots: number, runs: number, size: number): number[] {
  return Array.from({ length: runs }, (_, run) => {
    const from = Math.floor((run * slots) / runs);
    const to = Math.floor(((run + 1) * slots) / runs);
    return from + Math.floor(unitInterval(mix(size, run, 2)) * (to - from));
  });
}

const sumOf = (ranges: readonly ByteRange[]): number =>
  ranges.reduce((sum, range) => sum + range.length, 0);
