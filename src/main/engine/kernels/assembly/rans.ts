/**
 * Interleaved range asymmetric numeral systems: J. Duda, "Asymmetric numeral systems" (2013); eight
 * 32-bit states over one stream of 16-bit words, F. Giesen, "Interleaved entropy coders" (2014) (after
 * ryg_rans). Element i belongs to state i modulo 8.
 * Probabilities have 12 bits. `../reference/rans.ts` is the slow twin.
 *
 * The stream: the eight states (u32) as the decoder begins with them, then the words in the order in
 * which it takes them. A state is 2^16 … 2^32 - 1; the encoder begins, and the decoder ends, with 2^16.
 *
 * A token's value is `base + (bits << signs)`; the bits stand in a stream of their own, lowest first.
 */

import { exponentLevels } from './rans-model';

const BITS: u32 = 12;
const STATES: usize = 8;
const LEAST: u32 = 0x1_0000;
/** The encoder's eight states. */
const ENCODING: usize = memory.data(32, 16);

/**
 * Fills `to` with what `encodeTokens` needs of one table: 256 frequencies (u16, sum 4096 or 0) to 256
 * entries of 16 bytes, of frequency f: the largest state that need not shrink first (u32), the lowest
 * 32 of the 33 bits of ceil(2^(32 + shift) / f) (u32), the sum of the frequencies before (u32), 4096 - f
 * (u16), shift = ceil(log2 f) (u16). The quotient of any state is exact: T. Granlund, P. Montgomery,
 * "Division by invariant integers using multiplication" (1994).
 */
export function encodingTable(frequencies: usize, to: usize): void {
  let start: u32 = 0;
  for (let token: usize = 0; token < 256; token++) {
    const frequency = <u32>load<u16>(frequencies + (token << 1));
    const at = to + (token << 4);
    let shift: u64 = 0;
    while (frequency > <u32>1 << <u32>shift) shift++;
    const power = <u64>1 << (shift + 32);
    const divisor = max<u64>(<u64>frequency, 1);
    const reciprocal = (power + divisor - 1) / divisor - 0x1_0000_0000;
    store<u32>(at, frequency == 4096 ? 0xffff_ffff : (frequency << 20) - 1);
    store<u32>(at, <u32>reciprocal, 4);
    store<u32>(at, start, 8);
    store<u16>(at, 4096 - frequency, 12);
    store<u16>(at, <u16>shift, 14);
    start += frequency;
  }
}

/**
 * Codes tokens, each by the table (4 KiB at `tables`) that `contexts` has for it. Writes backwards
 * from `end`: 32 bytes, and at most 2 per token; the address of the stream's beginning. Every token
 * must have a frequency.
 */
export function encodeTokens(
  tokens: usize,
  contexts: usize,
  count: u32,
  tables: usize,
  end: usize,
): usize {
  for (let state: usize = 0; state < STATES; state++) store<u32>(ENCODING + (state << 2), LEAST);
  let to = end;
  for (let i = <usize>count; i-- > 0; ) {
    const slot = ENCODING + ((i & 7) << 2);
    let x = load<u32>(slot);
    const entry =
      tables + (<usize>load<u8>(contexts + i) << 12) + (<usize>load<u8>(tokens + i) << 4);
    store<u16>(to - 2, x);
    const full = x > load<u32>(entry);
    to -= <usize>full << 1;
    x = select<u32>(x >> 16, x, full);
    const high = (<u64>x * <u64>load<u32>(entry, 4)) >> 32;
    const quotient = <u32>((high + <u64>x) >> <u64>load<u16>(entry, 14));
    store<u32>(slot, x + load<u32>(entry, 8) + quotient * <u32>load<u16>(entry, 12));
  }
  memory.copy(to - 32, ENCODING, 32);
  return to - 32;
}

/**
 * Fills `to` with 4096 entries (u32), one per slot of the frequencies (as for `encodingTable`, sum
 * 4096): frequency - 1 in the lowest 12 bits, slot within the token in the next 12, token in the highest 8.
 */
