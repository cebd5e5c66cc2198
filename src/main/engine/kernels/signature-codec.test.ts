import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitmix64 } from './reference/cdc';
import { referenceSignature } from './reference/sketch';
import type { Signature } from './signature';
import { decodeSignature, encodeSignature } from './signature-codec';
import { layoutOf, type ValueKind, valueKinds } from './values';

const kinds = Object.values(valueKinds);

function made(kind: ValueKind, blocks: number, rows: number, seed: number): Signature {
  const { elements: perBlock, bytes } = layoutOf(kind);
  const elements = blocks * rows * perBlock;
  const length = blocks * rows * bytes;
  const data = new Uint8Array(
    BigUint64Array.from(splitmix64(BigInt(seed), Math.ceil(length / 8))).buffer,
    0,
    length,
  );
  return referenceSignature({ kind, elements, rows, matrix: rows > 1 }, data);
}

const signatures = fc
  .record({
    kind: fc.constantFrom(...kinds),
    blocks: fc.integer({ min: 1, max: 40 }),
    rows: fc.integer({ min: 1, max: 20 }),
    seed: fc.nat(1e6),
  })
  .map(({ kind, blocks, rows, seed }) => made(kind, blocks, rows, seed));

describe('an encoded signature', () => {
  it('decodes to what was encoded', () => {
    fc.assert(
      fc.property(signatures, (signature) => {
        expect(decodeSignature(encodeSignature(signature))).toStrictEqual(signature);
      }),
      { numRuns: 60 },
    );
  });

  it('is at most 9 KiB, and small for a small tensor', () => {
    const widest = made(valueKinds.F32, 96, 64, 4);
    expect(widest.transposed).toBeDefined();
    expect(widest.rowHashes).toHaveLength(17);
    expect(encodeSignature(widest).length).toBeLessThanOrEqual(9 * 1024);
    expect(encodeSignature(made(valueKinds.F16, 1, 1, 1)).length).toBeLessThan(100);
  });

  it('is undefined when any byte of it is damaged, missing or too much', () => {
    const bytes = encodeSignature(made(valueKinds.BF16, 3, 9, 8));
    for (let at = 0; at < bytes.length; at++) {
      const damaged = bytes.slice();
      damaged[at] = (damaged[at] ?? 0) ^ (1 << (at % 8));
      expect(decodeSignature(damaged)).toBeUndefined();
      expect(decodeSignature(bytes.subarray(0, at))).toBeUndefined();
    }
    expect(decodeSignature(Buffer.concat([bytes, Buffer.of(0)]))).toBeUndefined();
  });

  it('whose fields cannot be is undefined, though its checksum is right', () => {
    const bytes = encodeSignature(made(valueKinds.BF16, 3, 9, 8));
    const forged = (at: number, value: number): Uint8Array => {
      const view = new DataView(bytes.slice().buffer);
      view.setUint8(at, value);
      const end = bytes.length - 4;
      view.setUint32(end, crc32(new Uint8Array(view.buffer, 0, end)), true);
      return new Uint8Array(view.buffer);
    };
    expect(decodeSignature(forged(0, 1))).toBeDefined();
    for (const [at, value] of [
      ...[
        [0, 2],
        [1, 99],
        [1, valueKinds.Q4_K],
        [2, 0],
        [2, 2],
        [3, 18],
        [3, 3],
      ],
      ...[
        [10, 255],
        [18, 255],
        [19, 0xff],
        [50, 3],
        [51, 255],
      ],
    ] as [number, number][]) {
      expect(decodeSignature(forged(at, value)), `${value} at ${at}`).toBeUndefined();
    }
  });

  it('decodes from the middle of other bytes, whatever their alignment', () => {
    const signature = made(valueKinds.F32, 5, 9, 2);
    const bytes = encodeSignature(signature);
    const around = new Uint8Array(bytes.length + 3);
    around.set(bytes, 3);
    expect(decodeSignature(around.subarray(3))).toStrictEqual(signature);
  });

  it('of any bytes at all is undefined, and never an exception', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        bytes[0] = 1;
        expect(decodeSignature(bytes)).toBeUndefined();
      }),
      { numRuns: 300 },
    );
  });
});
