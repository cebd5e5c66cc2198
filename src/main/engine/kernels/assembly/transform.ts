/**
 * Reversible transforms of plain elements of 1, 2, 4 or 8 bytes. Planes are plane-major: plane p,
 * byte p of every little-endian element, begins at p * elements. Inputs and output never overlap,
 * unless a function says so; none needs alignment. `../reference/transform.ts` is the slow twin.
 */

import { mergeWords, splitWords } from './split';

const BLOCK_BYTES: u32 = 4096;
/** Words between two steps. */
const BLOCK: usize = memory.data(4096, 16);
/** A last vector that is not whole, and its base. */
const REST: usize = memory.data(32, 16);

/**
 * Splits elements into planes; `rotate` 1 moves the highest bit (a float's sign) to the lowest place
 * first.
 */
export function splitPlanes(
  width: u32,
  rotate: u32,
  from: usize,
  elements: u32,
  to: usize,
): void {
  if (rotate == 0) {
    splitWords(width, from, elements, to, elements);
    return;
  }
  const step = BLOCK_BYTES / width;
  for (let done: u32 = 0; done < elements; done += step) {
    const count = min<u32>(step, elements - done);
    rotateWords(width, from + <usize>(done * width), count, BLOCK);
    splitWords(width, BLOCK, count, to + <usize>done, elements);
  }
}

/** The inverse of `splitPlanes`. */
export function mergePlanes(
  width: u32,
  rotate: u32,
  from: usize,
  elements: u32,
  to: usize,
): void {
  const step = BLOCK_BYTES / width;
  for (let done: u32 = 0; done < elements; done += step) {
    const count = min<u32>(step, elements - done);
    const at = to + <usize>(done * width);
    mergeWords(width, from + <usize>done, elements, count, at);
    if (rotate != 0) unrotateWords(width, at, count, at);
  }
}

/**
 * Planes of the elements' differences from those at `base`. `ordered` 1: floats, whose bits become
 * ordered integers, v ^ ((v >> n - 1) & 0x7f…); 0: integers. Modulo 2^n, zigzag.
 */
export function deltaPlanes(
  width: u32,
  ordered: u32,
  element: usize,
  base: usize,
  elements: u32,
  to: usize,
): void {
  const step = BLOCK_BYTES / width;
  for (let done: u32 = 0; done < elements; done += step) {
    const count = min<u32>(step, elements - done);
    const at = <usize>(done * width);
    deltaWords(width, ordered, element + at, base + at, count, BLOCK);
    splitWords(width, BLOCK, count, to + <usize>done, elements);
  }
}

/** The inverse of `deltaPlanes`: elements from planes and base. */
export function undoDelta(
  width: u32,
  ordered: u32,
  from: usize,
  base: usize,
  elements: u32,
  to: usize,
): void {
  const step = BLOCK_BYTES / width;
  for (let done: u32 = 0; done < elements; done += step) {
    const count = min<u32>(step, elements - done);
    const at = <usize>(done * width);
    mergeWords(width, from + <usize>done, elements, count, BLOCK);
    undeltaWords(width, ordered, BLOCK, base + at, count, to + at);
  }
}

/** Bits of a ^ b; `to` may be either. */
export function xorBytes(a: usize, b: usize, length: u32, to: usize): void {
  const whole = <usize>(length & ~15);
  for (let i: usize = 0; i < whole; i += 16) {
    v128.store(to + i, v128.xor(v128.load(a + i), v128.load(b + i)));
  }
  for (let i = whole; i < <usize>length; i++) {
    store<u8>(to + i, load<u8>(a + i) ^ load<u8>(b + i));
  }
}

/**
 * Elements that two bases predict, in ordered integers as of `deltaPlanes`, of n bits, two's
 * complement. Mode 0: 2a - b modulo 2^n, the line from b through a; mode 1: (a + b) / 2 rounded
 * down, of the whole sum.
 */
