import { describe, expect, it } from 'vitest';
import { normal } from '../kernels/testing/pairs';
import { valueKinds } from '../kernels/values';
import { rounded } from './beyond-values';
import { delta } from './delta';
import { damagedOutcomes, roundTrip } from './testing/beyond';
import { floats, picker, singles, someBytes, testTools } from './testing/made';
import { delta2, scaled } from './two-base';

const tools = testTools();
const { F32, BF16, F16, F64 } = valueKinds;
const kinds = [F32, BF16, F16] as const;
const NO_LIMIT = Number.POSITIVE_INFINITY;

function weights(seed: number, count: number, kind: (typeof kinds)[number] = F32): Uint8Array {
  const next = normal(seed);
  return floats(
    tools.kernels,
    kind,
    Float32Array.from({ length: count }, () => 0.02 * next()),
  );
}

describe('scaled', () => {
  it.each(kinds)('leaves hardly anything of rows times a factor (kind %i)', (kind) => {
    const base = weights(1, 64 * 100, kind);
    const factor = normal(2);
    const factors = Float32Array.from({ length: 64 }, () => 1 + 0.3 * factor());
    const values = singles(tools.kernels, kind, base);
    const folded = values.map((value, at) => value * (factors[Math.floor(at / 100)] ?? 0));
    const bytes = floats(tools.kernels, kind, folded);
    const rowBytes = bytes.length / 64;
    const content = { bytes, kind, rowBytes };
    const found = roundTrip(scaled, content, [{ bytes: base, kind }], tools);
    expect(found?.exact).toBe(true);
    expect(found?.data.length).toBeLessThan(bytes.length / 8);
    const plain = delta.encode(content, [{ bytes: base, kind }], NO_LIMIT, 'balanced', tools);
    expect(found?.data.length ?? NO_LIMIT).toBeLessThan((plain?.length ?? 0) / 3);
  });

  it('takes a base of another float kind', () => {
    const base = weights(3, 5000, BF16);
    const bytes = floats(
      tools.kernels,
      F32,
      singles(tools.kernels, BF16, base).map((x) => 2 * x),
    );
    const found = roundTrip(scaled, { bytes, kind: F32 }, [{ bytes: base, kind: BF16 }], tools);
    expect(found?.exact).toBe(true);
    expect(found?.data.length).toBeLessThan(200);
  });
});

describe('delta2', () => {
  it.each(kinds)('leaves hardly anything of the mean of two bases (kind %i)', (kind) => {
    const bases = [weights(4, 8000, kind), weights(5, 8000, kind)];
    const [a, b] = bases.map((bytes) => singles(tools.kernels, kind, bytes));
    const mean = Float32Array.from(a ?? [], (x, at) => (x + (b?.[at] ?? 0)) / 2);
    const bytes = floats(tools.kernels, kind, mean);
    const used = bases.map((each) => ({ bytes: each, kind }));
    const found = roundTrip(delta2, { bytes, kind }, used, tools);
    expect(found?.exact).toBe(true);
    expect(found?.data.length).toBeLessThan(100);
  });

  it('follows a line through two checkpoints, and either side of it', () => {
    const [from, step] = [normal(6), normal(7)];
    const start = Float32Array.from({ length: 8000 }, () => 0.02 * from());
    const way = start.map(() => 0.002 * step());
    const noise = normal(8);
    const at = (t: number): Uint8Array =>
      floats(
        tools.kernels,
        F32,
        start.map((x, n) => x + t * (way[n] ?? 0) + 0.0002 * noise()),
      );
    const bases = [at(0), at(1)].map((bytes) => ({ bytes, kind: F32 }));
    for (const bytes of [at(2), at(0.5), at(-1)]) {
      const found = roundTrip(delta2, { bytes, kind: F32 }, bases, tools);
      const [first] = bases;
      const one = first && delta.encode({ bytes, kind: F32 }, [first], NO_LIMIT, 'balanced', tools);
      expect(found?.exact).toBe(true);
      expect(found?.data.length).toBeLessThan(0.95 * (one?.length ?? 0));
    }
  });
});

describe('rounded', () => {
  it('is the nearest single, and 0 for no number, whose bits differ between machines', () => {
    expect([rounded(0.1), rounded(Number.NaN), rounded(1e39)]).toEqual([
      Math.fround(0.1),
      0,
      Infinity,
    ]);
  });
});

describe('both', () => {
  it('are exact for whatever bits: no numbers, infinities, both zeros, odd lengths', () => {
    const pick = picker(9);
    for (let n = 0; n < 2000; n++) {
      const kind = kinds[n % 3] ?? F32;
      const width = kind === F32 ? 4 : 2;
      const length = width * (1 + pick(90));
      const rowBytes = width * (1 + pick(12));
      const [bytes, a, b] = [0, 1, 2].map(() => someBytes(pick, length));
      if (bytes === undefined || a === undefined || b === undefined) throw new Error('no bytes');
      const bases = [
        { bytes: a, kind },
        { bytes: b, kind },
      ];
      expect(roundTrip(scaled, { bytes, kind, rowBytes }, bases.slice(0, 1), tools)?.exact).toBe(
        true,
      );
      expect(roundTrip(delta2, { bytes, kind, rowBytes }, bases, tools)?.exact).toBe(true);
    }
  });

  it('take bases of other lengths: what these have not counts as 0', () => {
    const bytes = weights(14, 1000);
    for (const length of [0, 4, 3000, 5000]) {
      const bases = [
        { bytes: weights(15, length / 4), kind: F32 },
        { bytes: bytes.subarray(0, 3600), kind: F32 },
      ];
      const found = roundTrip(delta2, { bytes, kind: F32, rowBytes: 80 }, bases, tools);
      expect(found?.exact).toBe(true);
      if (length === 0) expect(found?.data.length).toBeLessThan(bytes.length / 4);
    }
  });

  it('do not apply to other kinds and numbers of bases', () => {
    const bytes = weights(10, 100);
    const base = { bytes, kind: F32 };
    const encode = (kind: typeof F32 | typeof F64, bases: readonly (typeof base)[]): unknown =>
      delta2.encode({ bytes, kind }, bases, NO_LIMIT, 'fast', tools);
    expect(encode(F32, [base, base])).toBeDefined();
    expect(encode(F64, [base, base])).toBeUndefined();
    expect(encode(F32, [base])).toBeUndefined();
  });

  it('refuse damaged data, or decode to other bytes; never anything else', () => {
    const bytes = weights(11, 600);
    const bases = [12, 13].map((seed) => ({ bytes: weights(seed, 600), kind: F32 }));
    for (const [codec, used] of [
      [scaled, bases.slice(0, 1)],
      [delta2, bases],
    ] as const) {
      const found = roundTrip(codec, { bytes, kind: F32, rowBytes: 240 }, used, tools);
      const data = found?.data ?? new Uint8Array(0);
      const outcomes = damagedOutcomes(codec, data, bytes.length, F32, used, tools);
      expect(outcomes.has('refused')).toBe(true);
      expect(() => codec.decode(data, bytes.length, F32, [], tools)).toThrow('bases of floats');
    }
  });
});
