/** Bytes of words to planes and back; plane p begins at p * stride. */

/** Writes the planes of `count` words of `width` bytes. */
export function splitWords(width: u32, from: usize, count: u32, to: usize, stride: usize): void {
  const whole = <usize>(count & ~15);
  if (width == 1) {
    memory.copy(to, from, <usize>count);
    return;
  }
  if (width == 2) splitTwo(from, whole, to, stride);
  else if (width == 4) splitFour(from, whole, to, stride);
  else splitEight(from, whole, to, stride);
  for (let i = whole; i < <usize>count; i++) {
    for (let plane: usize = 0; plane < <usize>width; plane++) {
      store<u8>(to + plane * stride + i, load<u8>(from + i * width + plane));
    }
  }
}

function splitTwo(from: usize, count: usize, to: usize, stride: usize): void {
  for (let i: usize = 0; i < count; i += 16) {
    const a = v128.load(from + (i << 1));
    const b = v128.load(from + (i << 1), 16);
    v128.store(
      to + i,
      i8x16.shuffle(a, b, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30),
    );
    v128.store(
      to + stride + i,
      i8x16.shuffle(a, b, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31),
    );
  }
}

function splitFour(from: usize, count: usize, to: usize, stride: usize): void {
  for (let i: usize = 0; i < count; i += 16) {
    const at = from + (i << 2);
    storeFour(
      v128.load(at),
      v128.load(at, 16),
      v128.load(at, 32),
      v128.load(at, 48),
      to + i,
      stride,
    );
  }
}

function splitEight(from: usize, count: usize, to: usize, stride: usize): void {
  for (let i: usize = 0; i < count; i += 16) {
    const at = from + (i << 3);
    const a = v128.load(at);
    const b = v128.load(at, 16);
    const c = v128.load(at, 32);
    const d = v128.load(at, 48);
    const e = v128.load(at, 64);
    const f = v128.load(at, 80);
    const g = v128.load(at, 96);
    const h = v128.load(at, 112);
    storeFour(lowHalves(a, b), lowHalves(c, d), lowHalves(e, f), lowHalves(g, h), to + i, stride);
    storeFour(
      highHalves(a, b),
      highHalves(c, d),
      highHalves(e, f),
      highHalves(g, h),
      to + (stride << 2) + i,
      stride,
    );
  }
}

// @ts-ignore: AssemblyScript's own decorator, which TypeScript does not know.
@inline
function lowHalves(a: v128, b: v128): v128 {
  return v128.shuffle<i32>(a, b, 0, 2, 4, 6);
}

// @ts-ignore: AssemblyScript's own decorator, which TypeScript does not know.
@inline
function highHalves(a: v128, b: v128): v128 {
  return v128.shuffle<i32>(a, b, 1, 3, 5, 7);
}

/** Planes of sixteen words of four bytes. */
// @ts-ignore: AssemblyScript's own decorator, which TypeScript does not know.
@inline
function storeFour(a: v128, b: v128, c: v128, d: v128, to: usize, stride: usize): void {
  const p = gathered(a);
  const q = gathered(b);
  const r = gathered(c);
  const s = gathered(d);
  const lowA = v128.shuffle<i32>(p, q, 0, 4, 1, 5);
  const lowB = v128.shuffle<i32>(r, s, 0, 4, 1, 5);
  const highA = v128.shuffle<i32>(p, q, 2, 6, 3, 7);
  const highB = v128.shuffle<i32>(r, s, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<i64>(lowA, lowB, 0, 2));
  v128.store(to + stride, v128.shuffle<i64>(lowA, lowB, 1, 3));
  v128.store(to + (stride << 1), v128.shuffle<i64>(highA, highB, 0, 2));
  v128.store(to + stride * 3, v128.shuffle<i64>(highA, highB, 1, 3));
}

