/**
 * Histograms of byte planes. A histogram is 256 counts of 32 bits; plane p of a little-endian
 * element holds its byte p.
 */

// @ts-ignore: AssemblyScript's own decorator, which TypeScript does not know.
@inline
function increment(at: usize): void {
  store<u32>(at, load<u32>(at) + 1);
}

/**
 * Counts the bytes of the differences of `count` elements of `width` bytes from those of `base`, by
 * the base's group: histograms of group g lie at `histograms + g * width * 1024`, one per plane.
 *
 * The bits become ordered integers, v ^ ((v >> n - 1) & order); the difference modulo 2^n, zigzag.
 * A group is (base bits >> shift) & mask; of 8 bytes it is taken less 895, within 0 … 255: the
 * exponents that a 32-bit float has, and one group on either side for all others.
 */
export function countDelta(
  width: u32,
  element: usize,
  base: usize,
  count: u32,
  order: u64,
  shift: u32,
  mask: u32,
  histograms: usize,
): void {
  if (width == 4) countDelta4(element, base, count, <i32>order, shift, mask, histograms);
  else if (width == 2) countDelta2(element, base, count, <i32>order, shift, mask, histograms);
  else if (width == 1) countDelta1(element, base, count, <i32>order, shift, mask, histograms);
  else countDelta8(element, base, count, order, shift, mask, histograms);
}

/** Elements whose addresses are found before any of them is counted. */
const BATCH: usize = 64;
/** Addresses of a batch's counts: one per element and plane, plane after plane. */
const ADDRESSES: usize = memory.data(64 * 4 * 4, 16);

/**
 * Puts into ADDRESSES, from `slot` on, where four elements count: of `bits` bits, whose difference
 * is in the highest bits of each lane; `y` is the base's bits.
 */
// @ts-ignore: AssemblyScript's own decorator, which TypeScript does not know.
@inline
function addressFour(
  slot: usize,
  difference: v128,
  y: v128,
  bits: i32,
  shift: u32,
  mask: u32,
  to: usize,
): void {
  const folded = v128.xor(i32x4.shl(difference, 1), i32x4.shr_s(difference, 31));
  const z = i32x4.shr_u(folded, 32 - bits);
  const group = v128.and(i32x4.shr_u(y, shift), i32x4.splat(mask));
  const at = i32x4.add(i32x4.shl(group, bits == 32 ? 12 : 11), i32x4.splat(<i32>to));
  const bytes = i32x4.splat(0x3fc);
  v128.store(slot, i32x4.add(at, v128.and(i32x4.shl(z, 2), bytes)));
  v128.store(slot, i32x4.add(at, v128.and(i32x4.shr_u(z, 6), bytes)), 256);
  if (bits == 32) {
    v128.store(slot, i32x4.add(at, v128.and(i32x4.shr_u(z, 14), bytes)), 512);
    v128.store(slot, i32x4.add(at, v128.and(i32x4.shr_u(z, 22), bytes)), 768);
  }
}

/** Ordered integers of four. */
// @ts-ignore: AssemblyScript's own decorator, which TypeScript does not know.
@inline
function orderedFour(bits: v128, order: v128): v128 {
  return v128.xor(bits, v128.and(i32x4.shr_s(bits, 31), order));
}

function countDelta4(
  a: usize,
  b: usize,
  count: u32,
  order: i32,
  shift: u32,
  mask: u32,
  to: usize,
): void {
  const orders = i32x4.splat(order);
  const whole = <usize>(count & ~63) << 2;
  for (let i: usize = 0; i < whole; i += BATCH << 2) {
    for (let j: usize = 0; j < BATCH << 2; j += 16) {
      const y = v128.load(b + i + j);
      const x = v128.load(a + i + j);
      const difference = i32x4.sub(orderedFour(x, orders), orderedFour(y, orders));
      addressFour(ADDRESSES + j, difference, y, 32, shift, mask, to);
    }
    for (let j: usize = ADDRESSES; j < ADDRESSES + (BATCH << 2); j += 4) incrementFour(j);
  }
  for (let i = whole, end = <usize>count << 2; i < end; i += 4) {
    const y = i32x4.splat(load<i32>(b + i));
    const x = i32x4.splat(load<i32>(a + i));
    const difference = i32x4.sub(orderedFour(x, orders), orderedFour(y, orders));
    addressFour(ADDRESSES, difference, y, 32, shift, mask, to);
    incrementFour(ADDRESSES);
  }
}

