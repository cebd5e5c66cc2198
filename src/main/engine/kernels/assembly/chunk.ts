/**
 * Content-defined chunking with a gear hash and FastCDC's normalised chunking
 * (Xia et al., "FastCDC", USENIX ATC 2016).
 *
 *   h = (h << 1) + GEAR[byte], 64 bits, from 0 behind the chunk's 8,192nd byte
 *
 * A chunk ends after the byte at which the masked bits of h are all zero: 18 bits while the chunk
 * is at most 64 KiB long, 14 beyond, so that lengths gather around the average; or at 128 KiB.
 * The masks take the highest bits: bit k of h depends on the last k + 1 bytes.
 */
const MIN_CHUNK: u32 = 8 << 10;
const AVERAGE_CHUNK: u32 = 64 << 10;
const MAX_CHUNK: u32 = 128 << 10;
const MASK_BEFORE: u64 = 0xffff_c000_0000_0000;
const MASK_AFTER: u64 = 0xfffc_0000_0000_0000;

/** "tessera1" in ASCII, the seed of the gear table: entry i is the i-th output of splitmix64 from here. */
const GEAR_SEED: u64 = 0x7465_7373_6572_6131;

const GEAR: usize = memory.data(256 * 8, 16);

for (let i: usize = 0, seed = GEAR_SEED; i < 256; i++) {
  seed += 0x9e37_79b9_7f4a_7c15;
  let z = seed;
  z = (z ^ (z >> 30)) * 0xbf58_476d_1ce4_e5b9;
  z = (z ^ (z >> 27)) * 0x94d0_49bb_1331_11eb;
  store<u64>(GEAR + (i << 3), z ^ (z >> 31));
}

// @ts-ignore: AssemblyScript's own decorator, which TypeScript does not know.
@inline
function gearOf(at: usize): u64 {
  return load<u64>(GEAR + ((<usize>load<u8>(at)) << 3));
}

/**
 * Looks for the end of the current chunk in the next `length` bytes at `data`.
 * Returns how many of them belong to the chunk, its last byte included, or 0 when the chunk goes
 * on beyond them. `state` points to 16 bytes: u64 hash, u32 length of the open chunk; all zero at
 * the start, and left so that the next call goes on where this one stopped.
 */
export function nextCut(state: usize, data: usize, length: u32): u32 {
  const open = load<u32>(state, 8);
  // Positions count from the chunk's start; `base` is where that would lie.
  const base = data - <usize>open;
  const end = min<u32>(open + length, MAX_CHUNK);
  let hash = open > MIN_CHUNK ? load<u64>(state) : 0;
  let at = base + <usize>max<u32>(open, MIN_CHUNK);
  let stop = base + <usize>min<u32>(end, AVERAGE_CHUNK);
  let mask = MASK_BEFORE;

  for (let part = 0; part < 2; part++) {
    // Two bytes a turn: only one shift and one addition then depend on the turn before.
    while (at + 2 <= stop) {
      const first = gearOf(at);
      const one = (hash << 1) + first;
      hash = (hash << 2) + ((first << 1) + gearOf(at + 1));
      if ((one & mask) == 0) return close(state, <u32>(at + 1 - data));
      at += 2;
      if ((hash & mask) == 0) return close(state, <u32>(at - data));
    }
    if (at < stop) {
      hash = (hash << 1) + gearOf(at);
      at++;
      if ((hash & mask) == 0) return close(state, <u32>(at - data));
    }
    stop = base + <usize>end;
    mask = MASK_AFTER;
  }
  if (end == MAX_CHUNK) return close(state, <u32>(stop - data));
  store<u64>(state, hash);
  store<u32>(state, end, 8);
  return 0;
}

function close(state: usize, taken: u32): u32 {
  store<u64>(state, 0);
  store<u32>(state, 0, 8);
  return taken;
}
