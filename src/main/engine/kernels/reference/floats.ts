/** What every NaN without bits of its own becomes. */
export const QUIET_NAN = 0x7fc0_0000;

const scratch = new DataView(new ArrayBuffer(8));

/** Bits of a number rounded to a 32-bit float; every NaN is the quiet one. */
export function floatBits(value: number): number {
  if (Number.isNaN(value)) return QUIET_NAN;
  scratch.setFloat32(0, value, true);
  return scratch.getUint32(0, true);
}

/** IEEE binary16 to the bits of the equal binary32. */
export function halfBits(half: number): number {
  const sign = half & 0x8000 ? 0x8000_0000 : 0;
  const exponent = (half >> 10) & 31;
  const fraction = half & 0x3ff;
  if (exponent === 31) return (sign | 0x7f80_0000 | (fraction << 13)) >>> 0;
  const value = exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15);
  return (sign | floatBits(value)) >>> 0;
}

/** The number that an IEEE binary16 is. */
export function halfValue(half: number): number {
  scratch.setUint32(0, halfBits(half), true);
  return scratch.getFloat32(0, true);
}
