import { type ValueKind, valueKinds } from '../kernels/values';

/** How a kind writes a number: `mantissa` bits behind the point, normal from 2^minExponent on. */
export interface FloatFormat {
  readonly mantissa: number;
  readonly minExponent: number;
}

/** What samples are kept as. */
export const SAMPLE_FORMAT: FloatFormat = { mantissa: 7, minExponent: -126 };

const floats: ReadonlyMap<number, FloatFormat> = new Map([
  [valueKinds.F64, { mantissa: 52, minExponent: -1022 }],
  [valueKinds.F32, { mantissa: 23, minExponent: -126 }],
  [valueKinds.F16, { mantissa: 10, minExponent: -14 }],
  [valueKinds.BF16, { mantissa: 7, minExponent: -126 }],
  [valueKinds.F8_E4M3, { mantissa: 3, minExponent: -6 }],
  [valueKinds.F8_E5M2, { mantissa: 2, minExponent: -14 }],
  [valueKinds.F8_E4M3FNUZ, { mantissa: 3, minExponent: -7 }],
  [valueKinds.F8_E5M2FNUZ, { mantissa: 2, minExponent: -15 }],
]);

const integers: ReadonlySet<number> = new Set([
  valueKinds.I8,
  valueKinds.U8,
  valueKinds.I16,
  valueKinds.U16,
  valueKinds.I32,
  valueKinds.U32,
  valueKinds.I64,
  valueKinds.U64,
  valueKinds.BOOL,
  valueKinds.F8_E8M0,
]);

/** Undefined for kinds that are no plain floats. */
export const floatFormat = (kind: ValueKind): FloatFormat | undefined => floats.get(kind);

/** Plain numbers that are no floats of this table: differences are counted in whole steps. */
export const isInteger = (kind: ValueKind): boolean => integers.has(kind);

/**
 * Mantissa bits that a kind has left for numbers of an exponent: fewer below its normal ones, and
 * below 0 for numbers it cannot tell from zero.
 */
export const mantissaAt = ({ mantissa, minExponent }: FloatFormat, exponent: number): number =>
  mantissa - Math.max(0, minExponent - exponent);
