/** What repeats in bytes. */

/**
 * The shortest period among 1, 2, 4 and 8 bytes that the bytes repeat with, at most `length`; a last
 * repetition may be cut off. 0: they have none.
 */
export function patternOf(from: usize, length: u32): u32 {
  for (let period: u32 = 1; period <= 8; period <<= 1) {
    // Of what repeats every 8 bytes, the first 8 tell every shorter period.
    if (period > length) return 0;
    const first = min<u32>(length, 8);
    if (repeats(from, first, period)) return repeats(from, length, 8) ? period : 0;
  }
  return 0;
}

function repeats(from: usize, length: u32, period: u32): bool {
  if (length <= period) return true;
  const bytes = <usize>(length - period);
  const whole = bytes & ~15;
  for (let i: usize = 0; i < whole; i += 16) {
    const next = v128.load(from + <usize>period + i);
    if (v128.any_true(v128.xor(v128.load(from + i), next))) return false;
  }
  for (let i = whole; i < bytes; i++) {
    if (load<u8>(from + i) != load<u8>(from + <usize>period + i)) return false;
  }
  return true;
}

/** Whether all bytes are zero; true of no bytes. */
export function isZeroPlane(from: usize, length: u32): bool {
  return leadingZeros(from, length) == length;
}

/** How many bytes at the beginning are zero. */
export function leadingZeros(from: usize, length: u32): u32 {
  const whole = length & ~15;
  let i: u32 = 0;
  while (i < whole && !v128.any_true(v128.load(from + <usize>i))) i += 16;
  while (i < length && load<u8>(from + <usize>i) == 0) i++;
  return i;
}

/** Bytes of the longest run of zero bytes. */
export function longestZeroRun(from: usize, length: u32): u32 {
  const whole = length & ~15;
  let longest: u32 = 0;
  let run: u32 = 0;
  for (let i: u32 = 0; i < whole; i += 16) {
    const zeros = <u32>i8x16.bitmask(i8x16.eq(v128.load(from + <usize>i), i8x16.splat(0)));
    if (zeros == 0xffff) {
      run += 16;
      continue;
    }
    longest = max<u32>(longest, run + ctz<u32>(~zeros));
    if (longest < 14) longest = max<u32>(longest, longestOnes(zeros));
    run = clz<u32>(~(zeros << 16));
  }
  for (let i = whole; i < length; i++) {
    if (load<u8>(from + <usize>i) == 0) run++;
    else {
      longest = max<u32>(longest, run);
      run = 0;
    }
  }
  return max<u32>(longest, run);
}

/** Length of the longest run of ones. */
function longestOnes(bits: u32): u32 {
  let length: u32 = 0;
  for (; bits != 0; bits &= bits >> 1) length++;
  return length;
}