export function predictTwo(
  mode: u32,
  width: u32,
  ordered: u32,
  a: usize,
  b: usize,
  elements: u32,
  to: usize,
): void {
  if (width == 4) predict<i32, u32>(mode, ordered, a, b, elements, to);
  else if (width == 2) predict<i16, u16>(mode, ordered, a, b, elements, to);
  else if (width == 1) predict<i8, u8>(mode, ordered, a, b, elements, to);
  else predict<i64, u64>(mode, ordered, a, b, elements, to);
}

function predict<S, U>(mode: u32, ordered: u32, a: usize, b: usize, count: u32, to: usize): void {
  const order = orderOf<S, U>(ordered);
  const bytes = <usize>count * sizeof<S>();
  const whole = bytes & ~15;
  for (let i: usize = 0; i < whole; i += 16) {
    v128.store(to + i, predicted<S>(mode, v128.load(a + i), v128.load(b + i), order));
  }
  if (whole == bytes) return;
  memory.copy(REST, a + whole, bytes - whole);
  memory.copy(REST + 16, b + whole, bytes - whole);
  v128.store(REST, predicted<S>(mode, v128.load(REST), v128.load(REST, 16), order));
  memory.copy(to + whole, REST, bytes - whole);
}

// @ts-ignore: AssemblyScript's own decorator, which TypeScript does not know.
@inline
function predicted<S>(mode: u32, a: v128, b: v128, order: v128): v128 {
  const x = orderedOf<S>(a, order);
  const y = orderedOf<S>(b, order);
  if (mode == 0) return orderedOf<S>(v128.sub<S>(v128.add<S>(x, x), y), order);
  // The sum's carry never comes up: a + b = 2 (a & b) + (a ^ b).
  return orderedOf<S>(v128.add<S>(v128.and(x, y), v128.shr<S>(v128.xor(x, y), 1)), order);
}

// Words: each step over elements that stay what they are in number and width.

function rotateWords(width: u32, from: usize, count: u32, to: usize): void {
  if (width == 4) rotate<i32>(from, count, to);
  else if (width == 2) rotate<i16>(from, count, to);
  else if (width == 1) rotate<i8>(from, count, to);
  else rotate<i64>(from, count, to);
}

function rotate<S>(from: usize, count: u32, to: usize): void {
  const bytes = <usize>count * sizeof<S>();
  const whole = bytes & ~15;
  for (let i: usize = 0; i < whole; i += 16) {
    v128.store(to + i, rotated<S>(v128.load(from + i)));
  }
  if (whole == bytes) return;
  memory.copy(REST, from + whole, bytes - whole);
  v128.store(REST, rotated<S>(v128.load(REST)));
  memory.copy(to + whole, REST, bytes - whole);
}

// @ts-ignore: AssemblyScript's own decorator, which TypeScript does not know.
@inline
function rotated<S>(x: v128): v128 {
  return v128.sub<S>(v128.add<S>(x, x), v128.lt<S>(x, v128.splat<S>(<S>0)));
}

/** `to` may be `from`. */
function unrotateWords(width: u32, from: usize, count: u32, to: usize): void {
  if (width == 4) unrotate<i32, u32>(from, count, to);
  else if (width == 2) unrotate<i16, u16>(from, count, to);
  else if (width == 1) unrotate<i8, u8>(from, count, to);
  else unrotate<i64, u64>(from, count, to);
}

function unrotate<S, U>(from: usize, count: u32, to: usize): void {
  const bytes = <usize>count * sizeof<S>();
  const whole = bytes & ~15;
  for (let i: usize = 0; i < whole; i += 16) {
    v128.store(to + i, unrotated<S, U>(v128.load(from + i)));
  }
  if (whole == bytes) return;
  memory.copy(REST, from + whole, bytes - whole);
  v128.store(REST, unrotated<S, U>(v128.load(REST)));
  memory.copy(to + whole, REST, bytes - whole);
}

// @ts-ignore: AssemblyScript's own decorator, which TypeScript does not know.
@inline
function unrotated<S, U>(x: v128): v128 {
  return v128.or(v128.shr<U>(x, 1), v128.shl<S>(x, sizeof<S>() * 8 - 1));
}