export function decodingTable(frequencies: usize, to: usize): void {
  for (let token: u32 = 0; token < 256; token++) {
    const frequency = <u32>load<u16>(frequencies + (<usize>token << 1));
    for (let slot: u32 = 0; slot < frequency; slot++, to += 4) {
      store<u32>(to, (token << 24) | (slot << BITS) | (frequency - 1));
    }
  }
}

/** Packs each value's bits, `widths` (256 bytes) by token, from its bit `signs` on; bytes written. At most 7 more are overwritten. */
export function packBits(
  width: u32,
  values: usize,
  tokens: usize,
  count: u32,
  signs: u32,
  widths: usize,
  to: usize,
): usize {
  let at = to;
  let held: u64 = 0;
  let bits: u64 = 0;
  for (let i: usize = 0; i < <usize>count; i++) {
    const own = <u64>load<u8>(widths + <usize>load<u8>(tokens + i));
    const value =
      width == 2 ? <u64>load<u16>(values + (i << 1)) : <u64>load<u32>(values + (i << 2));
    held |= ((value >> <u64>signs) & (((<u64>1) << own) - 1)) << bits;
    bits += own;
    store<u64>(at, held);
    at += <usize>(bits >> 3);
    held >>= bits & ~7;
    bits &= 7;
  }
  return at + <usize>(bits > 0 ? 1 : 0) - to;
}

/** Elements that are decoded at a time. */
const BLOCK: u32 = 4096;
/** Contexts and tokens of a block. */
const CONTEXTS: usize = memory.data(4096, 16);
const TOKENS: usize = memory.data(4096, 16);

/**
 * Decodes `count` elements by the plan at `plan`, which it changes; 1, or 0 where the streams are not
 * exactly what an encoder writes. Reads at most 24 KiB beyond a stream's end. The plan, 32-bit integers:
 *
 *    0 width        4 kind of values: 0 alone, 1 differences   8 signs
 *   12 elements' address (output)      16 base's address (0: none)
 *   20 distance in elements of an element from the one above that is its base; 0: the base is at 16
 *      and complete; else `base` holds the first such stretch
 *   24 shift    28 mask    32 scale    36 stride    40 rows' offsets    44 columns' offsets
 *   48 map of levels to contexts (256 bytes)       52 decoding tables, 16 KiB each
 *   56 tokens' stream, address          60 its end
 *   64 bits' stream, address            68 its end
 *   72 values: 256 pairs of base (u32) and number of bits (u32)
 */
export function decodeElements(plan: usize, count: u32): u32 {
  const width = load<u32>(plan);
  const elements = <usize>load<u32>(plan, 12);
  const above = load<u32>(plan, 20);
  let words = <usize>load<u32>(plan, 56);
  memory.copy(ENCODING, words, 32);
  words += 32;
  let bit: u64 = 0;
  const wordsEnd = <usize>load<u32>(plan, 60);
  const bits = <usize>load<u32>(plan, 64);
  const bitsEnd = (<u64>load<u32>(plan, 68) - <u64>bits) << 3;
  for (let done: u32 = 0; done < count; ) {
    let size = min(BLOCK, count - done);
    let base = <usize>load<u32>(plan, 16);
    if (above != 0) {
      size = min(size, above - (done % above));
      if (done < above) base += <usize>(done * width);
      else base = elements + <usize>((done - above) * width);
    } else if (base != 0) {
      base += <usize>(done * width);
    }
    contextsOf(plan, width, base, done, done + size);
    words = decodeTokens(<usize>load<u32>(plan, 52), done, size, words);
    if (words > wordsEnd) return 0;
    const to = elements + <usize>(done * width);
    bit = rebuild(plan, width, base, size, bits, bit, to);
    if (bit > bitsEnd) return 0;
    done += size;
  }
  if (words != wordsEnd || (bit + 7) >> 3 != bitsEnd >> 3) return 0;
  for (let state: usize = 0; state < STATES; state++) {
    if (load<u32>(ENCODING + (state << 2)) != LEAST) return 0;
  }
  return 1;
}

