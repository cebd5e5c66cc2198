import { describe, expect, it } from 'vitest';
import type { Inventory } from './inventory';
import { storedOf, wholeBytes } from './library';

const inventory = (lengths: readonly number[], repeated: number): Inventory => ({
  files: [],
  contents: lengths.map((length) => ({
    file: 0,
    offset: 0,
    length,
    novelBytes: length,
    novel: [],
    target: undefined,
    signed: -1,
    deflated: false,
  })),
  logicalBytes: lengths.reduce((sum, length) => sum + length, repeated),
  exactBytes: repeated,
  models: 1,
  tensors: lengths.length,
});

describe('storedOf', () => {
  it('counts each byte once: exact, then cast, then delta, then compression', () => {
    const alone = Float64Array.of(80, 40, 80.4);
    const options = [
      { tensor: 1, base: 0, bytes: 0, cast: true },
      { tensor: 2, base: 0, bytes: 30.2, cast: false },
    ];
    expect(storedOf(inventory([100, 50, 100], 70), alone, options)).toEqual({
      storedBytes: 110,
      savings: { exact: 70, cast: 50, delta: 50, compression: 40 },
    });
  });

  it('never stores more than the bytes themselves', () => {
    const { storedBytes, savings } = storedOf(inventory([100], 0), Float64Array.of(130), []);
    expect(storedBytes).toBe(100);
    expect(savings).toEqual({ exact: 0, cast: 0, delta: 0, compression: 0 });
  });
});

describe('wholeBytes', () => {
  it('gives whole numbers that add up whatever is rounded', () => {
    for (const part of [0, 0.4, 0.5, 0.6, 33.3]) {
      const { storedBytes, savings } = wholeBytes(100, part, part, part, 100 - 3 * part);
      const saved = Object.values(savings).reduce((sum, bytes) => sum + bytes, 0);
      expect(saved).toBe(100 - storedBytes);
      expect(Object.values(savings).every((bytes) => Number.isInteger(bytes) && bytes >= 0)).toBe(
        true,
      );
    }
  });
});
