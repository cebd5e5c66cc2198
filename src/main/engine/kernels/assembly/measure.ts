export * from './convert';
export * from './planes';
export * from './rows';

/**
 * Sums and counts over two runs of values; `../reference/measure.ts` is their slow twin.
 *
 * The ten 64-bit floats of the sums' state: 0 pairs of finite values; 1, 2 sums of a - s and b - t;
 * 3, 4 of their squares; 5 of (a - b)²; 6 the largest |a - b|; 7 the other pairs; 8, 9 the shifts
 * s and t, which the caller sets near the means.
 */

/** Elements that are summed before their sums join the state. */
const RUN: u32 = 1024;

/** Adds `count` pairs of 32-bit floats. */
export function sumSingles(a: usize, b: usize, count: u32, state: usize): void {
  for (let done: u32 = 0; done < count; done += RUN) {
    const run = min<u32>(RUN, count - done);
    const from = <usize>done << 2;
    const whole = run & ~3;
    if (whole > 0 && areFinite(a + from, b + from, whole)) {
      sumFinite(a + from, b + from, whole, state);
    } else if (whole > 0) {
      sumSinglesOneByOne(a + from, b + from, whole, state);
    }
    const rest = from + (<usize>whole << 2);
    if (whole < run) sumSinglesOneByOne(a + rest, b + rest, run - whole, state);
  }
}

/** Whether no value of either run is infinite or not a number; `count` is a multiple of 4. */
function areFinite(a: usize, b: usize, count: u32): bool {
  const exponent = i32x4.splat(0x7f80_0000);
  let bad = i32x4.splat(0);
  for (let i: usize = 0, end = <usize>count << 2; i < end; i += 16) {
    const x = i32x4.eq(v128.and(v128.load(a + i), exponent), exponent);
    const y = i32x4.eq(v128.and(v128.load(b + i), exponent), exponent);
    bad = v128.or(bad, v128.or(x, y));
  }
  return !v128.any_true(bad);
}

function sumFinite(a: usize, b: usize, count: u32, state: usize): void {
  const s = f64x2.splat(load<f64>(state, 64));
  const t = f64x2.splat(load<f64>(state, 72));
  let sumA = f64x2.splat(0);
  let sumB = f64x2.splat(0);
  let squareA = f64x2.splat(0);
  let squareB = f64x2.splat(0);
  let square = f64x2.splat(0);
  let largest = f64x2.splat(0);
  for (let i: usize = 0, end = <usize>count << 2; i < end; i += 16) {
    let fourA = v128.load(a + i);
    let fourB = v128.load(b + i);
    for (let half = 0; half < 2; half++) {
      const x = f64x2.promote_low_f32x4(fourA);
      const y = f64x2.promote_low_f32x4(fourB);
      const difference = f64x2.sub(x, y);
      const dx = f64x2.sub(x, s);
      const dy = f64x2.sub(y, t);
      sumA = f64x2.add(sumA, dx);
      sumB = f64x2.add(sumB, dy);
      squareA = f64x2.add(squareA, f64x2.mul(dx, dx));
      squareB = f64x2.add(squareB, f64x2.mul(dy, dy));
      square = f64x2.add(square, f64x2.mul(difference, difference));
      largest = f64x2.pmax(largest, f64x2.abs(difference));
      fourA = v128.shuffle<u64>(fourA, fourA, 1, 0);
      fourB = v128.shuffle<u64>(fourB, fourB, 1, 0);
    }
  }
  store<f64>(state, load<f64>(state) + <f64>count);
  add(state + 8, sumA);
  add(state + 16, sumB);
  add(state + 24, squareA);
  add(state + 32, squareB);
  add(state + 40, square);
  const most = max<f64>(f64x2.extract_lane(largest, 0), f64x2.extract_lane(largest, 1));
  store<f64>(state, max<f64>(load<f64>(state, 48), most), 48);
}

function sumSinglesOneByOne(a: usize, b: usize, count: u32, state: usize): void {
  for (let i: usize = 0, end = <usize>count << 2; i < end; i += 4) {
    sumOne(<f64>load<f32>(a + i), <f64>load<f32>(b + i), state);
  }
}

/** Adds `count` pairs of 64-bit floats. */
export function sumDoubles(a: usize, b: usize, count: u32, state: usize): void {
  for (let i: usize = 0, end = <usize>count << 3; i < end; i += 8) {
    sumOne(load<f64>(a + i), load<f64>(b + i), state);
  }
}

function sumOne(x: f64, y: f64, state: usize): void {
  if (!isFinite(x) || !isFinite(y)) {
    store<f64>(state, load<f64>(state, 56) + 1, 56);
    return;
  }
  const dx = x - load<f64>(state, 64);
  const dy = y - load<f64>(state, 72);
  const difference = x - y;
  store<f64>(state, load<f64>(state) + 1);
  store<f64>(state, load<f64>(state, 8) + dx, 8);
  store<f64>(state, load<f64>(state, 16) + dy, 16);
  store<f64>(state, load<f64>(state, 24) + dx * dx, 24);
  store<f64>(state, load<f64>(state, 32) + dy * dy, 32);
  store<f64>(state, load<f64>(state, 40) + difference * difference, 40);
  store<f64>(state, max<f64>(load<f64>(state, 48), abs<f64>(difference)), 48);
}

function add(at: usize, lanes: v128): void {
  const sum = f64x2.extract_lane(lanes, 0) + f64x2.extract_lane(lanes, 1);
  store<f64>(at, load<f64>(at) + sum);
}

/** Number of bits that differ in `bytes` bytes at `a` and `b`. */
export function differingBits(a: usize, b: usize, bytes: u32): u64 {
  const end = <usize>bytes;
  const vectors = end & ~15;
  let bits: u64 = 0;
  let i: usize = 0;
  while (i < vectors) {
    // 31 bytes of at most 8 bits each fit in a lane.
    const stop = min<usize>(vectors, i + 31 * 16);
    let lanes = i8x16.splat(0);
    for (; i < stop; i += 16) {
      const differ = v128.xor(v128.load(a + i), v128.load(b + i));
      lanes = i8x16.add(lanes, i8x16.popcnt(differ));
    }
    const fours = i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(lanes));
    bits += <u64>(i32x4.extract_lane(fours, 0) + i32x4.extract_lane(fours, 1));
    bits += <u64>(i32x4.extract_lane(fours, 2) + i32x4.extract_lane(fours, 3));
  }
  for (; i < end; i++) bits += <u64>popcnt<u32>(load<u8>(a + i) ^ load<u8>(b + i));
  return bits;
}
