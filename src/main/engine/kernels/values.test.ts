import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ggmlTypes } from '../formats/gguf-types';
import { splitmix64 } from './reference/cdc';
import { floatBits } from './reference/floats';
import { referenceValues } from './reference/values';
import { testKernels } from './test-support';
import { layoutOf, valueBytes, valueKinds, valueLayout } from './values';

const CAPACITY = 4 * 1_048_576;
const kernels = testKernels(CAPACITY);
const kinds = Object.entries(valueKinds);

/** What the kernel makes of `bytes`, at an address `shift` bytes off any alignment. */
function decoded(kind: number, bytes: Uint8Array, elements: number, shift = 0): Uint32Array {
  const { buffer, exports } = kernels;
  buffer.set(bytes, shift);
  const to = CAPACITY / 2;
  buffer.fill(0xa5, to, to + elements * 4 + 16);
  const base = buffer.byteOffset;
  exports.decodeValues(layoutOf(kind).kind, base + shift, elements, base + to);
  const after = buffer.subarray(to + elements * 4, to + elements * 4 + 16);
  expect(after.every((byte) => byte === 0xa5)).toBe(true);
  return new Uint32Array(buffer.slice(to, to + elements * 4).buffer);
}

const random = (seed: number, length: number): Uint8Array =>
  new Uint8Array(
    BigUint64Array.from(splitmix64(BigInt(seed), Math.ceil(length / 8))).buffer,
    0,
    length,
  );

describe('decoding values', () => {
  it.each(kinds)('of %s gives the reference’s bits for random bytes', (_, kind) => {
    const layout = layoutOf(kind);
    fc.assert(
      fc.property(fc.nat(1e6), fc.nat(70), fc.nat(15), (seed, blocks, shift) => {
        const elements = blocks * layout.elements;
        const bytes = random(seed, blocks * layout.bytes);
        expect(decoded(kind, bytes, elements, shift)).toEqual(
          referenceValues(kind, bytes, elements),
        );
      }),
      { numRuns: 40 },
    );
  });

  it.each(['F16', 'BF16'] as const)('of %s is right for every one of its 65,536 codes', (name) => {
    const kind = valueKinds[name];
    const bytes = new Uint8Array(Uint16Array.from({ length: 65_536 }, (_, i) => i).buffer);
    expect(decoded(kind, bytes, 65_536)).toEqual(referenceValues(kind, bytes, 65_536));
  });

  it.each([
    ['F8_E4M3', { 0: 0, 1: 2 ** -9, 56: 1, 126: 448, 127: Number.NaN, 128: -0 }],
    ['F8_E5M2', { 1: 2 ** -16, 60: 1, 123: 57_344, 124: Infinity, 252: -Infinity }],
    ['F8_E4M3FNUZ', { 1: 2 ** -10, 64: 1, 127: 240, 128: Number.NaN, 255: -240 }],
    ['F8_E5M2FNUZ', { 1: 2 ** -17, 64: 1, 127: 57_344, 128: Number.NaN, 255: -57_344 }],
    ['F8_E8M0', { 0: 2 ** -127, 127: 1, 254: 2 ** 127, 255: Number.NaN }],
    ['BOOL', { 0: 0, 1: 1, 2: 1, 255: 1 }],
  ] as const)('of %s agrees with its specification', (name, table) => {
    const kind = valueKinds[name];
    const all = Uint8Array.from({ length: 256 }, (_, i) => i);
    const found = decoded(kind, all, 256);
    expect(found).toEqual(referenceValues(kind, all, 256));
    for (const [code, value] of Object.entries(table)) {
      expect(found[Number(code)], `code ${code}`).toBe(floatBits(value));
    }
  });

  it('of floats keeps infinities, NaNs, subnormals and the sign of zero', () => {
    const bits = [0x7f80_0000, 0xff80_0000, 0x7fc0_0001, 0xffff_ffff, 1, 0x8000_0001, 0x8000_0000];
    const bytes = new Uint8Array(Uint32Array.from(bits).buffer);
    expect([...decoded(valueKinds.F32, bytes, bits.length)]).toEqual(bits);
  });

  it('of doubles rounds once, and names every NaN alike', () => {
    const values = [
      1 + 2 ** -24,
      1 + 2 ** -24 + 2 ** -50,
      1e300,
      -1e-300,
      2 ** -149,
      -0,
      -Infinity,
    ];
    const bytes = new Uint8Array(Float64Array.from(values).buffer);
    expect([...decoded(valueKinds.F64, bytes, values.length)]).toEqual(values.map(floatBits));
    const nans = new Uint8Array(
      BigUint64Array.of(0x7ff0_0000_0000_0001n, 0xffff_ffff_ffff_ffffn).buffer,
    );
    expect([...decoded(valueKinds.F64, nans, 2)]).toEqual([0x7fc0_0000, 0xffc0_0000]);
  });

  it('of 64-bit integers rounds to nearest, ties to even, at once', () => {
    // Between two floats, and just above: by way of a double the second would be rounded down.
    const values = [(1n << 60n) + (1n << 36n), (1n << 60n) + (1n << 36n) + 1n, -(2n ** 63n), -1n];
    const bytes = new Uint8Array(BigInt64Array.from(values).buffer);
    const expected = [2 ** 60, 2 ** 60 + 2 ** 37, -(2 ** 63), -1].map(floatBits);
    expect([...decoded(valueKinds.I64, bytes, 4)]).toEqual(expected);
  });

  it('of block types with an infinite or NaN scale gives one kind of NaN', () => {
    for (const [name, kind] of kinds.filter(([, each]) => each >= valueKinds.Q4_0)) {
      const { bytes: size, elements } = layoutOf(kind);
      for (const half of [0x7c00, 0xfc00, 0x7e01, 0xffff]) {
        const bytes = random(half, size);
        for (let at = 0; at + 2 <= size; at += 2) {
          const block = bytes.slice();
          block.set([half & 255, half >> 8], at);
          const found = decoded(kind, block, elements);
          expect(found, `${name} at ${at}`).toEqual(referenceValues(kind, block, elements));
        }
      }
    }
  });
});

