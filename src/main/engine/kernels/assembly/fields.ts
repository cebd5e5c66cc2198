/** Fields of quantised blocks, and differences of what is packed into their bytes. */

/** Copies the `length` bytes at `from` of each of `count` blocks of `stride` bytes, back to back. */
export function gatherField(
  from: usize,
  stride: u32,
  length: u32,
  count: u32,
  to: usize,
): void {
  for (let block: u32 = 0; block < count; block++) {
    copyField(from + <usize>block * <usize>stride, to + <usize>block * <usize>length, length);
  }
}

/** The inverse of `gatherField`: puts fields at `to` of each block, and nothing beside them. */
export function scatterField(
  from: usize,
  length: u32,
  count: u32,
  to: usize,
  stride: u32,
): void {
  for (let block: u32 = 0; block < count; block++) {
    copyField(from + <usize>block * <usize>length, to + <usize>block * <usize>stride, length);
  }
}

// @ts-ignore: AssemblyScript's own decorator, which TypeScript does not know.
@inline
function copyField(from: usize, to: usize, length: u32): void {
  let i: usize = 0;
  const end = <usize>length;
  for (; i + 16 <= end; i += 16) v128.store(to + i, v128.load(from + i));
  for (; i + 4 <= end; i += 4) store<u32>(to + i, load<u32>(from + i));
  for (; i < end; i++) store<u8>(to + i, load<u8>(from + i));
}

/**
 * a - b, each lane of a byte by itself; `top` is the highest bit of every lane: 0x80 whole bytes,
 * 0x88 halves, 0xaa pairs of bits, 0xff bits. `to` may be either.
 */
export function subtractLanes(a: usize, b: usize, length: u32, top: u32, to: usize): void {
  const tops = i8x16.splat(<i8>top);
  const whole = <usize>(length & ~15);
  for (let i: usize = 0; i < whole; i += 16) {
    v128.store(to + i, lanesLess(v128.load(a + i), v128.load(b + i), tops));
  }
  for (let i = whole; i < <usize>length; i++) {
    const x = i8x16.splat(load<i8>(a + i));
    store<i8>(to + i, i8x16.extract_lane_s(lanesLess(x, i8x16.splat(load<i8>(b + i)), tops), 0));
  }
}

/** a + b, as `subtractLanes`: its inverse. */
export function addLanes(a: usize, b: usize, length: u32, top: u32, to: usize): void {
  const tops = i8x16.splat(<i8>top);
  const whole = <usize>(length & ~15);
  for (let i: usize = 0; i < whole; i += 16) {
    v128.store(to + i, lanesMore(v128.load(a + i), v128.load(b + i), tops));
  }
  for (let i = whole; i < <usize>length; i++) {
    const x = i8x16.splat(load<i8>(a + i));
    store<i8>(to + i, i8x16.extract_lane_s(lanesMore(x, i8x16.splat(load<i8>(b + i)), tops), 0));
  }
}

/** The highest bit of each lane lends to the others, and is put right afterwards (SWAR). */
// @ts-ignore: AssemblyScript's own decorator, which TypeScript does not know.
@inline
function lanesLess(a: v128, b: v128, tops: v128): v128 {
  const rest = i8x16.sub(v128.or(a, tops), v128.andnot(b, tops));
  return v128.xor(rest, v128.and(v128.not(v128.xor(a, b)), tops));
}

// @ts-ignore: AssemblyScript's own decorator, which TypeScript does not know.
@inline
function lanesMore(a: v128, b: v128, tops: v128): v128 {
  const rest = i8x16.add(v128.andnot(a, tops), v128.andnot(b, tops));
  return v128.xor(rest, v128.and(v128.xor(a, b), tops));
}