// @ts-ignore: AssemblyScript's own decorator, which TypeScript does not know.
@inline
function incrementFour(slot: usize): void {
  incrementTwo(slot);
  const two = <usize>load<u32>(slot, 512);
  store<u32>(two, load<u32>(two, 2048) + 1, 2048);
  const three = <usize>load<u32>(slot, 768);
  store<u32>(three, load<u32>(three, 3072) + 1, 3072);
}

function countDelta2(
  a: usize,
  b: usize,
  count: u32,
  order: i32,
  shift: u32,
  mask: u32,
  to: usize,
): void {
  const orders = i32x4.splat(order);
  const whole = <usize>(count & ~63) << 1;
  for (let i: usize = 0; i < whole; i += BATCH << 1) {
    for (let j: usize = 0; j < BATCH << 1; j += 8) {
      const y = v128.load_ext<i16>(b + i + j);
      const x = v128.load_ext<i16>(a + i + j);
      const difference = i32x4.sub(orderedFour(x, orders), orderedFour(y, orders));
      addressFour(ADDRESSES + (j << 1), i32x4.shl(difference, 16), y, 16, shift, mask, to);
    }
    for (let j: usize = ADDRESSES; j < ADDRESSES + (BATCH << 2); j += 4) incrementTwo(j);
  }
  for (let i = whole, end = <usize>count << 1; i < end; i += 2) {
    const y = i32x4.splat(<i32>load<i16>(b + i));
    const x = i32x4.splat(<i32>load<i16>(a + i));
    const difference = i32x4.sub(orderedFour(x, orders), orderedFour(y, orders));
    addressFour(ADDRESSES, i32x4.shl(difference, 16), y, 16, shift, mask, to);
    incrementTwo(ADDRESSES);
  }
}

// @ts-ignore: AssemblyScript's own decorator, which TypeScript does not know.
@inline
function incrementTwo(slot: usize): void {
  const zero = <usize>load<u32>(slot);
  store<u32>(zero, load<u32>(zero) + 1);
  const one = <usize>load<u32>(slot, 256);
  store<u32>(one, load<u32>(one, 1024) + 1, 1024);
}

function countDelta1(
  a: usize,
  b: usize,
  count: u32,
  order: i32,
  shift: u32,
  mask: u32,
  to: usize,
): void {
  for (let i: usize = 0, end = <usize>count; i < end; i++) {
    const x = <i32>load<i8>(a + i);
    const y = <i32>load<i8>(b + i);
    const difference = ((x ^ ((x >> 31) & order)) - (y ^ ((y >> 31) & order))) << 24;
    const z = <u32>(((difference << 1) ^ (difference >> 31)) >>> 24);
    increment(to + (<usize>((<u32>y >> shift) & mask) << 10) + (<usize>(z & 0xff) << 2));
  }
}

function countDelta8(
  a: usize,
  b: usize,
  count: u32,
  order: i64,
  shift: u32,
  mask: u32,
  to: usize,
): void {
  for (let i: usize = 0, end = <usize>count << 3; i < end; i += 8) {
    const x = load<i64>(a + i);
    const y = load<i64>(b + i);
    const difference = (x ^ ((x >> 63) & order)) - (y ^ ((y >> 63) & order));
    let z = <u64>((difference << 1) ^ (difference >> 63));
    const exponent = <i32>((<u64>y >> (<u64>shift)) & <u64>mask);
    let at = to + (<usize>max<i32>(0, min<i32>(255, exponent - 895)) << 13);
    for (let plane = 0; plane < 8; plane++) {
      increment(at + (<usize>(z & 0xff) << 2));
      z >>= 8;
      at += 1024;
    }
  }
}

/** Histograms of every other element, so that equal bytes in a row do not wait for one another. */
const OTHER: usize = memory.data(2048, 16);

/**
 * Counts the bytes of `count` elements of `width` bytes, one histogram per plane; `rotate` 1 moves
 * the highest bit (a float's sign) to the lowest place first, 0 leaves the bits as they are.
 */
