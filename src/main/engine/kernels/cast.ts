import type { Kernels } from './kernels';
import { layoutOf, type ValueKind, valueKinds } from './values';

/**
 * Converts `count` elements at the address `from` to the address `to`, of the kernels' memory.
 * Returns 0 unless some of them are not carried over: numbers that an integer kind cannot hold.
 * Rounding of floats is no such loss.
 */
export type Conversion = (from: number, count: number, to: number) => number;

const { F64, F32, I8, U64, BOOL, F8_E8M0 } = valueKinds;

/** Integers and booleans. */
export function isInteger(kind: ValueKind): boolean {
  return kind >= I8 && kind <= BOOL;
}

/** Floats that values can be rounded to: all but the pure exponents of F8_E8M0. */
export function isFloat(kind: ValueKind): boolean {
  return kind >= F64 && kind < F8_E8M0;
}

/** Kinds whose elements are blocks of quantised values. */
export function isBlock(kind: ValueKind): boolean {
  return layoutOf(kind).elements > 1;
}

/**
 * How elements of one kind become another's, as PyTorch and NumPy convert them: to nearest, ties to
 * even, wider floats by way of F32; integers and booleans exactly; blocks by way of their F32 values.
 * Undefined for equal kinds, and where it has no meaning: to blocks and F8_E8M0. `between` is the
 * address of a window of 8-byte elements that the conversion may overwrite.
 */
export function conversionOf(
  { exports }: Pick<Kernels, 'exports'>,
  between: number,
  from: ValueKind,
  to: ValueKind,
): Conversion | undefined {
  if (from === to) return undefined;
  if (isInteger(to)) {
    const isReadable = isInteger(from) || from === F64;
    return (source, count, target) => {
      if (!isReadable) exports.decodeValues(from, source, count, target);
      const misfits = isReadable
        ? exports.toIntegers(from, source, count, between)
        : exports.toIntegers(F32, target, count, between);
      return misfits + exports.fromIntegers(to, between, count, target, 0);
    };
  }
  if (isInteger(from) && to === F64) {
    return (source, count, target) => {
      if (from === U64) return exports.fromIntegers(F64, source, count, target, 1);
      exports.toIntegers(from, source, count, between);
      return exports.fromIntegers(F64, between, count, target, 0);
    };
  }
  if (!isFloat(to)) return undefined;
  return (source, count, target) => {
    exports.decodeValues(from, source, count, between);
    exports.encodeSingles(to, between, count, target);
    return 0;
  };
}
