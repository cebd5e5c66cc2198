import { describe, expect, it } from 'vitest';
import { normal } from '../kernels/testing/pairs';
import { valueKinds } from '../kernels/values';
import { requantised } from './requantise';
import { damagedOutcomes, roundTrip } from './testing/beyond';
import { floats, testTools } from './testing/made';

const tools = testTools();
const { F32, F16, BF16, Q8_0 } = valueKinds;
const NO_LIMIT = Number.POSITIVE_INFINITY;

/** quantize_row_q8_0_ref, from the words of its definition; half by the kernels' rounding. */
function quantised(values: Float32Array, even: boolean): Uint8Array {
  const bytes = new Uint8Array((values.length / 32) * 34);
  for (let block = 0; block < values.length / 32; block++) {
    const part = values.subarray(block * 32, block * 32 + 32);
    const most = part.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
    const step = Float32Array.of(most / 127);
    const inverse = step[0] === 0 ? 0 : (Float32Array.of(1 / (step[0] ?? 1))[0] ?? 0);
    bytes.set(floats(tools.kernels, F16, step), block * 34);
    for (const [at, value] of part.entries()) {
      const exact = Float32Array.of(value * inverse)[0] ?? 0;
      const away = Math.sign(exact) * Math.floor(Math.abs(exact) + 0.5);
      const isTie = Math.abs(exact) % 1 === 0.5;
      bytes[block * 34 + 2 + at] = even && isTie ? 2 * Math.round(exact / 2) : away;
    }
  }
  return bytes;
}

/** Singles that a kind holds exactly, blocks of many magnitudes and some ties. */
function parent(kind: typeof F32 | typeof F16 | typeof BF16): Float32Array {
  const next = normal(1);
  const values = Float32Array.from({ length: 32 * 200 }, (_, at) => {
    const block = Math.floor(at / 32);
    if (block % 40 === 0) return 0;
    if (block % 20 === 1) return at % 32 === 0 ? 127 : (at % 32) - 15.5;
    return next() * 2 ** -(block % 24);
  });
  const bytes = floats(tools.kernels, kind, values);
  if (kind === F32) return values;
  return values.map((_, at) => {
    const low = (bytes[2 * at] ?? 0) | ((bytes[2 * at + 1] ?? 0) << 8);
    if (kind === BF16) return new Float32Array(Uint32Array.of(low << 16).buffer)[0] ?? 0;
    const exponent = (low >> 10) & 31;
    const size =
      exponent === 0 ? (low & 1023) * 2 ** -24 : (1024 + (low & 1023)) * 2 ** (exponent - 25);
    return low & 0x8000 ? -size : size;
  });
}

describe('requantised', () => {
  it.each([F32, F16, BF16] as const)(
    'takes one byte where the base makes the blocks (kind %i)',
    (kind) => {
      const values = parent(kind);
      const base = { bytes: floats(tools.kernels, kind, values), kind };
      for (const even of [false, true]) {
        const bytes = quantised(values, even);
        const found = roundTrip(requantised, { bytes, kind: Q8_0 }, [base], tools);
        expect(found?.exact).toBe(true);
        expect(found?.data).toEqual(Uint8Array.of(even ? 1 : 0));
      }
    },
  );

  it('does not apply where a single quant differs', () => {
    const values = parent(F32);
    const base = { bytes: floats(tools.kernels, F32, values), kind: F32 };
    const bytes = quantised(values, false);
    bytes[bytes.length - 1] = (bytes[bytes.length - 1] ?? 0) + 1;
    expect(
      requantised.encode({ bytes, kind: Q8_0 }, [base], NO_LIMIT, 'max', tools),
    ).toBeUndefined();
  });

  it('refuses other roundings and bases', () => {
    const values = parent(F32);
    const base = { bytes: floats(tools.kernels, F32, values), kind: F32 };
    const length = (values.length / 32) * 34;
    const decode = (data: Uint8Array, bases: readonly (typeof base)[]): Uint8Array =>
      requantised.decode(data, length, Q8_0, bases, tools);
    expect(() => decode(Uint8Array.of(2), [base])).toThrow('a rounding, 0 or 1');
    expect(() => decode(Uint8Array.of(0), [])).toThrow('the floats that it was made from');
    const shorter = { ...base, bytes: base.bytes.subarray(4) };
    expect(() => decode(Uint8Array.of(0), [shorter])).toThrow('the floats');
    const data = Uint8Array.of(0);
    expect(damagedOutcomes(requantised, data, length, Q8_0, [base], tools).has('refused')).toBe(
      true,
    );
  });
});
