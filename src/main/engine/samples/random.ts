/**
 * Seeded random numbers that are the same on every machine: 32-bit integer arithmetic only, and
 * tables made with + - * / and square root, which IEEE 754 fixes to the last bit (Math.log and its
 * like may differ between builds).
 */

/** A place in the space of random numbers: four words that seed one generator. */
export type RandomKey = readonly [number, number, number, number];

/** Values per block: the unit in which values can be made in any order. */
export const BLOCK_VALUES = 65_536;

/** Finaliser of MurmurHash3 (public domain, A. Appleby): every input bit reaches every output bit. */
function mix(word: number): number {
  let h = word | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) | 0;
}

/** The key of a seed and a path of names; different paths give unrelated streams. */
export function keyOf(seed: number, ...path: readonly (string | number)[]): RandomKey {
  const text = `${seed}\u0000${path.join('\u0000')}`;
  let a = 0x9e3779b9 | 0;
  let b = 0x243f6a88;
  let c = 0x85a308d3 | 0;
  let d = 0x13198a2e;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    a = mix(a ^ code);
    b = mix(b + a);
    c = mix(c ^ b);
    d = mix(d + c);
  }
  return [a, b, c, d];
}

/**
 * Fills `out[0..count)` with the first `count` values of block `block` of the stream `key`:
 * bell-shaped, mean 0, standard deviation 1, slightly heavy tails, |value| < 8.
 * Generator: sfc32 (C. Doty-Humphrey, PractRand; public domain).
 */
export function fillNormal(out: Float32Array, key: RandomKey, block: number, count: number): void {
  const table = quantiles();
  let a = key[0];
  let b = key[1] ^ mix(block + 1);
  let c = key[2];
  let d = key[3] ^ Math.floor(block / 0x1_0000_0000);
  for (let i = -12; i < count; i++) {
    const t = (((a + b) | 0) + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + t) | 0;
    if (i < 0) continue;
    const index = t >>> 16;
    const low = table[index] as number;
    out[i] = low + ((table[index + 1] as number) - low) * ((t & 0xffff) / 65_536);
  }
}

/** `count` values as `fillNormal` makes them, for small vectors. */
export function normals(key: RandomKey, count: number): Float32Array {
  const out = new Float32Array(count);
  for (let start = 0, block = 0; start < count; start += BLOCK_VALUES, block++) {
    const length = Math.min(BLOCK_VALUES, count - start);
    fillNormal(out.subarray(start, start + length), key, block, length);
  }
  return out;
}

/** `count` integers in [0, bound), bound at most 2^32. */
export function integers(key: RandomKey, count: number, bound: number): number[] {
  let [a, b, c, d] = key;
  return Array.from({ length: count }, () => {
    a = mix(a + 0x6d2b79f5);
    b = mix(b ^ a);
    c = mix(c + b);
    d = mix(d ^ c);
    return Math.floor(((d >>> 0) / 0x1_0000_0000) * bound);
  });
}

let quantileTable: Float64Array | undefined;

/** Values at which the distribution function is i / 65536; the ends are cut at 2^-20. */
function quantiles(): Float64Array {
  if (quantileTable !== undefined) return quantileTable;
  const table = new Float64Array(65_537);
  for (let i = 0; i < 32_768; i++) {
    const value = heavyTailed(normalQuantile(i === 0 ? 1 / 1_048_576 : i / 65_536));
    table[i] = value;
    table[65_536 - i] = -value;
  }
  quantileTable = table;
  return table;
}

/** Degrees of freedom of the Student-like tails; trained weights lie near this. */
const FREEDOM = 12;
/** Weight of the expansion's second term, and the deviation of its result for a normal z. */
const TAIL = 1 / (4 * FREEDOM);
const TAIL_DEVIATION = Math.sqrt(
  (1 + TAIL) * (1 + TAIL) + 6 * TAIL * (1 + TAIL) + 15 * TAIL * TAIL,
);

/** First-order expansion of Student's t quantile from the normal one, scaled to deviation 1. */
function heavyTailed(z: number): number {
  return (z * (1 + (z * z + 1) * TAIL)) / TAIL_DEVIATION;
}

/** Inverse of the normal distribution function for 0 < p < 0.5 (P. J. Acklam, error below 1.2e-9). */
function normalQuantile(p: number): number {
  if (p < 0.02425) {
    const q = Math.sqrt(-2 * naturalLogarithm(p));
    const top = horner(
      [
        -7.784894002430293e-3, -3.223964580411365e-1, -2.400758277161838, -2.549732539343734,
        4.374664141464968, 2.938163982698783,
      ],
      q,
    );
    const bottom = horner(
      [7.784695709041462e-3, 3.224671290700398e-1, 2.445134137142996, 3.754408661907416, 1],
      q,
    );
    return top / bottom;
  }
  const q = p - 0.5;
  const r = q * q;
  const top = horner(
    [
      -3.969683028665376e1, 2.209460984245205e2, -2.759285104469687e2, 1.38357751867269e2,
      -3.066479806614716e1, 2.506628277459239,
    ],
    r,
  );
  const bottom = horner(
    [
      -5.447609879822406e1, 1.615858368580409e2, -1.556989798598866e2, 6.680131188771972e1,
      -1.328068155288572e1, 1,
    ],
    r,
  );
  return (top * q) / bottom;
}

function horner(coefficients: readonly number[], x: number): number {
  return coefficients.reduce((sum, coefficient) => sum * x + coefficient, 0);
}

/** ln(x) for 0 < x <= 1, from basic arithmetic alone: halve into [0.5, 1], then the atanh series. */
function naturalLogarithm(x: number): number {
  let mantissa = x;
  let exponent = 0;
  while (mantissa < 0.5) {
    mantissa *= 2;
    exponent -= 1;
  }
  const t = (mantissa - 1) / (mantissa + 1);
  let power = t;
  let sum = 0;
  for (let k = 1; k < 40; k += 2) {
    sum += power / k;
    power *= t * t;
  }
  return 2 * sum + exponent * Math.LN2;
}
