import { boundedCache } from './cache';
import { SAMPLE_POSITIONS } from './signature';

/** Elements of one run, where a tensor has more than SAMPLE_POSITIONS; runs are aligned to it. */
export const RUN_ELEMENTS = 32;
const STRATA = SAMPLE_POSITIONS / RUN_ELEMENTS;

/** The sampled elements of a tensor: runs of `length` consecutive ones, in ascending order. */
export interface SampleRuns {
  /** First element of each run. */
  readonly starts: Float64Array;
  readonly length: number;
  /** Of all runs: at most SAMPLE_POSITIONS. */
  readonly positions: number;
}

const runsOf = boundedCache<number, SampleRuns>(256);
const transposedOf = boundedCache<string, Float64Array>(64);

/**
 * Which elements are sampled: a function of the element count alone, part of SIGNATURE_VERSION.
 * All, up to SAMPLE_POSITIONS. Else the tensor's whole blocks of 32 elements are cut into 128
 * strata that are equal but for one block, and one block of each, at a fixed pseudo-random place,
 * is taken whole: runs cost little to read, strata spread them, and no period of a matrix is met.
 */
export function sampleRuns(elements: number): SampleRuns {
  return runsOf(elements, () => {
    if (elements <= SAMPLE_POSITIONS) {
      return { starts: Float64Array.of(0), length: elements, positions: elements };
    }
    const blocks = Math.floor(elements / RUN_ELEMENTS);
    const starts = Float64Array.from({ length: STRATA }, (_, stratum) => {
      const first = Math.floor((stratum * blocks) / STRATA);
      const count = Math.floor(((stratum + 1) * blocks) / STRATA) - first;
      return RUN_ELEMENTS * (first + Math.floor(fraction(elements, stratum) * count));
    });
    return { starts, length: RUN_ELEMENTS, positions: SAMPLE_POSITIONS };
  });
}

/**
 * Where a matrix of `rows` × `columns`, row by row, holds the elements that its transpose would be
 * sampled at, in the transpose's order.
 */
export function transposedPositions(rows: number, columns: number): Float64Array {
  return transposedOf(`${rows}:${columns}`, () => {
    const { starts, length, positions } = sampleRuns(rows * columns);
    const places = new Float64Array(positions);
    for (let run = 0, i = 0; run < starts.length; run++) {
      const start = starts[run] as number;
      let row = start % rows;
      let column = (start - row) / rows;
      for (const end = i + length; i < end; i++) {
        places[i] = row * columns + column;
        row += 1;
        if (row < rows) continue;
        row = 0;
        column += 1;
      }
    }
    return places;
  });
}

/** 0 ≤ x < 1, a multiple of 2^-32: MurmurHash3 (x86, 32 bits) of the count's halves and the stratum. */
function fraction(elements: number, stratum: number): number {
  let hash = 0x7465_7373;
  for (const word of [elements >>> 0, Math.floor(elements / 2 ** 32), stratum]) {
    let k = Math.imul(word, 0xcc9e_2d51);
    k = Math.imul((k << 15) | (k >>> 17), 0x1b87_3593);
    hash ^= k;
    hash = (Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe654_6b64) | 0;
  }
  hash ^= 12;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85eb_ca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2_ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}
