/*
 * What a signature needs of a tensor's bytes: runs, scattered elements, and the hashes of rows.
 * Places in a tensor are doubles, for tensors may be longer than memory.
 */

/**
 * A u32 at `to` for each of `count` rows, `stride` bytes apart from `from`: the hash of the row's
 * first `length` bytes, word by word, the last one filled up with zeros.
 */
export function hashPrefixes(from: usize, stride: usize, length: u32, count: u32, to: usize): void {
  const whole = <usize>length & ~3;
  for (let row: u32 = 0; row < count; row++) {
    let hash: u32 = <u32>0x9747_b28c ^ length;
    for (let i: usize = 0; i < whole; i += 4) hash = mixed(hash, load<u32>(from + i));
    if (whole < <usize>length) {
      let last: u32 = 0;
      for (let i = <usize>length; i > whole; i--) last = (last << 8) | <u32>load<u8>(from + i - 1);
      hash = mixed(hash, last);
    }
    // The end of MurmurHash3 (Appleby, public domain).
    hash = (hash ^ (hash >> 16)) * <u32>0x85eb_ca6b;
    hash = (hash ^ (hash >> 13)) * <u32>0xc2b2_ae35;
    store<u32>(to, hash ^ (hash >> 16));
    to += 4;
    from += stride;
  }
}

// @ts-ignore: AssemblyScript's own decorator, which TypeScript does not know.
@inline
function mixed(hash: u32, word: u32): u32 {
  const product = (hash ^ word) * <u32>0x9e37_79b1;
  return product ^ (product >> 15);
}

/**
 * Copies elements of `size` (1, 2, 4 or 8) bytes out of the bytes of a tensor from its byte `at` up
 * to its byte `end`, which lie at `bytes`: from element `next` of `count` on, those that end there.
 * `starts`: f64 each, the elements' first bytes, ascending, none before `at`; `ranks`: u16 each,
 * their places at `to`. Returns the first element that ends later, or `count`.
 */
export function gatherElements(
  starts: usize,
  ranks: usize,
  next: u32,
  count: u32,
  at: f64,
  end: f64,
  bytes: usize,
  size: u32,
  to: usize,
): u32 {
  if (size == 1) return gather<u8>(starts, ranks, next, count, at, end, bytes, to);
  if (size == 2) return gather<u16>(starts, ranks, next, count, at, end, bytes, to);
  if (size == 4) return gather<u32>(starts, ranks, next, count, at, end, bytes, to);
  return gather<u64>(starts, ranks, next, count, at, end, bytes, to);
}

function gather<T>(
  starts: usize,
  ranks: usize,
  next: u32,
  count: u32,
  at: f64,
  end: f64,
  bytes: usize,
  to: usize,
): u32 {
  const last = end - <f64>sizeof<T>();
  for (; next < count; next++) {
    const start = load<f64>(starts + (<usize>next << 3));
    if (start > last) return next;
    const place = to + <usize>load<u16>(ranks + (<usize>next << 1)) * sizeof<T>();
    store<T>(place, load<T>(bytes + <usize>(<u32>(start - at))));
  }
  return count;
}

/**
 * As `gatherElements`, for runs of `length` bytes, which go to `to` one after another; run `next`
 * to its place among all.
 */
export function gatherRuns(
  starts: usize,
  next: u32,
  count: u32,
  at: f64,
  end: f64,
  bytes: usize,
  length: u32,
  to: usize,
): u32 {
  const last = end - <f64>length;
  for (; next < count; next++) {
    const start = load<f64>(starts + (<usize>next << 3));
    if (start > last) return next;
    memory.copy(to + <usize>next * <usize>length, bytes + <usize>(<u32>(start - at)), length);
  }
  return count;
}

/** The `most` smallest distinct of `count` u32 at `from`, ascending, to `to`; returns how many. */
export function smallestOf(from: usize, count: u32, most: u32, to: usize): u32 {
  let found: u32 = 0;
  let limit: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const value = load<u32>(from + (<usize>i << 2));
    if (found == most && value >= limit) continue;
    let at = found;
    while (at > 0 && load<u32>(to + (<usize>(at - 1) << 2)) > value) at--;
    if (at > 0 && load<u32>(to + (<usize>(at - 1) << 2)) == value) continue;
    if (found < most) found++;
    const place = to + (<usize>at << 2);
    memory.copy(place + 4, place, <usize>(found - 1 - at) << 2);
    store<u32>(place, value);
    limit = load<u32>(to + (<usize>(found - 1) << 2));
  }
  return found;
}
