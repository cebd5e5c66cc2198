import { valueKinds } from '../../kernels/values';

/** Half float of a number, to nearest, ties to even; finite numbers of a half's range only. */
function halfBits(value: number): number {
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const magnitude = Math.abs(value);
  const exponent = Math.max(-14, Math.floor(Math.log2(magnitude || 2 ** -24)));
  const units = magnitude / 2 ** (exponent - 10);
  const below = Math.floor(units);
  const rest = units - below;
  const whole = rest > 0.5 || (rest === 0.5 && below % 2 === 1) ? below + 1 : below;
  return sign | (magnitude < 2 ** -14 ? whole : whole - 1024 + ((exponent + 15) << 10));
}

/** `quantize_row_q8_0_ref` of ggml-quants.c; whole blocks of 32. */
export function quantisedQ8(values: Float32Array): Uint8Array {
  const bytes = new Uint8Array((values.length / 32) * 34);
  for (let block = 0; block < values.length / 32; block++) {
    const from = values.subarray(block * 32, block * 32 + 32);
    const most = from.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
    const scale = Math.fround(most / 127);
    const inverse = scale === 0 ? 0 : Math.fround(1 / scale);
    put16(bytes, block * 34, halfBits(scale));
    from.forEach((value, at) => {
      const scaled = Math.fround(value * inverse);
      bytes[block * 34 + 2 + at] = Math.sign(scaled) * Math.floor(Math.abs(scaled) + 0.5);
    });
  }
  return bytes;
}

/** `quantize_row_q4_0_ref` of ggml-quants.c. */
export function quantisedQ4(values: Float32Array): Uint8Array {
  const bytes = new Uint8Array((values.length / 32) * 18);
  for (let block = 0; block < values.length / 32; block++) {
    const from = values.subarray(block * 32, block * 32 + 32);
    const most = from.reduce((max, value) => (Math.abs(value) > Math.abs(max) ? value : max), 0);
    const scale = Math.fround(most / -8);
    const inverse = scale === 0 ? 0 : Math.fround(1 / scale);
    put16(bytes, block * 18, halfBits(scale));
    const quant = (at: number): number =>
      Math.min(15, Math.trunc(Math.fround(Math.fround((from[at] ?? 0) * inverse) + 8.5)));
    for (let at = 0; at < 16; at++) bytes[block * 18 + 2 + at] = quant(at) | (quant(at + 16) << 4);
  }
  return bytes;
}

export const quantisers = [
  { name: 'Q8_0', kind: valueKinds.Q8_0, quantised: quantisedQ8 },
  { name: 'Q4_0', kind: valueKinds.Q4_0, quantised: quantisedQ4 },
] as const;

function put16(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value;
  bytes[at + 1] = value >> 8;
}
