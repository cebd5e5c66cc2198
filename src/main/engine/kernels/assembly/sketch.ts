/*
 * The sketch of a tensor's sampled values; ../reference/sketch.ts is its slow twin, bit for bit.
 * Every sum of doubles is four sums, over the values whose index is 0, 1, 2 and 3 modulo 4, added
 * as (s0 + s1) + (s2 + s3). Every sum of floats is in the order of the index.
 */

const BUCKETS: u32 = 256;
const POSITIONS: u32 = 4096;

/** "tessera2" in ASCII: the seed of buckets and signs. */
const SKETCH_SEED: u64 = 0x7465_7373_6572_6132;

/**
 * Per position a u16: the address of its bucket's float, and in the highest bit its sign. Each
 * stretch of 256 positions is a permutation of the buckets, so short samples do not collide.
 */
const PLACES: usize = memory.data(4096 * 2, 16);
/** The count sketch: 256 floats. */
const SUMS: usize = memory.data(256 * 4, 16);
/** Four histograms of 256 u16, so that equal exponents in a row do not wait for each other. */
const COUNTS: usize = memory.data(4 * 256 * 2, 16);

let seed = SKETCH_SEED;

/** splitmix64, as the gear table is made. */
function nextRandom(): u64 {
  seed += 0x9e37_79b9_7f4a_7c15;
  let z = seed;
  z = (z ^ (z >> 30)) * 0xbf58_476d_1ce4_e5b9;
  z = (z ^ (z >> 27)) * 0x94d0_49bb_1331_11eb;
  return z ^ (z >> 31);
}

for (let block: u32 = 0; block < POSITIONS / BUCKETS; block++) {
  const at = PLACES + <usize>(block * BUCKETS * 2);
  for (let k: u32 = 0; k < BUCKETS; k++) store<u16>(at + <usize>(k << 1), <u16>(k << 2));
  for (let k: u32 = BUCKETS - 1; k > 0; k--) {
    const other = at + <usize>(<u32>(nextRandom() % <u64>(k + 1)) << 1);
    const mine = load<u16>(at + <usize>(k << 1));
    store<u16>(at + <usize>(k << 1), load<u16>(other));
    store<u16>(other, mine);
  }
  for (let k: u32 = 0; k < BUCKETS; k++) {
    const place = at + <usize>(k << 1);
    store<u16>(place, load<u16>(place) | (<u16>(nextRandom() >> 63) << 15));
  }
}

const ENDLESS: i32 = 0x7f80_0000;

/**
 * Sketches `count` (1 … 4096) floats at `values`, and overwrites them up to a multiple of four.
 * At `out`: f64 mean, f64 deviation, f32 minimum, f32 maximum, u32 zeros, NaNs, infinities, u32
 * unused; at 40 the SimHash, 8 u32; at 72 the exponents, 256 u16; at 584 the sample, `count` u16.
 */
export function sketchValues(values: usize, count: u32, out: usize): void {
  pad(values, count);
  statistics(values, count, out);
  exponents(values, count, out + 72);
  simHash(values, count, out + 40);
  sampled(values, count, out + 584);
}

/**
 * SimHash (8 u32 at `out`) of `count` floats at `values`, which are rounded to bfloat16 first, in
 * place, up to a multiple of four.
 */
export function simHash(values: usize, count: u32, out: usize): void {
  pad(values, count);
  const mean = roundAll(values, count);
  memory.fill(SUMS, 0, BUCKETS * 4);
  for (let i: usize = 0; i < <usize>count; i += 4) {
    const four = v128.load(values + (i << 2));
    // What is not finite, and the padding, adds a zero: sums are never -0, so that changes nothing.
    const centred = v128.and(f32x4.sub(four, f32x4.splat(mean)), finiteMask(four));
    const places = load<u64>(PLACES + (i << 1));
    addTo(<u32>places, i32x4.extract_lane(centred, 0));
    addTo(<u32>(places >> 16), i32x4.extract_lane(centred, 1));
    addTo(<u32>(places >> 32), i32x4.extract_lane(centred, 2));
    addTo(<u32>(places >> 48), i32x4.extract_lane(centred, 3));
  }
  walshHadamard();
  for (let word: usize = 0; word < 8; word++) {
    store<u32>(out + (word << 2), signsOf(SUMS + (word << 7)));
  }
}