export function countPlanes(
  width: u32,
  from: usize,
  count: u32,
  rotate: u32,
  histograms: usize,
): void {
  const end = from + <usize>(count * width);
  if (width == 4) {
    for (let at = from; at < end; at += 4) {
      const x = rotl<u32>(load<u32>(at), rotate);
      increment(histograms + (<usize>(x & 0xff) << 2));
      increment(histograms + 1024 + (<usize>((x >> 8) & 0xff) << 2));
      increment(histograms + 2048 + (<usize>((x >> 16) & 0xff) << 2));
      increment(histograms + 3072 + (<usize>(x >> 24) << 2));
    }
  } else if (width == 2) {
    countPlanes2(from, count, rotate, histograms);
  } else if (width == 1) {
    for (let at = from; at < end; at++) {
      increment(histograms + (<usize>rotl<u8>(load<u8>(at), <u8>rotate) << 2));
    }
  } else {
    for (let at = from; at < end; at += 8) {
      let x = rotl<u64>(load<u64>(at), <u64>rotate);
      for (let plane: usize = 0; plane < 8192; plane += 1024) {
        increment(histograms + plane + (<usize>(x & 0xff) << 2));
        x >>= 8;
      }
    }
  }
}

function countPlanes2(from: usize, count: u32, rotate: u32, histograms: usize): void {
  const whole = from + (<usize>(count & ~3) << 1);
  const low: u64 = rotate ? 0x0001_0001_0001_0001 : 0;
  memory.fill(OTHER, 0, 2048);
  for (let at = from; at < whole; at += 8) {
    const bits = load<u64>(at);
    const x = ((bits << (<u64>rotate)) & ~low) | ((bits >> 15) & low);
    increment(histograms + (<usize>(x & 0xff) << 2));
    increment(histograms + 1024 + (<usize>((x >> 8) & 0xff) << 2));
    increment(OTHER + (<usize>((x >> 16) & 0xff) << 2));
    increment(OTHER + 1024 + (<usize>((x >> 24) & 0xff) << 2));
    increment(histograms + (<usize>((x >> 32) & 0xff) << 2));
    increment(histograms + 1024 + (<usize>((x >> 40) & 0xff) << 2));
    increment(OTHER + (<usize>((x >> 48) & 0xff) << 2));
    increment(OTHER + 1024 + (<usize>(x >> 56) << 2));
  }
  for (let at = whole, end = from + (<usize>count << 1); at < end; at += 2) {
    const x = <u32>rotl<u16>(load<u16>(at), <u16>rotate);
    increment(histograms + (<usize>(x & 0xff) << 2));
    increment(histograms + 1024 + (<usize>(x >> 8) << 2));
  }
  for (let i: usize = 0; i < 2048; i += 16) {
    v128.store(histograms + i, i32x4.add(v128.load(histograms + i), v128.load(OTHER + i)));
  }
}

/** Counts the bytes of whole blocks by their position in the block: one histogram per position. */
export function countBlocks(from: usize, blocks: u32, blockBytes: u32, histograms: usize): void {
  let at = from;
  for (let block: u32 = 0; block < blocks; block++) {
    for (let i: u32 = 0; i < blockBytes; i++, at++) {
      increment(histograms + (<usize>i << 10) + (<usize>load<u8>(at) << 2));
    }
  }
}

/**
 * As `countBlocks`, of the differences from `base`: modulo 256 of whole bytes where `low` is 0xff,
 * modulo 16 of the halves of each byte where it is 0x0f.
 */
export function countBlockDelta(
  element: usize,
  base: usize,
  blocks: u32,
  blockBytes: u32,
  low: u32,
  histograms: usize,
): void {
  const high = ~low & 0xff;
  let at: usize = 0;
  for (let block: u32 = 0; block < blocks; block++) {
    for (let i: u32 = 0; i < blockBytes; i++, at++) {
      const x = <u32>load<u8>(element + at);
      const y = <u32>load<u8>(base + at);
      const z = (((x & low) - (y & low)) & low) | (((x & high) - (y & high)) & high);
      increment(histograms + (<usize>i << 10) + (<usize>z << 2));
    }
  }
}

/**
 * Elements in each of `groups` groups of `width` histograms, to `to` as 32-bit integers: the sum of
 * each group's first histogram.
 */
export function groupSizes(histograms: usize, width: u32, groups: u32, to: usize): void {
  const groupBytes = <usize>width << 10;
  for (let group: usize = 0; group < <usize>groups; group++) {
    store<u32>(to + (group << 2), countOf(histograms + group * groupBytes));
  }
}

function countOf(histogram: usize): u32 {
  let sums = i32x4.splat(0);
  for (let i: usize = 0; i < 1024; i += 16) sums = i32x4.add(sums, v128.load(histogram + i));
  const even = i32x4.extract_lane(sums, 0) + i32x4.extract_lane(sums, 2);
  return <u32>(even + i32x4.extract_lane(sums, 1) + i32x4.extract_lane(sums, 3));
}
