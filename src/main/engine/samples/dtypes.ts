/** Bulk conversion of 32-bit floats to the formats that sample files store; little-endian hosts. */
export type SampleDtype = 'F32' | 'F16' | 'BF16';

export const bytesPerValue: Readonly<Record<SampleDtype, number>> = { F32: 4, F16: 2, BF16: 2 };

/** Upper half of a finite float's bits, rounded to nearest, ties to even. */
function bf16Bits(bits: number): number {
  return (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16;
}

/** Rounds finite values to bfloat16 in place. */
export function roundToBf16(values: Float32Array, count: number): void {
  const bits = new Uint32Array(values.buffer, values.byteOffset, count);
  for (let i = 0; i < count; i++) bits[i] = bf16Bits(bits[i] as number) << 16;
}

/** Writes `count` finite values as `dtype` into `out` from its start; returns the bytes written. */
export function encode(
  values: Float32Array,
  count: number,
  dtype: SampleDtype,
  out: Uint8Array,
): number {
  if (dtype === 'F32') {
    out.set(new Uint8Array(values.buffer, values.byteOffset, count * 4));
    return count * 4;
  }
  const bits = new Uint32Array(values.buffer, values.byteOffset, count);
  if (dtype === 'BF16') {
    for (let i = 0, at = 0; i < count; i++, at += 2) {
      const half = bf16Bits(bits[i] as number);
      out[at] = half;
      out[at + 1] = half >>> 8;
    }
  } else {
    for (let i = 0, at = 0; i < count; i++, at += 2) {
      const half = f16Bits(bits[i] as number);
      out[at] = half;
      out[at + 1] = half >>> 8;
    }
  }
  return count * 2;
}

const one = new Float32Array(1);
const oneBits = new Uint32Array(one.buffer);

/** IEEE binary16 of a finite binary32, to nearest, ties to even; beyond 65504 becomes infinity. */
export function f16Bits(bits: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude >= 0x477ff000) return sign | 0x7c00;
  if (magnitude < 0x38800000) {
    // Below 2^-14: adding 0.5 lets the float adder round to a multiple of 2^-24.
    oneBits[0] = magnitude;
    one[0] = (one[0] as number) + 0.5;
    return sign | ((oneBits[0] as number) - 0x3f000000);
  }
  return sign | ((magnitude - 0x38000000 + 0xfff + ((magnitude >>> 13) & 1)) >>> 13);
}