// @ts-ignore: AssemblyScript's own decorator, which TypeScript does not know.
@inline
function addTo(place: u32, bits: u32): void {
  const at = SUMS + <usize>(place & 0x7fff);
  store<f32>(at, load<f32>(at) + reinterpret<f32>(bits ^ ((place & 0x8000) << 16)));
}

function pad(values: usize, count: u32): void {
  for (let i = count; (i & 3) != 0; i++) store<u32>(values + (<usize>i << 2), 0x7fc0_0000);
}

// @ts-ignore: AssemblyScript's own decorator, which TypeScript does not know.
@inline
function finiteMask(four: v128): v128 {
  const exponent = v128.and(four, i32x4.splat(ENDLESS));
  return i32x4.ne(exponent, i32x4.splat(ENDLESS));
}

// @ts-ignore: AssemblyScript's own decorator, which TypeScript does not know.
@inline
function lanesOf(mask: v128): u32 {
  return <u32>popcnt<i32>(i32x4.bitmask(mask));
}

// @ts-ignore: AssemblyScript's own decorator, which TypeScript does not know.
@inline
function highPair(four: v128): v128 {
  return f64x2.promote_low_f32x4(v128.shuffle<i32>(four, four, 2, 3, 2, 3));
}

// @ts-ignore: AssemblyScript's own decorator, which TypeScript does not know.
@inline
function total(low: v128, high: v128): f64 {
  return (
    f64x2.extract_lane(low, 0) +
    f64x2.extract_lane(low, 1) +
    (f64x2.extract_lane(high, 0) + f64x2.extract_lane(high, 1))
  );
}

function statistics(values: usize, count: u32, out: usize): void {
  const end = values + (<usize>((count + 3) & ~3) << 2);
  let low = f64x2.splat(0);
  let high = f64x2.splat(0);
  let least = f32x4.splat(Infinity);
  let most = f32x4.splat(-Infinity);
  let zeros: u32 = 0;
  let nans: u32 = 0;
  let finite: u32 = 0;
  for (let at = values; at < end; at += 16) {
    const four = v128.load(at);
    const mask = finiteMask(four);
    const kept = v128.and(four, mask);
    low = f64x2.add(low, f64x2.promote_low_f32x4(kept));
    high = f64x2.add(high, highPair(kept));
    least = f32x4.pmin(least, v128.bitselect(four, f32x4.splat(Infinity), mask));
    most = f32x4.pmax(most, v128.bitselect(four, f32x4.splat(-Infinity), mask));
    zeros += lanesOf(f32x4.eq(four, f32x4.splat(0)));
    nans += lanesOf(f32x4.ne(four, four));
    finite += lanesOf(mask);
  }
  const mean = finite > 0 ? total(low, high) / <f64>finite : 0;
  nans -= <u32>(end - values) / 4 - count;
  store<f64>(out, mean);
  store<f64>(out, finite > 0 ? Math.sqrt(squares(values, end, mean) / <f64>finite) : 0, 8);
  store<f32>(out, finite > 0 ? leastOf(least) + 0 : 0, 16);
  store<f32>(out, finite > 0 ? -leastOf(f32x4.neg(most)) + 0 : 0, 20);
  store<u32>(out, zeros, 24);
  store<u32>(out, nans, 28);
  store<u32>(out, count - finite - nans, 32);
  store<u32>(out, 0, 36);
}

function leastOf(four: v128): f32 {
  return min(
    min(f32x4.extract_lane(four, 0), f32x4.extract_lane(four, 1)),
    min(f32x4.extract_lane(four, 2), f32x4.extract_lane(four, 3)),
  );
}

/** Sum of the squared differences of the finite values to `mean`. */
function squares(values: usize, end: usize, mean: f64): f64 {
  const both = f64x2.splat(mean);
  let low = f64x2.splat(0);
  let high = f64x2.splat(0);
  for (let at = values; at < end; at += 16) {
    const four = v128.load(at);
    const mask = finiteMask(four);
    const first = f64x2.sub(f64x2.promote_low_f32x4(four), both);
    const second = f64x2.sub(highPair(four), both);
    const a = v128.and(first, i64x2.extend_low_i32x4_s(mask));
    const b = v128.and(second, i64x2.extend_high_i32x4_s(mask));
    low = f64x2.add(low, f64x2.mul(a, a));
    high = f64x2.add(high, f64x2.mul(b, b));
  }
  return total(low, high);
}

