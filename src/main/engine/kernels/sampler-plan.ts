import { boundedCache } from './cache';
import { sampleRuns, transposedPositions } from './positions';
import { type RowPrefix, rowPrefix } from './row-hashes';
import { SAMPLE_POSITIONS } from './signature';
import type { TensorTarget } from './targets';
import { layoutOf, type ValueKind, valueBytes } from './values';

/** What of a target its signature depends on, beside its bytes. */
export type TensorShape = Pick<TensorTarget, 'kind' | 'elements' | 'rows' | 'matrix'>;

/** Which bytes of a tensor its signature needs; offsets are from the tensor's first byte. */
export interface SamplePlan {
  readonly kind: ValueKind;
  readonly bytes: number;
  /** Not descending; runs of block types may name a block twice. */
  readonly runs: Float64Array;
  readonly runBytes: number;
  /** Elements before each run in its first block; empty where runs are whole blocks. */
  readonly skips: Uint16Array;
  readonly positions: number;
  readonly transposed: TransposedPlan | undefined;
  readonly rows: RowPrefix | undefined;
}

/** `all`: the sample is the whole tensor, and is put in the transpose's order. */
export type TransposedPlan =
  | { readonly all: true; readonly rows: number; readonly columns: number }
  | {
      readonly all: false;
      readonly elementBytes: number;
      /** First bytes of the elements, ascending, and the place of each in the transpose's sample. */
      readonly starts: Float64Array;
      readonly ranks: Uint16Array;
    };

const plans = boundedCache<string, SamplePlan>(128);

/** Undefined for what has no signature: no elements, or numbers that contradict each other. */
export function samplePlan(shape: TensorShape): SamplePlan | undefined {
  const { kind, elements, rows, matrix } = shape;
  const bytes = valueBytes(kind, elements);
  if (bytes === undefined || elements === 0) return undefined;
  if (!Number.isSafeInteger(rows) || rows < 1 || elements % rows !== 0) return undefined;
  return plans(`${kind}:${elements}:${rows}:${matrix}`, () => makePlan(shape, bytes));
}

function makePlan(shape: TensorShape, bytes: number): SamplePlan {
  const { kind, elements } = shape;
  const layout = layoutOf(kind);
  const { starts, length, positions } = sampleRuns(elements);
  const perRun = Math.ceil(length / layout.elements);
  const skips = starts.map((start) => start % layout.elements);
  return {
    kind: layout.kind,
    bytes,
    runs: starts.map((start) => Math.floor(start / layout.elements) * layout.bytes),
    runBytes: perRun * layout.bytes,
    skips: perRun * layout.elements === length ? new Uint16Array(0) : Uint16Array.from(skips),
    positions,
    transposed: layout.elements === 1 ? transposedPlan(shape, layout.bytes) : undefined,
    rows: rowPrefix(shape),
  };
}

function transposedPlan(
  { elements, rows, matrix }: TensorShape,
  elementBytes: number,
): TransposedPlan | undefined {
  const columns = elements / rows;
  if (!matrix || rows < 2 || columns < 2) return undefined;
  if (elements <= SAMPLE_POSITIONS) return { all: true, rows, columns };
  const places = transposedPositions(rows, columns);
  const ranks = ranksOf(places);
  const starts = new Float64Array(ranks.length);
  for (let i = 0; i < ranks.length; i++) {
    starts[i] = (places[ranks[i] as number] as number) * elementBytes;
  }
  return { all: false, elementBytes, starts, ranks };
}

/** Of places in the order of their ranks: the ranks in the order of the places. */
function ranksOf(places: Float64Array): Uint16Array {
  const { length } = places;
  const ranks = Uint16Array.from(places.keys());
  if (!places.every((place) => place < Number.MAX_SAFE_INTEGER / length - 1)) {
    return ranks.sort((a, b) => (places[a] ?? 0) - (places[b] ?? 0));
  }
  // Numbers sort many times faster without a function that compares them.
  const keys = places.map((place, rank) => place * length + rank).sort();
  for (let i = 0; i < length; i++) ranks[i] = (keys[i] as number) % length;
  return ranks;
}
