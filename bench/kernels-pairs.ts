import type { Kernels } from '../src/main/engine/kernels/kernels';
import { splitmix64 } from '../src/main/engine/kernels/reference/cdc';
import type { Elements } from './kernels-plain';

/** Bytes of a fragment. */
export const UNIT_BYTES = 1_048_576;

/** A kernel beside plain JavaScript that does the same. Both return nothing, or both a number. */
export interface Pair {
  readonly name: string;
  /** Bytes that the speed is of; UNIT_BYTES where nothing is said. */
  readonly bytes?: number;
  readonly input: Input;
  readonly kernel: () => unknown;
  /** Writes to PLAIN. */
  readonly plain: () => unknown;
}

/** What is at the kernels' places before a pair runs. */
interface Input {
  readonly a: Uint8Array;
  readonly b: Uint8Array;
}

/** What plain JavaScript writes. */
export const PLAIN = new Uint8Array(UNIT_BYTES);
export const PLAIN_WORDS = new Int32Array(PLAIN.buffer);
export const PLAIN_HALVES = new Int16Array(PLAIN.buffer);

/** Addresses of a pair's input, of what the kernel writes, and of its workspace. */
export interface Places {
  readonly a: number;
  readonly b: number;
  readonly to: number;
  readonly workspace: number;
}

export function placesOf({ buffer }: Kernels): Places {
  const a = buffer.byteOffset;
  return { a, b: a + UNIT_BYTES, to: a + 2 * UNIT_BYTES, workspace: a + 3 * UNIT_BYTES };
}

export function bytesOf({ buffer, byteOffset, byteLength }: Elements): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/**
 * Bits of a fragment of normal weights (deviation 0.02) and of their fine-tune: every weight moved
 * by a normal update of a hundredth of itself. Seeded.
 */
export function madeWeights(width: number): { tuned: Elements; base: Elements } {
  const count = UNIT_BYTES / width;
  const words = splitmix64(7n, count * 2);
  /** Sum of twelve uniform parts less its mean: normal enough. */
  const normal = (at: number): number => {
    let sum = -6;
    for (let part = 0; part < 12; part++) {
      sum += Number(((words[at] ?? 0n) >> BigInt(part * 5)) & 31n) / 32 + 1 / 64;
    }
    return sum;
  };
  const base = Float32Array.from({ length: count }, (_, at) => normal(2 * at) * 0.02);
  const tuned = base.map((value, at) => value * (1 + normal(2 * at + 1) * 0.01));
  if (width === 4)
    return { tuned: new Int32Array(tuned.buffer), base: new Int32Array(base.buffer) };
  const highHalves = (values: Float32Array): Int16Array =>
    Int16Array.from(new Int32Array(values.buffer), (bits) => bits >> 16);
  return { tuned: highHalves(tuned), base: highHalves(base) };
}
