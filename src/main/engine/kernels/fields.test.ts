import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitmix64 } from './reference/cdc';
import { referenceLanes } from './reference/transform';
import { testKernels } from './test-support';
import { layoutOf, valueKinds } from './values';

const SPACE = 65_536;
const { exports, buffer } = testKernels(3 * SPACE);
const at = buffer.byteOffset;

function randomBytes(seed: number, length: number): Uint8Array {
  const words = splitmix64(BigInt(seed), Math.ceil(length / 8));
  return new Uint8Array(BigUint64Array.from(words).buffer, 0, length).slice();
}

const strides = [...new Set(Object.values(valueKinds).map((kind) => layoutOf(kind).bytes))];
const seeds = fc.integer({ min: 1, max: 1_000_000 });

describe('fields of blocks', () => {
  it('are gathered back to back and scattered again, and nothing else is written', () => {
    fc.assert(
      fc.property(
        seeds,
        fc.constantFrom(...strides),
        fc.integer({ min: 0, max: 150 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (seed, stride, count, first, part) => {
          const offset = Math.floor(first * (stride - 1));
          const length = Math.floor(part * (stride - offset));
          const blocks = randomBytes(seed, count * stride);
          const expected = Uint8Array.from({ length: count * length }, (_, i) => {
            const block = Math.floor(i / length);
            return blocks[block * stride + offset + (i % length)] ?? 0;
          });
          buffer.fill(0xa5, 0, 3 * SPACE);
          buffer.set(blocks);
          exports.gatherField(at + offset, stride, length, count, at + SPACE);
          const gathered = buffer.slice(SPACE, SPACE + expected.length);
          expect(Buffer.compare(gathered, expected)).toBe(0);
          expect(buffer[SPACE + expected.length]).toBe(0xa5);
          exports.scatterField(at + SPACE, length, count, at + 2 * SPACE + offset, stride);
          const scattered = buffer.slice(2 * SPACE, 2 * SPACE + blocks.length);
          const isField = (i: number): boolean =>
            i % stride >= offset && i % stride < offset + length;
          const kept = blocks.map((byte, i) => (isField(i) ? byte : 0xa5));
          expect(Buffer.compare(scattered, kept)).toBe(0);
        },
      ),
      { numRuns: 300, seed: 5 },
    );
  });
});

describe('lanes of bytes', () => {
  it.each([
    [8, 0x80],
    [4, 0x88],
    [2, 0xaa],
    [1, 0xff],
  ])('of %i bits are subtracted as the reference subtracts, and added again', (bits, top) => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 0, max: 400 }), (seed, length) => {
        const [a, b] = [randomBytes(seed, length), randomBytes(seed + 1, length)];
        buffer.set(a, 3);
        buffer.set(b, SPACE);
        exports.subtractLanes(at + 3, at + SPACE, length, top, at + 2 * SPACE);
        const difference = buffer.slice(2 * SPACE, 2 * SPACE + length);
        expect(Buffer.compare(difference, referenceLanes(bits, -1, a, b))).toBe(0);
        exports.addLanes(at + 3, at + SPACE, length, top, at + 2 * SPACE);
        const sum = buffer.slice(2 * SPACE, 2 * SPACE + length);
        expect(Buffer.compare(sum, referenceLanes(bits, 1, a, b))).toBe(0);
        buffer.set(difference, 2 * SPACE);
        exports.addLanes(at + 2 * SPACE, at + SPACE, length, top, at + 2 * SPACE);
        expect(Buffer.compare(buffer.slice(2 * SPACE, 2 * SPACE + length), a)).toBe(0);
      }),
      { numRuns: 300, seed: 5 },
    );
  });

  it('are every pair of bytes right', () => {
    const a = Uint8Array.from({ length: SPACE }, (_, i) => i >> 8);
    const b = Uint8Array.from({ length: SPACE }, (_, i) => i);
    for (const [bits, top] of [
      [8, 0x80],
      [4, 0x88],
      [2, 0xaa],
      [1, 0xff],
    ] as const) {
      buffer.set(a);
      buffer.set(b, SPACE);
      exports.subtractLanes(at, at + SPACE, SPACE, top, at + 2 * SPACE);
      const found = buffer.slice(2 * SPACE, 3 * SPACE);
      expect(Buffer.compare(found, referenceLanes(bits, -1, a, b))).toBe(0);
    }
  });
});