/** Zigzag differences as of `deltaPlanes`. */
export function deltaWords(
  width: u32,
  ordered: u32,
  element: usize,
  base: usize,
  count: u32,
  to: usize,
): void {
  if (width == 4) delta<i32, u32>(ordered, element, base, count, to);
  else if (width == 2) delta<i16, u16>(ordered, element, base, count, to);
  else if (width == 1) delta<i8, u8>(ordered, element, base, count, to);
  else delta<i64, u64>(ordered, element, base, count, to);
}

function delta<S, U>(ordered: u32, element: usize, base: usize, count: u32, to: usize): void {
  const order = orderOf<S, U>(ordered);
  const bytes = <usize>count * sizeof<S>();
  const whole = bytes & ~15;
  for (let i: usize = 0; i < whole; i += 16) {
    v128.store(to + i, zigzag<S>(v128.load(element + i), v128.load(base + i), order));
  }
  if (whole == bytes) return;
  memory.copy(REST, element + whole, bytes - whole);
  memory.copy(REST + 16, base + whole, bytes - whole);
  v128.store(REST, zigzag<S>(v128.load(REST), v128.load(REST, 16), order));
  memory.copy(to + whole, REST, bytes - whole);
}

/** What turns the bits of a negative float into an ordered integer; nothing of integers. */
// @ts-ignore: AssemblyScript's own decorator, which TypeScript does not know.
@inline
export function orderOf<S, U>(ordered: u32): v128 {
  return ordered == 0 ? v128.splat<S>(<S>0) : v128.shr<U>(v128.splat<S>(<S>-1), 1);
}

/** Bits of floats as ordered integers, or ordered integers as the floats' bits. */
// @ts-ignore: AssemblyScript's own decorator, which TypeScript does not know.
@inline
function orderedOf<S>(x: v128, order: v128): v128 {
  return v128.xor(x, v128.and(v128.lt<S>(x, v128.splat<S>(<S>0)), order));
}

// @ts-ignore: AssemblyScript's own decorator, which TypeScript does not know.
@inline
export function zigzag<S>(x: v128, y: v128, order: v128): v128 {
  const difference = v128.sub<S>(orderedOf<S>(x, order), orderedOf<S>(y, order));
  const sign = v128.lt<S>(difference, v128.splat<S>(<S>0));
  return v128.xor(v128.add<S>(difference, difference), sign);
}

/** The inverse of `deltaWords`: elements from differences and base. `to` may be `from`. */
export function undeltaWords(
  width: u32,
  ordered: u32,
  from: usize,
  base: usize,
  count: u32,
  to: usize,
): void {
  if (width == 4) undelta<i32, u32>(ordered, from, base, count, to);
  else if (width == 2) undelta<i16, u16>(ordered, from, base, count, to);
  else if (width == 1) undelta<i8, u8>(ordered, from, base, count, to);
  else undelta<i64, u64>(ordered, from, base, count, to);
}

function undelta<S, U>(ordered: u32, from: usize, base: usize, count: u32, to: usize): void {
  const order = orderOf<S, U>(ordered);
  const bytes = <usize>count * sizeof<S>();
  const whole = bytes & ~15;
  for (let i: usize = 0; i < whole; i += 16) {
    v128.store(to + i, unzigzag<S, U>(v128.load(from + i), v128.load(base + i), order));
  }
  if (whole == bytes) return;
  memory.copy(REST, from + whole, bytes - whole);
  memory.copy(REST + 16, base + whole, bytes - whole);
  v128.store(REST, unzigzag<S, U>(v128.load(REST), v128.load(REST, 16), order));
  memory.copy(to + whole, REST, bytes - whole);
}

// @ts-ignore: AssemblyScript's own decorator, which TypeScript does not know.
@inline
function unzigzag<S, U>(z: v128, y: v128, order: v128): v128 {
  const sign = v128.neg<S>(v128.and(z, v128.splat<S>(<S>1)));
  const difference = v128.xor(v128.shr<U>(z, 1), sign);
  return orderedOf<S>(v128.add<S>(difference, orderedOf<S>(y, order)), order);
}
