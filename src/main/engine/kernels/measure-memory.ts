import type { Kernels } from './kernels';

/** Most elements that are measured at once; a multiple of every block of elements. */
export const WINDOW_ELEMENTS = 65_536;

/** Bytes of a window of the widest elements. */
const WINDOW_BYTES = WINDOW_ELEMENTS * 8;
/** 256 groups of 8 planes of 256 counts. */
const DELTA_BYTES = 256 * 8 * 1024;
/** One histogram for each byte of the largest block. */
const ALONE_BYTES = 256 * 1024;
/** A count of elements for each group. */
const SIZES_BYTES = 256 * 4;
const STATE_BYTES = 1024;

/** Bytes of the kernels' memory that measuring and weighing use. */
export const MEASURE_BYTES =
  6 * WINDOW_BYTES + DELTA_BYTES + ALONE_BYTES + SIZES_BYTES + STATE_BYTES;

/** The kernels' memory as measuring divides it. */
export interface MeasureMemory {
  /** Raw elements of either tensor. */
  readonly a: Uint8Array;
  readonly b: Uint8Array;
  /** Elements of one, converted to the other's kind. */
  readonly converted: Uint8Array;
  /** Values of either. */
  readonly valuesA: Uint8Array;
  readonly valuesB: Uint8Array;
  /** Between two steps of a conversion. */
  readonly between: Uint8Array;
  /** Histograms; zero whenever nobody counts. */
  readonly delta: Uint32Array;
  readonly alone: Uint32Array;
  /** What `groupSizes` counts. */
  readonly sizes: Uint32Array;
  readonly sums: Float64Array;
}

/** Throws RangeError if the kernels have too little memory. Clears the histograms. */
export function measureMemory({ buffer }: Kernels): MeasureMemory {
  if (buffer.length < MEASURE_BYTES) {
    throw new RangeError(`expected ${MEASURE_BYTES} bytes of memory, found ${buffer.length}`);
  }
  let end = 0;
  const take = (bytes: number): Uint8Array => {
    end += bytes;
    return buffer.subarray(end - bytes, end);
  };
  const [a, b, converted, valuesA, valuesB, between] = [
    take(WINDOW_BYTES),
    take(WINDOW_BYTES),
    take(WINDOW_BYTES),
    take(WINDOW_BYTES),
    take(WINDOW_BYTES),
    take(WINDOW_BYTES),
  ];
  const delta = counts(take(DELTA_BYTES));
  const alone = counts(take(ALONE_BYTES));
  const sizes = counts(take(SIZES_BYTES));
  const sums = floats(take(STATE_BYTES)).subarray(0, 10);
  return { a, b, converted, valuesA, valuesB, between, delta, alone, sizes, sums };
}

function counts(bytes: Uint8Array): Uint32Array {
  return new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4).fill(0);
}

function floats(bytes: Uint8Array): Float64Array {
  return new Float64Array(bytes.buffer, bytes.byteOffset, bytes.length / 8);
}
