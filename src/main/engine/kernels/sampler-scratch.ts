import type { KernelExports, Kernels } from './kernels';

/** The scratch memory, with the kernels that work in it. */
export interface Scratch {
  readonly bytes: Uint8Array;
  /** Address of its first byte. */
  readonly base: number;
  readonly exports: KernelExports;
}

export function scratchOf({ scratch, exports }: Kernels): Scratch {
  return { bytes: scratch, base: scratch.byteOffset, exports };
}

/** Where things lie in the scratch, in bytes; SCRATCH_BYTES in all. */
export const places = {
  /** Raw bytes of the sample, and of the transpose's: each at most 4096 elements of 8 bytes. */
  raw: 0,
  scattered: 32_768,
  /** Values of either; what the sketch kernels write. */
  values: 65_536,
  /** One decoded block. */
  block: 81_920,
  sketch: 82_944,
  transposed: 98_176,
  /** Hashes of rows; the first one and the chosen ones; a row that a window's end cuts. */
  hashes: 98_304,
  chosen: 102_400,
  carry: 102_528,
  /** The open plan's runs, elements and their ranks. */
  runs: 103_424,
  starts: 104_448,
  ranks: 137_216,
} as const;
