import { blake3 } from '@napi-rs/blake-hash';
import type { Unit } from './population';

/** A unit with what was read of it. */
export interface Sampled {
  readonly unit: Unit;
  /** The runs or pieces, in order. */
  readonly runs: readonly Uint8Array[];
  /** The runs, one after another. */
  readonly bytes: Uint8Array;
  /** Chance with which the unit was chosen. */
  readonly probability: number;
}

/**
 * For every sampled unit the first one that is taken as equal to it, itself where it is the first:
 * equal length, kind, element count and sampled bytes. Two that differ in a share q of their runs
 * are mistaken for equal with a chance of (1 - q)^runs; `predictLibrary` puts that into its interval.
 */
export function firstEqual(sampled: readonly Sampled[]): Int32Array {
  const firsts = new Map<string, number>();
  return Int32Array.from(sampled, ({ unit, bytes }, at) => {
    const { length, values } = unit;
    const what = `${length}:${values?.kind ?? ''}:${values?.elements ?? ''}:${bytes.length}`;
    const key = `${what}:${blake3(bytes).toString('base64')}`;
    const first = firsts.get(key);
    if (first === undefined) firsts.set(key, at);
    return first ?? at;
  });
}

/** Whether the whole unit was read. */
export const isComplete = ({ unit, bytes }: Sampled): boolean => bytes.length === unit.length;

/** Bytes that are all equal say nothing about whether two units are. */
export const isConstant = ({ bytes }: Sampled): boolean =>
  bytes.every((byte, at) => byte === bytes[at % 8]);
