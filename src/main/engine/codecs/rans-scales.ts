/** How large the differences are by row and by column of a matrix of `stride` columns. */

/** Elements that the search for a stride looks at. */
export const SEARCHED = 32_768;
/** Positions at which an element is compared with the one a stride before. */
const COMPARED = 8192;
/** Fewer elements than this in a row or column tell too little of its scale. */
const FEWEST = 16;
/** Correlations below are chance. */
const CORRELATED = 0.06;
/** Half octaves that a scale is at most away from the tensor's. */
const FARTHEST = 40;

/**
 * Elements per row, as far as the `residuals` (of at most SEARCHED sizes' logarithms, in order) betray it; undefined
 * where neither columns nor rows differ. Only divisors of `count` are looked for.
 */
export function strideOf(residuals: Float32Array, count: number): number | undefined {
  const strides = divisors(count).filter(
    (each) => each >= 8 && each <= count / 8 && count / each + each <= 65_536,
  );
  const centred = centre(residuals);
  return columnStride(centred, strides) ?? rowStride(centred, strides);
}

/** Ascending. */
export function divisors(count: number): number[] {
  const small: number[] = [];
  const large: number[] = [];
  for (let each = 1; each * each <= count; each++) {
    if (count % each !== 0) continue;
    small.push(each);
    if (each * each !== count) large.unshift(count / each);
  }
  return [...small, ...large];
}

/** Deviation 1, mean 0. */
function centre(residuals: Float32Array): Float32Array {
  let sum = 0;
  let squares = 0;
  for (let at = 0; at < residuals.length; at++) {
    const each = residuals[at] as number;
    sum += each;
    squares += each * each;
  }
  const mean = sum / residuals.length;
  const deviation = Math.sqrt(Math.max(1e-12, squares / residuals.length - mean * mean));
  const centred = new Float32Array(residuals.length);
  for (let at = 0; at < centred.length; at++) {
    centred[at] = ((residuals[at] as number) - mean) / deviation;
  }
  return centred;
}

/** The least stride whose elements are more alike than their neighbours are. */
function columnStride(centred: Float32Array, strides: readonly number[]): number | undefined {
  const scores = strides.map((stride) => {
    if (stride + 2 > centred.length / 2) return 0;
    const beside = (correlation(centred, stride - 1) + correlation(centred, stride + 1)) / 2;
    return correlation(centred, stride) - Math.max(0, beside);
  });
  const best = Math.max(0, ...scores);
  if (best < CORRELATED) return undefined;
  return strides[scores.findIndex((score) => score > 0.75 * best)];
}

function correlation(centred: Float32Array, lag: number): number {
  const positions = centred.length - lag;
  const step = Math.max(1, Math.floor(positions / COMPARED));
  let sum = 0;
  let count = 0;
  for (let at = 0; at < positions; at += step, count++) {
    sum += (centred[at] as number) * (centred[at + lag] as number);
  }
  return sum / Math.max(1, count);
}

/** The longest stride over which means vary as much as over shorter ones. */
function rowStride(centred: Float32Array, strides: readonly number[]): number | undefined {
  const sums = new Float64Array(centred.length + 1);
  for (let at = 0; at < centred.length; at++) {
    sums[at + 1] = (sums[at] as number) + (centred[at] as number);
  }
  const scores = strides.map((stride) => {
    const rows = Math.floor(centred.length / stride);
    if (stride < FEWEST || rows < 4) return 0;
    let squares = 0;
    for (let row = 0; row < rows; row++) {
      const mean = ((sums[(row + 1) * stride] as number) - (sums[row * stride] as number)) / stride;
      squares += mean * mean;
    }
    return squares / rows - 1 / stride;
  });
  const best = Math.max(0, ...scores);
  if (best < CORRELATED / 2) return undefined;
  return strides[scores.findLastIndex((score) => score > 0.8 * best)];
}

/** Scales of rows and columns, in half octaves from -FARTHEST to FARTHEST; empty: all alike. */
export interface Scales {
  readonly rows: Int8Array;
  readonly columns: Int8Array;
}

/** From the sums of their sizes. */
export function scalesOf(rowSums: Float64Array, columnSums: Float64Array): Scales {
  const [rows, columns] = [rowSums.length, columnSums.length];
  return {
    rows: columns < FEWEST ? new Int8Array(0) : halfOctaves(rowSums),
    columns: rows < FEWEST ? new Int8Array(0) : halfOctaves(columnSums),
  };
}

function halfOctaves(sums: Float64Array): Int8Array {
  const mean = sums.reduce((total, each) => total + each, 0) / sums.length;
  return Int8Array.from(sums, (sum) => {
    if (!(sum > 0) || !(mean < Infinity)) return -FARTHEST;
    return Math.max(-FARTHEST, Math.min(FARTHEST, Math.round(2 * Math.log2(sum / mean))));
  });
}