function contextsOf(plan: usize, width: u32, base: usize, from: u32, to: u32): void {
  exponentLevels(
    width,
    load<u32>(plan, 24),
    load<u32>(plan, 28),
    load<u32>(plan, 32),
    load<u32>(plan, 4) == 0 ? 0 : base,
    from,
    to,
    load<u32>(plan, 36),
    <usize>load<u32>(plan, 40),
    <usize>load<u32>(plan, 44),
    <usize>load<u32>(plan, 48),
    CONTEXTS,
  );
}

/** Of the state after a token, before it grows again. */
// @ts-ignore: AssemblyScript's own decorator, which TypeScript does not know.
@inline
function shrunk(x: u32, entry: u32): u32 {
  return ((entry & 0xfff) + 1) * (x >> BITS) + ((entry >> BITS) & 0xfff);
}

/** The state with the next word in it, if it needs `more`; without a branch that could not be foretold. */
// @ts-ignore: AssemblyScript's own decorator, which TypeScript does not know.
@inline
function grown(x: u32, more: bool, words: usize): u32 {
  return select<u32>((x << 16) | <u32>load<u16>(words), x, more);
}

// @ts-ignore: AssemblyScript's own decorator, which TypeScript does not know.
@inline
function entryOf(tables: usize, i: usize, x: u32): u32 {
  return load<u32>(tables + (<usize>load<u8>(CONTEXTS + i) << 14) + (<usize>(x & 0xfff) << 2));
}

/** Decodes the block's tokens, of which the first is element `first`; the address behind the words. */
function decodeTokens(tables: usize, first: u32, count: u32, words: usize): usize {
  let i: usize = 0;
  const end = <usize>count;
  for (; i < end && ((<usize>first + i) & 7) != 0; i++) words = decodeOne(tables, first, i, words);
  if (i + 8 <= end) {
    let a = load<u32>(ENCODING);
    let b = load<u32>(ENCODING, 4);
    let c = load<u32>(ENCODING, 8);
    let d = load<u32>(ENCODING, 12);
    let e = load<u32>(ENCODING, 16);
    let f = load<u32>(ENCODING, 20);
    let g = load<u32>(ENCODING, 24);
    let h = load<u32>(ENCODING, 28);
    for (; i + 8 <= end; i += 8) {
      let entry = entryOf(tables, i, a);
      let x = shrunk(a, entry);
      let more = x < LEAST;
      store<u8>(TOKENS + i, entry >> 24);
      a = grown(x, more, words);
      words += <usize>more << 1;
      entry = entryOf(tables, i + 1, b);
      x = shrunk(b, entry);
      more = x < LEAST;
      store<u8>(TOKENS + i, entry >> 24, 1);
      b = grown(x, more, words);
      words += <usize>more << 1;
      entry = entryOf(tables, i + 2, c);
      x = shrunk(c, entry);
      more = x < LEAST;
      store<u8>(TOKENS + i, entry >> 24, 2);
      c = grown(x, more, words);
      words += <usize>more << 1;
      entry = entryOf(tables, i + 3, d);
      x = shrunk(d, entry);
      more = x < LEAST;
      store<u8>(TOKENS + i, entry >> 24, 3);
      d = grown(x, more, words);
      words += <usize>more << 1;
      entry = entryOf(tables, i + 4, e);
      x = shrunk(e, entry);
      more = x < LEAST;
      store<u8>(TOKENS + i, entry >> 24, 4);
      e = grown(x, more, words);
      words += <usize>more << 1;
      entry = entryOf(tables, i + 5, f);
      x = shrunk(f, entry);
      more = x < LEAST;
      store<u8>(TOKENS + i, entry >> 24, 5);
      f = grown(x, more, words);
      words += <usize>more << 1;
      entry = entryOf(tables, i + 6, g);
      x = shrunk(g, entry);
      more = x < LEAST;
      store<u8>(TOKENS + i, entry >> 24, 6);
      g = grown(x, more, words);
      words += <usize>more << 1;
      entry = entryOf(tables, i + 7, h);
      x = shrunk(h, entry);
      more = x < LEAST;
      store<u8>(TOKENS + i, entry >> 24, 7);
      h = grown(x, more, words);
      words += <usize>more << 1;
    }
    store<u32>(ENCODING, a);
    store<u32>(ENCODING, b, 4);
    store<u32>(ENCODING, c, 8);
    store<u32>(ENCODING, d, 12);
    store<u32>(ENCODING, e, 16);
    store<u32>(ENCODING, f, 20);
    store<u32>(ENCODING, g, 24);
    store<u32>(ENCODING, h, 28);
  }
  for (; i < end; i++) words = decodeOne(tables, first, i, words);
  return words;
}

