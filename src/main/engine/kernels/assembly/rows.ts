/**
 * A 64-bit hash of each of `rows` rows at `from`, to `to`. Only a first look: rows of equal hashes
 * are compared byte by byte. Four lanes of multiply and rotate over 8-byte words, as XXH64 has them,
 * without its exact constants' schedule; it need not stay the same between versions.
 */
const P1: u64 = 0x9e37_79b1_85eb_ca87;
const P2: u64 = 0xc2b2_ae3d_27d4_eb4f;
const P3: u64 = 0x1656_67b1_9e37_79f9;

export function hashRows(from: usize, rowBytes: u32, rows: u32, to: usize): void {
  const width = <usize>rowBytes;
  for (let row: u32 = 0; row < rows; row++) {
    store<u64>(to + (<usize>row << 3), hashOf(from + <usize>row * width, width));
  }
}

// @ts-ignore: AssemblyScript's own decorator, which TypeScript does not know.
@inline
function mix(lane: u64, word: u64): u64 {
  return rotl<u64>(lane + word * P2, 31) * P1;
}

function hashOf(from: usize, length: usize): u64 {
  let one = P1;
  let two = P2;
  let three = P3;
  let four: u64 = <u64>length;
  let at = from;
  const end = from + length;
  for (; at + 32 <= end; at += 32) {
    one = mix(one, load<u64>(at));
    two = mix(two, load<u64>(at, 8));
    three = mix(three, load<u64>(at, 16));
    four = mix(four, load<u64>(at, 24));
  }
  let hash = mix(mix(mix(one, two), three), four);
  for (; at + 8 <= end; at += 8) hash = mix(hash, load<u64>(at));
  for (; at < end; at++) hash = mix(hash, <u64>load<u8>(at));
  hash ^= hash >> 33;
  hash *= P2;
  hash ^= hash >> 29;
  hash *= P3;
  return hash ^ (hash >> 32);
}
