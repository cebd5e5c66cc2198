/*
 * Least squares of a tensor by one or two bases, per row or for all: factors as singles, so that both
 * sides compute the same prediction.
 */

/** Factors per group of elements: one per base, group by group. */
export type Factors = Float32Array;

/** The sums of products that decide the factors. */
interface Products {
  aa: number;
  ab: number;
  bb: number;
  ax: number;
  bx: number;
}

/**
 * For each group of `groupLength` elements the factors f that make sum (x - f0*a - f1*b)^2 least.
 * Elements that are not finite do not count. 1 for the first base where nothing can be told.
 */
export function fitFactors(
  values: Float32Array,
  bases: readonly Float32Array[],
  groupLength: number,
): Factors {
  const groups = Math.ceil(values.length / groupLength);
  const factors = new Float32Array(groups * bases.length);
  for (let group = 0; group < groups; group++) {
    const from = group * groupLength;
    const to = Math.min(values.length, from + groupLength);
    const products = productsOf(values, bases, from, to);
    const [f, g] = solved(products, bases.length);
    factors[group * bases.length] = f;
    if (bases.length === 2) factors[group * 2 + 1] = g;
  }
  return factors;
}

function productsOf(
  values: Float32Array,
  [first, second]: readonly Float32Array[],
  from: number,
  to: number,
): Products {
  const sums = { aa: 0, ab: 0, bb: 0, ax: 0, bx: 0 };
  for (let at = from; at < to; at++) {
    const x = values[at] ?? 0;
    const a = first?.[at] ?? 0;
    const b = second?.[at] ?? 0;
    if (!Number.isFinite(x + a + b)) continue;
    sums.aa += a * a;
    sums.ab += a * b;
    sums.bb += b * b;
    sums.ax += a * x;
    sums.bx += b * x;
  }
  return sums;
}

function solved({ aa, ab, bb, ax, bx }: Products, bases: number): readonly [number, number] {
  const determinant = aa * bb - ab * ab;
  const pair: readonly [number, number] =
    bases === 2 && determinant > 1e-12 * aa * bb
      ? [(ax * bb - bx * ab) / determinant, (bx * aa - ax * ab) / determinant]
      : aa > 0 || bb === 0
        ? [aa > 0 ? ax / aa : 1, 0]
        : [0, bx / bb];
  return Number.isFinite(pair[0] + pair[1]) ? pair : [1, 0];
}

/** How near a factor must be to the simple one that it may really be: a mean, a difference. */
const SIMPLE = 1 / 256;

/**
 * The factors as multiples of 1/12 where all of them nearly are: halves and thirds of merged models,
 * which rounding of the values hides from the fit. Undefined where one is not, or nothing changes.
 */
export function simplified(factors: Factors): Factors | undefined {
  const simple = factors.map((factor) => Math.round(factor * 12) / 12);
  const isNear = factors.every((factor, at) => Math.abs(factor - (simple[at] ?? 0)) < SIMPLE);
  return isNear && factors.some((factor, at) => factor !== simple[at]) ? simple : undefined;
}