function decodeOne(tables: usize, first: u32, i: usize, words: usize): usize {
  const slot = ENCODING + (((<usize>first + i) & 7) << 2);
  const state = load<u32>(slot);
  const entry = entryOf(tables, i, state);
  const x = shrunk(state, entry);
  const more = x < LEAST;
  store<u8>(TOKENS + i, entry >> 24);
  store<u32>(slot, grown(x, more, words));
  return words + (<usize>more << 1);
}

/** The value of the block's token i, whose bits begin at bit `bit`. */
// @ts-ignore: AssemblyScript's own decorator, which TypeScript does not know.
@inline
function valueOf(pair: usize, bits: usize, bit: u64, signs: u64): u32 {
  const held = load<u64>(bits + <usize>(bit >> 3)) >> (bit & 7);
  return load<u32>(pair) + <u32>((held & (((<u64>1) << load<u32>(pair, 4)) - 1)) << signs);
}

/** Elements of the block from its tokens, their bits and the base; the bit behind. */
function rebuild(
  plan: usize,
  width: u32,
  base: usize,
  count: u32,
  bits: usize,
  first: u64,
  to: usize,
): u64 {
  const signs = <u64>load<u32>(plan, 8);
  const pairs = <usize>load<u32>(plan, 72);
  let bit = first;
  if (load<u32>(plan, 4) == 0) {
    for (let i: usize = 0; i < <usize>count; i++) {
      const pair = pairs + (<usize>load<u8>(TOKENS + i) << 3);
      const value = valueOf(pair, bits, bit, signs);
      bit += <u64>load<u32>(pair, 4);
      if (width == 2) store<u16>(to + (i << 1), rotr<u16>(<u16>value, 1));
      else store<u32>(to + (i << 2), rotr<u32>(value, 1));
    }
  } else if (width == 2) {
    for (let i: usize = 0; i < <usize>count; i++) {
      const pair = pairs + (<usize>load<u8>(TOKENS + i) << 3);
      const value = valueOf(pair, bits, bit, signs);
      bit += <u64>load<u32>(pair, 4);
      store<u16>(to + (i << 1), moved16(value, <i32>load<i16>(base + (i << 1))));
    }
  } else {
    for (let i: usize = 0; i < <usize>count; i++) {
      const pair = pairs + (<usize>load<u8>(TOKENS + i) << 3);
      const value = valueOf(pair, bits, bit, signs);
      bit += <u64>load<u32>(pair, 4);
      store<u32>(to + (i << 2), moved32(value, load<i32>(base + (i << 2))));
    }
  }
  return bit;
}

/** The element whose zigzag difference from `y` is `z`. */
// @ts-ignore: AssemblyScript's own decorator, which TypeScript does not know.
@inline
function moved16(z: u32, y: i32): i32 {
  const sign = y >> 31;
  const turned = <i32>(z >> 1) ^ -(<i32>(z & 1));
  const x = (((y ^ (sign & 0x7fff)) + ((turned ^ sign) - sign)) << 16) >> 16;
  return x ^ ((x >> 31) & 0x7fff);
}

// @ts-ignore: AssemblyScript's own decorator, which TypeScript does not know.
@inline
function moved32(z: u32, y: i32): i32 {
  const sign = y >> 31;
  const turned = <i32>(z >> 1) ^ -(<i32>(z & 1));
  const x = (y ^ (sign & 0x7fff_ffff)) + ((turned ^ sign) - sign);
  return x ^ ((x >> 31) & 0x7fff_ffff);
}