/**
 * From gguf-py 0.19.0 (`gguf.quants.dequantize`, numpy): SHA-256 of 64 decoded blocks of random
 * bytes whose half floats, at these places in a block, were made finite.
 */
const golden: readonly (readonly [keyof typeof valueKinds, readonly number[], string])[] = [
  ['Q4_0', [0], 'ba8b771f7872d7a6'],
  ['Q4_1', [0, 2], 'e0b420914e98bf3e'],
  ['Q5_0', [0], 'd91bfb48b134669e'],
  ['Q5_1', [0, 2], '3a968b0811c755bc'],
  ['Q8_0', [0], '16d400eef8ec3c45'],
  ['Q2_K', [80, 82], 'd4e325f1d088ec0a'],
  ['Q3_K', [108], 'f3ab1830f0b47c15'],
  ['Q4_K', [0, 2], '4aa9aa928ddc778f'],
  ['Q5_K', [0, 2], 'b68b1321c0671cb1'],
  ['Q6_K', [208], '8fda8be5d0b2485c'],
  ['IQ4_NL', [0], '8386f9870594ef91'],
  ['IQ4_XS', [0], 'e4fc476d7c1a04ae'],
  ['MXFP4', [], '4894b0e7e66309cd'],
];

describe('dequantising', () => {
  it.each(golden)('%s gives what ggml’s own package gives', (name, halves, digest) => {
    const { kind, elements, bytes: size } = layoutOf(valueKinds[name]);
    const bytes = random(77, 64 * size);
    for (let block = 0; block < 64; block++) {
      for (const half of halves) {
        const at = block * size + half + 1;
        bytes[at] = (bytes[at] ?? 0) & 0xbf;
      }
    }
    const found = decoded(kind, bytes, 64 * elements);
    const hash = createHash('sha256').update(new Uint8Array(found.buffer)).digest('hex');
    expect(hash.slice(0, 16)).toBe(digest);
  });
});

describe('the layout of values', () => {
  it('is what the GGUF reader knows of ggml’s types', () => {
    for (const { dtype, elements, bytes } of ggmlTypes.values()) {
      const layout = valueLayout(dtype);
      if (layout !== undefined)
        expect({ elements, bytes }).toEqual({ elements: layout.elements, bytes: layout.bytes });
    }
  });

  it.each(['C64', 'F4', 'F6_E2M3', 'numpy U5', 'IQ2_XS', 'Q8_K', 'QI8', 'toString', ''])(
    'of %s is not known',
    (dtype) => expect(valueLayout(dtype)).toBeUndefined(),
  );

  it('gives bytes for whole blocks only', () => {
    expect(valueBytes(valueKinds.Q4_K, 512)).toBe(288);
    expect(valueBytes(valueKinds.Q4_K, 500)).toBeUndefined();
    expect(valueBytes(valueKinds.F64, 2 ** 52)).toBeUndefined();
    expect(valueBytes(99, 1)).toBeUndefined();
    expect(() => layoutOf(99)).toThrow(RangeError);
  });
});
