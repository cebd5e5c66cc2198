/**
 * Fixed pseudo-random numbers: what is sampled must not depend on the order in which models were
 * opened, so that partners in different models are sampled at the same places.
 */

/** Mixes whole numbers into one of 32 bits (the finaliser of MurmurHash3, once per part). */
export function mix(...parts: readonly number[]): number {
  let hash = 0x9e3779b9;
  for (const part of parts) {
    hash = finalise(hash ^ finalise(part >>> 0));
    hash = finalise(hash ^ finalise(Math.floor(part / 2 ** 32) + 0x7f4a7c15));
  }
  return hash;
}

/** FNV-1a over UTF-16 units, then mixed. */
export function mixText(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  }
  return finalise(hash);
}

/** 0 <= x < 1. */
export const unitInterval = (hash: number): number => (hash >>> 0) / 2 ** 32;

/** A stream of numbers in 0 <= x < 1 (SplitMix32 over a counter). */
export function randomStream(seed: number): () => number {
  let counter = 0;
  return () => unitInterval(mix(seed, counter++));
}

/** Standard normal, by Box and Muller. */
export function gaussian(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

function finalise(value: number): number {
  let hash = value | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
