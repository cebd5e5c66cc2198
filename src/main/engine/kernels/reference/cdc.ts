import { AVERAGE_CHUNK_BYTES, type Chunker, MAX_CHUNK_BYTES, MIN_CHUNK_BYTES } from '../chunker';

const GEAR_SEED = 0x7465_7373_6572_6131n;
const MASK_BEFORE = 0xffff_c000_0000_0000n;
const MASK_AFTER = 0xfffc_0000_0000_0000n;

const wrap = (value: bigint): bigint => BigInt.asUintN(64, value);

/**
 * The first `count` outputs of splitmix64 from `seed`
 * (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", OOPSLA 2014).
 */
export function splitmix64(seed: bigint, count: number): bigint[] {
  const outputs: bigint[] = [];
  for (let i = 0, state = seed; i < count; i++) {
    state = wrap(state + 0x9e37_79b9_7f4a_7c15n);
    let z = state;
    z = wrap((z ^ (z >> 30n)) * 0xbf58_476d_1ce4_e5b9n);
    z = wrap((z ^ (z >> 27n)) * 0x94d0_49bb_1331_11ebn);
    outputs.push(z ^ (z >> 31n));
  }
  return outputs;
}

/**
 * Chunk lengths of a whole stretch of bytes, by the definition in `../assembly/index.ts`, one byte
 * at a time: the chunk ends after byte i when its length reached the minimum and the hash's masked
 * bits are zero, or at the maximum.
 */
export function referenceChunkLengths(bytes: Uint8Array): number[] {
  const gear = splitmix64(GEAR_SEED, 256);
  const lengths: number[] = [];
  let length = 0;
  let hash = 0n;
  for (const byte of bytes) {
    length += 1;
    if (length <= MIN_CHUNK_BYTES) continue;
    hash = wrap((hash << 1n) + (gear[byte] ?? 0n));
    const mask = length <= AVERAGE_CHUNK_BYTES ? MASK_BEFORE : MASK_AFTER;
    if ((hash & mask) === 0n || length === MAX_CHUNK_BYTES) {
      lengths.push(length);
      length = 0;
      hash = 0n;
    }
  }
  if (length > 0) lengths.push(length);
  return lengths;
}

/** The chunk lengths that a chunker finds in `bytes` when it gets them in the given pieces. */
export function chunkLengths(chunker: Chunker, bytes: Uint8Array, pieces: number[]): number[] {
  const lengths: number[] = [];
  let open = 0;
  let at = 0;
  chunker.reset();
  for (let piece = 0; at < bytes.length; piece++) {
    const end = Math.min(bytes.length, at + (pieces[piece % pieces.length] ?? bytes.length));
    while (at < end) {
      const taken = chunker.next(bytes.subarray(at, end));
      open += taken === 0 ? end - at : taken;
      at = taken === 0 ? end : at + taken;
      if (taken === 0) break;
      lengths.push(open);
      open = 0;
    }
  }
  if (open > 0) lengths.push(open);
  return lengths;
}
