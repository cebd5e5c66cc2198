import { LOWEST_THRESHOLD } from '../../../shared/domain';
import type { SimilarityIndex } from './index';
import type { Pairs } from './types';

/** Nearest candidates whose pairs are looked at. */
const CANDIDATES = 24;

/** Of smaller tensors, whose bytes hardly count, only the nearest are looked at. */
const TELLING_ELEMENTS = 1024;

/** In groups up to this size every pair is looked at. */
const SMALL_GROUP = 64;

/** In larger groups: bases that correlate less save little, and are asked for only where none does. */
const LIKELY = 0.9;

/** A distinct tensor that is to be stored. */
export interface BaseTensor {
  readonly signed: number;
  readonly elements: number;
  /** Predicted bytes where it is stored without a base. */
  readonly aloneBytes: number;
}

/** `tensor` stored as a difference from `base`, both signature numbers. */
export interface BaseOption {
  readonly tensor: number;
  readonly base: number;
  readonly bytes: number;
}

/**
 * For each tensor every base among the others that was looked at and saves bytes, fewest bytes
 * first. For what stores bases alone only (depth 1), these are the options to assign from.
 */
export function baseOptions(
  tensors: readonly BaseTensor[],
  index: SimilarityIndex,
  pairs: Pairs,
): Map<number, BaseOption[]> {
  const wanted = new Set(tensors.map(({ signed }) => signed));
  const options = new Map<number, BaseOption[]>();
  for (const tensor of tensors) {
    options.set(
      tensor.signed,
      optionsOf(tensor, (id) => wanted.has(id), index, pairs),
    );
  }
  return options;
}

/** The options of one tensor among the bases that are `wanted`; some of its pairs are estimated. */
export function optionsOf(
  tensor: BaseTensor,
  wanted: (id: number) => boolean,
  index: SimilarityIndex,
  pairs: Pairs,
): BaseOption[] {
  const options = nearestBases(tensor, index)
    .filter(wanted)
    .flatMap((base): BaseOption[] => {
      const bytes = pairs.relate(tensor.signed, base)?.metrics.deltaBytes ?? Infinity;
      return bytes < tensor.aloneBytes ? [{ tensor: tensor.signed, base, bytes }] : [];
    });
  return options.sort((a, b) => a.bytes - b.bytes || a.base - b.base);
}

function nearestBases({ signed, elements }: BaseTensor, index: SimilarityIndex): number[] {
  if (elements >= TELLING_ELEMENTS && index.groupSize(elements) <= SMALL_GROUP) {
    return index.groupIds(elements).filter((id) => id !== signed);
  }
  const likely = index.candidates(signed, LIKELY, CANDIDATES);
  const nearest =
    likely.length > 0 ? likely : index.candidates(signed, LOWEST_THRESHOLD, CANDIDATES);
  return nearest.map(({ id }) => id);
}

/**
 * For each tensor (by signature number) the base whose difference is predicted to take the fewest
 * bytes; undefined where none takes fewer than the tensor alone. Every tensor is looked at by
 * itself: two may be each other's base, and which of them is kept alone is decided elsewhere.
 */
export function chooseBases(
  tensors: readonly BaseTensor[],
  index: SimilarityIndex,
  pairs: Pairs,
): Map<number, BaseOption | undefined> {
  const chosen = new Map<number, BaseOption | undefined>();
  for (const [signed, options] of baseOptions(tensors, index, pairs)) {
    chosen.set(signed, options[0]);
  }
  return chosen;
}