function exponents(values: usize, count: u32, out: usize): void {
  memory.fill(COUNTS, 0, 4 * 512);
  for (let i: usize = 0; i < <usize>count; i++) {
    const exponent = <usize>(load<u32>(values + (i << 2)) >> 23) & 0xff;
    const at = COUNTS + ((i & 3) << 9) + (exponent << 1);
    store<u16>(at, load<u16>(at) + 1);
  }
  for (let at: usize = 0; at < 512; at += 16) {
    const one = i16x8.add(v128.load(COUNTS + at), v128.load(COUNTS + at, 512));
    const two = i16x8.add(v128.load(COUNTS + at, 1024), v128.load(COUNTS + at, 1536));
    v128.store(out + at, i16x8.add(one, two));
  }
}

/**
 * Rounds to bfloat16, to nearest, ties to even; NaNs become 0x7fc0. Returns the mean of the finite
 * ones, rounded to a float.
 */
function roundAll(values: usize, count: u32): f32 {
  const end = values + (<usize>((count + 3) & ~3) << 2);
  let low = f64x2.splat(0);
  let high = f64x2.splat(0);
  let finite: u32 = 0;
  for (let at = values; at < end; at += 16) {
    const four = v128.load(at);
    const odd = v128.and(i32x4.shr_u(four, 16), i32x4.splat(1));
    const moved = i32x4.add(i32x4.add(four, i32x4.splat(0x7fff)), odd);
    const cut = v128.and(moved, i32x4.splat(0xffff_0000));
    const rounded = v128.bitselect(cut, i32x4.splat(0x7fc0_0000), f32x4.eq(four, four));
    v128.store(at, rounded);
    const mask = finiteMask(rounded);
    const kept = v128.and(rounded, mask);
    low = f64x2.add(low, f64x2.promote_low_f32x4(kept));
    high = f64x2.add(high, highPair(kept));
    finite += lanesOf(mask);
  }
  return finite > 0 ? <f32>(total(low, high) / <f64>finite) : 0;
}

/** The upper halves of rounded floats. */
function sampled(values: usize, count: u32, out: usize): void {
  const whole = <usize>count & ~7;
  for (let i: usize = 0; i < whole; i += 8) {
    const at = values + (i << 2);
    const low = v128.load(at);
    const high = v128.load(at, 16);
    v128.store(out + (i << 1), v128.shuffle<i16>(low, high, 1, 3, 5, 7, 9, 11, 13, 15));
  }
  for (let i = whole; i < <usize>count; i++) {
    store<u16>(out + (i << 1), load<u16>(values + (i << 2), 2));
  }
}

/** In place over SUMS, in the order of the definition: strides 1, 2, 4 … 128. */
function walshHadamard(): void {
  for (let stride: usize = 4; stride <= 8; stride <<= 1) {
    for (let at = SUMS; at < SUMS + 1024; at += stride << 1) {
      for (let i = at; i < at + stride; i += 4) {
        const a = load<f32>(i);
        const b = load<f32>(i + stride);
        store<f32>(i, a + b);
        store<f32>(i + stride, a - b);
      }
    }
  }
  for (let stride: usize = 16; stride <= 512; stride <<= 1) {
    for (let at = SUMS; at < SUMS + 1024; at += stride << 1) {
      for (let i = at; i < at + stride; i += 16) {
        const a = v128.load(i);
        const b = v128.load(i + stride);
        v128.store(i, f32x4.add(a, b));
        v128.store(i + stride, f32x4.sub(a, b));
      }
    }
  }
}

/** Bit i is set where float i of 32 is above zero. */
function signsOf(at: usize): u32 {
  let bits: u32 = 0;
  for (let i: u32 = 0; i < 32; i += 4) {
    const above = f32x4.gt(v128.load(at + <usize>(i << 2)), f32x4.splat(0));
    bits |= <u32>i32x4.bitmask(above) << i;
  }
  return bits;
}
