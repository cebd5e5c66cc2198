import type { ByteRange } from '../kernels/targets';
import { layoutOf } from '../kernels/values';
import { mix, mixText, unitInterval } from './hash';
import { type Population, stratumOf, type Unit } from './population';

/** At most this share of all bytes is read. */
export const SAMPLE_SHARE = 0.02;
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
  const budget = Math.floor(population.logicalBytes * share);
  const candidates = withForced(population.units.map(candidateOf), budget / 2);
  const bytesAt = (level: number): number =>
    candidates.reduce((sum, candidate) => sum + bytesOf(candidate, level), 0);
  let low = 0;
  let high = 1;
  if (bytesAt(1) <= budget) low = 1;
  for (let step = 0; step < 40 && low < 1; step++) {
    const middle = (low + high) / 2;
    if (bytesAt(middle) <= budget) low = middle;
    else high = middle;
  }
  const choices = candidates.flatMap((candidate, unit) => choiceOf(candidate, unit, low));
  choices.sort((a, b) => a.order - b.order || a.unit - b.unit);
  const bytes = choices.reduce((sum, { ranges }) => sum + sumOf(ranges), 0);
  return { choices, bytes };
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
  /** Chosen whatever the level, with its smallest piece. */
  readonly forced: boolean;
  /** 0 … 1: decides about units too small for a run each; of `size` and name. */
  readonly luck: number;
}

function candidateOf(unit: Unit): Candidate {
  const { values, length, name } = unit;
  const size = values?.elements ?? classLength(length);
  const luck = unitInterval(mix(size, mixText(name)));
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
      forced: false,
    };
  }
  const layout = layoutOf(values.kind);
  const blockElements = Math.max(RUN_ELEMENTS, layout.elements);
  const blockBytes = (blockElements / layout.elements) * layout.bytes;
  const blocks = Math.ceil(values.elements / blockElements);
  return { unit, blockElements, blockBytes, blocks, size, rounding, luck, forced: false };
}

/**
 * One name of every stratum is read in all models, as far as `budget` bytes go, largest strata
 * first: else chance may leave out all of a kind.
 */
function withForced(candidates: readonly Candidate[], budget: number): Candidate[] {
  const strata = new Map<string, { bytes: number; luck: number; cost: number }>();
  for (const { unit, luck, blockBytes } of candidates) {
    if (unit.length === 0) continue;
    const key = stratumOf(unit);
    const found = strata.get(key) ?? { bytes: 0, luck: 2, cost: 0 };
    strata.set(key, found);
    found.bytes += unit.length;
    const cost = Math.min(unit.length, unit.values === undefined ? SMALL_PIECE : blockBytes);
    if (luck < found.luck) found.cost = 0;
    found.luck = Math.min(luck, found.luck);
    if (luck === found.luck) found.cost += cost;
  }
  let left = budget;
  const forced = new Map<string, number>();
  for (const [key, { luck, cost }] of [...strata].sort(([, a], [, b]) => b.bytes - a.bytes)) {
    if (cost > left) continue;
    left -= cost;
    forced.set(key, luck);
  }
  return candidates.map((candidate) =>
    forced.get(stratumOf(candidate.unit)) === candidate.luck
      ? { ...candidate, forced: true }
      : candidate,
  );
}

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
  if (unit.length === 0) return [0, 0, 0];
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
  return [{ unit, ranges, probability, order }];
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