/** The bytes of four words by their place in the word. */
// @ts-ignore: AssemblyScript's own decorator, which TypeScript does not know.
@inline
function gathered(x: v128): v128 {
  return i8x16.shuffle(x, x, 0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
}

/** The inverse of `splitWords`. */
export function mergeWords(width: u32, from: usize, stride: usize, count: u32, to: usize): void {
  const whole = <usize>(count & ~15);
  if (width == 1) {
    memory.copy(to, from, <usize>count);
    return;
  }
  if (width == 2) mergeTwo(from, stride, whole, to);
  else if (width == 4) mergeFour(from, stride, whole, to);
  else mergeEight(from, stride, whole, to);
  for (let i = whole; i < <usize>count; i++) {
    for (let plane: usize = 0; plane < <usize>width; plane++) {
      store<u8>(to + i * width + plane, load<u8>(from + plane * stride + i));
    }
  }
}

function mergeTwo(from: usize, stride: usize, count: usize, to: usize): void {
  for (let i: usize = 0; i < count; i += 16) {
    const low = v128.load(from + i);
    const high = v128.load(from + stride + i);
    v128.store(to + (i << 1), firstBytes(low, high));
    v128.store(to + (i << 1), lastBytes(low, high), 16);
  }
}

function mergeFour(from: usize, stride: usize, count: usize, to: usize): void {
  for (let i: usize = 0; i < count; i += 16) {
    const a = v128.load(from + i);
    const b = v128.load(from + stride + i);
    const c = v128.load(from + (stride << 1) + i);
    const d = v128.load(from + stride * 3 + i);
    const at = to + (i << 2);
    const firstLow = firstBytes(a, b);
    const firstHigh = firstBytes(c, d);
    v128.store(at, firstPairs(firstLow, firstHigh));
    v128.store(at, lastPairs(firstLow, firstHigh), 16);
    const lastLow = lastBytes(a, b);
    const lastHigh = lastBytes(c, d);
    v128.store(at, firstPairs(lastLow, lastHigh), 32);
    v128.store(at, lastPairs(lastLow, lastHigh), 48);
  }
}

function mergeEight(from: usize, stride: usize, count: usize, to: usize): void {
  for (let i: usize = 0; i < count; i += 16) {
    const low = from + i;
    const high = low + (stride << 2);
    const a = v128.load(low);
    const b = v128.load(low + stride);
    const c = v128.load(low + (stride << 1));
    const d = v128.load(low + stride * 3);
    const e = v128.load(high);
    const f = v128.load(high + stride);
    const g = v128.load(high + (stride << 1));
    const h = v128.load(high + stride * 3);
    const at = to + (i << 3);
    storeEight(firstBytes(a, b), firstBytes(c, d), firstBytes(e, f), firstBytes(g, h), at);
    storeEight(lastBytes(a, b), lastBytes(c, d), lastBytes(e, f), lastBytes(g, h), at + 64);
  }
}

/** Eight words of eight bytes from their pairs of bytes, the lowest first. */
// @ts-ignore: AssemblyScript's own decorator, which TypeScript does not know.
@inline
function storeEight(a: v128, b: v128, c: v128, d: v128, to: usize): void {
  const firstLow = firstPairs(a, b);
  const firstHigh = firstPairs(c, d);
  v128.store(to, v128.shuffle<i32>(firstLow, firstHigh, 0, 4, 1, 5));
  v128.store(to, v128.shuffle<i32>(firstLow, firstHigh, 2, 6, 3, 7), 16);
  const lastLow = lastPairs(a, b);
  const lastHigh = lastPairs(c, d);
  v128.store(to, v128.shuffle<i32>(lastLow, lastHigh, 0, 4, 1, 5), 32);
  v128.store(to, v128.shuffle<i32>(lastLow, lastHigh, 2, 6, 3, 7), 48);
}

// @ts-ignore: AssemblyScript's own decorator, which TypeScript does not know.
@inline
function firstBytes(a: v128, b: v128): v128 {
  return i8x16.shuffle(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
}

// @ts-ignore: AssemblyScript's own decorator, which TypeScript does not know.
@inline
function lastBytes(a: v128, b: v128): v128 {
  return i8x16.shuffle(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
}

// @ts-ignore: AssemblyScript's own decorator, which TypeScript does not know.
@inline
function firstPairs(a: v128, b: v128): v128 {
  return v128.shuffle<i16>(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
}

// @ts-ignore: AssemblyScript's own decorator, which TypeScript does not know.
@inline
function lastPairs(a: v128, b: v128): v128 {
  return v128.shuffle<i16>(a, b, 4, 12, 5, 13, 6, 14, 7, 15);
}
