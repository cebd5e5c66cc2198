/**
 * What rANS codes: tokens of elements, and the level (context) that each is coded in.
 * `../reference/rans.ts` is the slow twin.
 *
 * Differences: bits become ordered integers, v ^ ((v >> n - 1) & 0x7f…); the difference from the base
 * modulo 2^n, negated where the base is negative, so that its lowest zigzag bit says towards or away
 * from zero. A zigzag value below 16 is its own token; above, a token names the value's bit length,
 * its next two bits, and its lowest: 16 + 8 (length - 5) + 2 (next two) + lowest.
 *
 * Elements alone: signs rotated to the lowest place. The magnitude's bits above `drop` are its top;
 * token 1 is zero, token t >= 2 the top `origin + t - 1`, token 0 anything else.
 */

/** Writes tokens, and each element's zigzag difference over the element itself. */
export function differenceTokens(
  width: u32,
  elements: usize,
  base: usize,
  count: u32,
  tokens: usize,
): void {
  const whole = <usize>(count & ~7);
  if (width == 2) {
    for (let i: usize = 0; i < whole; i += 8) {
      const at = elements + (i << 1);
      const from = base + (i << 1);
      const a = zigzagFour(v128.load_ext<i16>(at), v128.load_ext<i16>(from), 16);
      const b = zigzagFour(v128.load_ext<i16>(at, 8), v128.load_ext<i16>(from, 8), 16);
      v128.store(at, i16x8.narrow_i32x4_u(a, b));
      putTokens(a, b, tokens + i);
    }
    for (let i = whole; i < <usize>count; i++) {
      const at = elements + (i << 1);
      const z = zigzagFour(i32x4.splat(load<i16>(at)), i32x4.splat(load<i16>(base + (i << 1))), 16);
      store<u16>(at, i32x4.extract_lane(z, 0));
      store<u8>(tokens + i, i32x4.extract_lane(tokensOfFour(z), 0));
    }
    return;
  }
  for (let i: usize = 0; i < whole; i += 8) {
    const at = elements + (i << 2);
    const from = base + (i << 2);
    const a = zigzagFour(v128.load(at), v128.load(from), 32);
    const b = zigzagFour(v128.load(at, 16), v128.load(from, 16), 32);
    v128.store(at, a);
    v128.store(at, b, 16);
    putTokens(a, b, tokens + i);
  }
  for (let i = whole; i < <usize>count; i++) {
    const at = elements + (i << 2);
    const z = zigzagFour(v128.load_splat<i32>(at), v128.load_splat<i32>(base + (i << 2)), 32);
    store<u32>(at, i32x4.extract_lane(z, 0));
    store<u8>(tokens + i, i32x4.extract_lane(tokensOfFour(z), 0));
  }
}

/** Zigzag differences of four elements of `bits` bits, which their lanes hold with their sign. */
// @ts-ignore: AssemblyScript's own decorator, which TypeScript does not know.
@inline
function zigzagFour(x: v128, y: v128, bits: i32): v128 {
  const order = i32x4.splat(bits == 16 ? 0x7fff : 0x7fff_ffff);
  const signX = i32x4.shr_s(x, 31);
  const sign = i32x4.shr_s(y, 31);
  const orderedX = v128.xor(x, v128.and(signX, order));
  const orderedY = v128.xor(y, v128.and(sign, order));
  const turned = i32x4.sub(v128.xor(i32x4.sub(orderedX, orderedY), sign), sign);
  const high = i32x4.shl(turned, 32 - bits);
  return i32x4.shr_u(v128.xor(i32x4.shl(high, 1), i32x4.shr_s(high, 31)), 32 - bits);
}

/**
 * Tokens of four values: a single's exponent and highest mantissa bits are a token's. Below its 16
 * highest bits a value loses the bits that could carry when it is rounded to a single.
 */
// @ts-ignore: AssemblyScript's own decorator, which TypeScript does not know.
@inline
function tokensOfFour(z: v128): v128 {
  const single = f32x4.convert_i32x4_u(v128.andnot(z, i32x4.shr_u(z, 16)));
  const twice = i32x4.shl(i32x4.shr_u(single, 21), 1);
  const sign = v128.and(z, i32x4.splat(1));
  const token = i32x4.add(i32x4.sub(twice, i32x4.splat(1032)), sign);
  const isLarge = i32x4.gt_u(z, i32x4.splat(15));
  return v128.bitselect(token, z, isLarge);
}

// @ts-ignore: AssemblyScript's own decorator, which TypeScript does not know.
@inline
function putTokens(a: v128, b: v128, to: usize): void {
  const words = i16x8.narrow_i32x4_u(tokensOfFour(a), tokensOfFour(b));
  v128.store64_lane(to, i8x16.narrow_i16x8_u(words, words), 0);
}

/** Writes tokens, and each element's bits with the sign lowest over the element itself. */
export function magnitudeTokens(
  width: u32,
  elements: usize,
  count: u32,
  drop: u32,
  origin: i32,
  tokens: usize,
): void {
  for (let i: usize = 0; i < <usize>count; i++) {
    let bits: u32;
    if (width == 2) {
      const at = elements + (i << 1);
      bits = <u32>rotl<u16>(load<u16>(at), 1);
      store<u16>(at, bits);
    } else {
      const at = elements + (i << 2);
      bits = rotl<u32>(load<u32>(at), 1);
      store<u32>(at, bits);
    }
    const magnitude = bits >> 1;
    const above = <i32>(magnitude >> drop) - origin;
    store<u8>(tokens + i, above > 0 ? min(above + 1, 256) & 0xff : magnitude == 0 ? 1 : 0);
  }
}

