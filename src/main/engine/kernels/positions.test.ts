import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RUN_ELEMENTS, sampleRuns, transposedPositions } from './positions';
import { SAMPLE_POSITIONS } from './signature';

const large = fc.oneof(
  fc.integer({ min: SAMPLE_POSITIONS + 1, max: 20_000 }),
  fc.integer({ min: SAMPLE_POSITIONS + 1, max: 2 ** 31 - 1 }),
  fc.maxSafeInteger().filter((elements) => elements > SAMPLE_POSITIONS),
);

describe('sampled positions', () => {
  it('are all of them where there are at most 4096', () => {
    for (const elements of [1, 31, 4095, 4096]) {
      const { starts, length, positions } = sampleRuns(elements);
      expect([[...starts], length, positions]).toEqual([[0], elements, elements]);
    }
  });

  it('are else one aligned run of 32 in each of 128 strata, whole and apart', () => {
    fc.assert(
      fc.property(large, (elements) => {
        const { starts, length, positions } = sampleRuns(elements);
        expect([starts.length, length, positions]).toEqual([128, RUN_ELEMENTS, SAMPLE_POSITIONS]);
        const blocks = Math.floor(elements / RUN_ELEMENTS);
        starts.forEach((start, stratum) => {
          expect(start % RUN_ELEMENTS).toBe(0);
          expect(start / RUN_ELEMENTS).toBeGreaterThanOrEqual(Math.floor((stratum * blocks) / 128));
          expect(start / RUN_ELEMENTS).toBeLessThan(Math.floor(((stratum + 1) * blocks) / 128));
        });
      }),
    );
  });

  it('never change: signatures on disk were made at them', () => {
    const firsts = (elements: number): number[] => [...sampleRuns(elements).starts.subarray(0, 4)];
    expect([4097, 1_000_000, 2 ** 33 + 7].map(firsts)).toMatchInlineSnapshot(`
      [
        [
          0,
          32,
          64,
          96,
        ],
        [
          576,
          14944,
          17120,
          27072,
        ],
        [
          51582240,
          73219776,
          190903712,
          247378880,
        ],
      ]
    `);
  });

  it('do not follow a period of a matrix', () => {
    for (const columns of [256, 1024, 4096]) {
      const seen = new Set(Array.from(sampleRuns(columns * columns).starts, (at) => at % columns));
      // 128 draws of as many aligned places as a row has.
      expect(seen.size).toBeGreaterThan(Math.min(128, columns / RUN_ELEMENTS) * 0.5);
    }
  });

  it('of a transpose are where the matrix itself holds them', () => {
    const shapes = fc.tuple(fc.integer({ min: 2, max: 300 }), fc.integer({ min: 2, max: 300 }));
    fc.assert(
      fc.property(shapes, ([rows, columns]) => {
        const { starts, length } = sampleRuns(rows * columns);
        const direct = [...starts].flatMap((start) =>
          Array.from({ length }, (_, i) => {
            const [column, row] = [Math.floor((start + i) / rows), (start + i) % rows];
            return row * columns + column;
          }),
        );
        expect([...transposedPositions(rows, columns)]).toEqual(direct);
      }),
    );
  });
});
