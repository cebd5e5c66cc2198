import { describe, expect, it } from 'vitest';
import { uniform } from '../kernels/testing/pairs';
import { bitsWritten, bitWriter } from './rans-bits';
import { frequenciesOf, mapOf, readTables, TOKENS, writeTables } from './rans-tables';

/** Counts of many shapes: steep, flat, few tokens, all tokens, one token far above the rest. */
function someCounts(seed: number): Float64Array {
  const next = uniform(seed);
  const counts = new Float64Array(TOKENS);
  const steepness = 1 + 20 * next();
  const tokens = 1 + Math.floor(next() * TOKENS);
  const from = Math.floor(next() * (TOKENS - tokens + 1));
  const flat = seed % 3 === 0;
  for (let token = from; token < from + tokens; token++) {
    counts[token] = flat ? 10 + Math.floor(next() * 3) : Math.floor(1000 * next() ** steepness);
  }
  counts[from] = (counts[from] ?? 0) + 1;
  return counts;
}

describe('tables', () => {
  it('sum to 4096, give every token that occurs a frequency, and come back from their bits', () => {
    for (let seed = 0; seed < 3000; seed++) {
      const next = uniform(seed);
      const all = Array.from({ length: 1 + Math.floor(next() * 4) }, (_, at) =>
        someCounts(seed * 4 + at),
      );
      const frequencies = all.map(frequenciesOf);
      frequencies.forEach((each, at) => {
        expect(each.reduce((sum, frequency) => sum + frequency, 0)).toBe(4096);
        const lacking = all[at]?.findIndex((count, token) => count > 0 !== (each[token] ?? 0) > 0);
        expect(lacking).toBe(-1);
      });
      const tables = { bounds: frequencies.slice(1).map((_, at) => 10 * at + 3), frequencies };
      for (const step of [1, 2]) {
        const writer = bitWriter();
        writeTables(writer, tables, step);
        const data = bitsWritten(writer);
        const reader = { data, at: 0 };
        expect(readTables(reader, step)).toEqual(tables);
        expect((reader.at + 7) >> 3).toBe(data.length);
      }
    }
  });

  it('of random bits are refused, or sum to 4096', () => {
    const next = uniform(3);
    let refused = 0;
    for (let round = 0; round < 3000; round++) {
      const data = Uint8Array.from({ length: 200 }, () => 256 * next());
      const tables = readTables({ data, at: 0 }, 1);
      if (tables === undefined) refused += 1;
      for (const each of tables?.frequencies ?? []) {
        expect(each.reduce((sum, frequency) => sum + frequency, 0)).toBe(4096);
      }
    }
    expect(refused).toBeGreaterThan(1000);
  });

  it('code the levels up to their bounds', () => {
    const map = mapOf([3, 200]);
    expect([map[0], map[3], map[4], map[200], map[201], map[255]]).toEqual([0, 0, 1, 1, 2, 2]);
  });
});