/**
 * Levels of elements `from` … `to`, as `map` (256 bytes) names them: the base's exponent
 * (bits >> shift & mask) times 2^scale, less the offsets (i16) of its row and of its column, within
 * 0 … 255. `base` holds element `from` first; base 0: exponents of 0. `stride` 0: no offsets.
 */
export function exponentLevels(
  width: u32,
  shift: u32,
  mask: u32,
  scale: u32,
  base: usize,
  from: u32,
  to: u32,
  stride: u32,
  rows: usize,
  columns: usize,
  map: usize,
  levels: usize,
): void {
  const count = <usize>(to - from);
  if (stride == 0) {
    if (base == 0) memory.fill(levels, load<u8>(map), count);
    else if (width == 2) plainLevels2(shift, mask, scale, base, count, map, levels);
    else plainLevels4(shift, mask, scale, base, count, map, levels);
    return;
  }
  let row = <usize>(from / stride);
  let column = <usize>(from % stride);
  for (let i: usize = 0; i < count; row++, column = 0) {
    const size = min<usize>(count - i, <usize>stride - column);
    const offset = <i32>load<i16>(rows + (row << 1));
    const own = columns + (column << 1);
    if (base == 0) {
      for (let j: usize = 0; j < size; j++) putLevel(-offset, own, j, map, levels + i);
    } else if (width == 2) {
      const at = base + (i << 1);
      for (let j: usize = 0; j < size; j++) {
        const exponent = (<u32>load<u16>(at + (j << 1)) >> shift) & mask;
        putLevel(<i32>(exponent << scale) - offset, own, j, map, levels + i);
      }
    } else {
      const at = base + (i << 2);
      for (let j: usize = 0; j < size; j++) {
        const exponent = (load<u32>(at + (j << 2)) >> shift) & mask;
        putLevel(<i32>(exponent << scale) - offset, own, j, map, levels + i);
      }
    }
    i += size;
  }
}

// @ts-ignore: AssemblyScript's own decorator, which TypeScript does not know.
@inline
function putLevel(raised: i32, columns: usize, j: usize, map: usize, levels: usize): void {
  const level = raised - <i32>load<i16>(columns + (j << 1));
  const low = select<i32>(0, level, level < 0);
  store<u8>(levels + j, load<u8>(map + <usize>select<i32>(255, low, low > 255)));
}

function plainLevels2(
  shift: u32,
  mask: u32,
  scale: u32,
  base: usize,
  count: usize,
  map: usize,
  levels: usize,
): void {
  for (let i: usize = 0; i < count; i++) {
    const level = ((<u32>load<u16>(base + (i << 1)) >> shift) & mask) << scale;
    store<u8>(levels + i, load<u8>(map + <usize>select<u32>(255, level, level > 255)));
  }
}

function plainLevels4(
  shift: u32,
  mask: u32,
  scale: u32,
  base: usize,
  count: usize,
  map: usize,
  levels: usize,
): void {
  for (let i: usize = 0; i < count; i++) {
    const level = ((load<u32>(base + (i << 2)) >> shift) & mask) << scale;
    store<u8>(levels + i, load<u8>(map + <usize>select<u32>(255, level, level > 255)));
  }
}

/** Counts tokens by level: 256 counts of 32 bits for each level. */
export function countTokens(tokens: usize, levels: usize, count: u32, counts: usize): void {
  for (let i: usize = 0; i < <usize>count; i++) {
    const at =
      counts + (((<usize>load<u8>(levels + i) << 8) | <usize>load<u8>(tokens + i)) << 2);
    store<u32>(at, load<u32>(at) + 1);
  }
}

/** Replaces each byte by what `map` (256 bytes) has for it. */
export function mapBytes(bytes: usize, count: u32, map: usize): void {
  for (let at = bytes; at < bytes + <usize>count; at++) {
    store<u8>(at, load<u8>(map + <usize>load<u8>(at)));
  }
}

/**
 * Adds each element's size, |difference| times 2^(base's exponent - bias) or of elements alone their
 * magnitude, to the sums (f64) of its row and its column. `values`: what the token functions left.
 * `base` 0: elements alone. Elements that are not finite, or have such a base, add nothing.
 */
export function sumSizes(
  width: u32,
  shift: u32,
  mask: u32,
  values: usize,
  base: usize,
  count: u32,
  stride: u32,
  rows: usize,
  columns: usize,
): void {
  const unit = <f64>(1 << shift);
  for (let i: u32 = 0, row: u32 = 0; i < count; row++) {
    let sum: f64 = 0;
    for (let column: usize = 0; column < <usize>stride && i < count; i++, column++) {
      const value = width == 2 ? <u32>load<u16>(values + (<usize>i << 1)) : load<u32>(values + (<usize>i << 2));
      let exponent: u32;
      let size: f64;
      if (base == 0) {
        exponent = (value >> (shift + 1)) & mask;
        size = <f64>((value >> 1) & ((1 << shift) - 1)) + (exponent == 0 ? 0 : unit);
      } else {
        exponent = exponentAt(width, base, i, shift, mask);
        size = <f64>((value >> 1) + (value & 1));
      }
      if (exponent == mask) continue;
      size *= reinterpret<f64>(<u64>(max<u32>(exponent, 1) + 895) << 52);
      sum += size;
      const at = columns + (column << 3);
      store<f64>(at, load<f64>(at) + size);
    }
    store<f64>(rows + (<usize>row << 3), sum);
  }
}

// @ts-ignore: AssemblyScript's own decorator, which TypeScript does not know.
@inline
function exponentAt(width: u32, base: usize, i: u32, shift: u32, mask: u32): u32 {
  const bits =
    width == 2 ? <u32>load<u16>(base + (<usize>i << 1)) : load<u32>(base + (<usize>i << 2));
  return (bits >> shift) & mask;
}
