import { describe, expect, it } from 'vitest';
import { gamma, logGamma } from './gamma';
import { randomStream } from './hash';
import { countsOf, learnShrinkage } from './shrink';

const entropyOf = (shares: Float64Array): number =>
  shares.reduce((bits, share) => bits - (share > 0 ? share * Math.log2(share) : 0), 0);

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

describe('learnShrinkage', () => {
  it('tells random bytes from few symbols with 32 samples of each', () => {
    const random = randomStream(3);
    const draw = (symbols: number): Float64Array =>
      countsOf(Uint8Array.from({ length: 32 }, () => Math.floor(random() * symbols)));
    const all = Array.from({ length: 60 }, (_, at) => draw(at % 2 === 0 ? 256 : 4));
    const shrinkage = learnShrinkage(all);
    const bits = all.map((counts) => entropyOf(shrinkage.draw(counts, random)));
    expect(mean(bits.filter((_, at) => at % 2 === 0))).toBeGreaterThan(7.9);
    expect(Math.abs(mean(bits.filter((_, at) => at % 2 === 1)) - 2)).toBeLessThan(0.15);
  });

  it('leaves many samples as they are', () => {
    const counts = new Float64Array(256);
    counts.set([3000, 1000]);
    const [first, second] = learnShrinkage([counts]).draw(counts, randomStream(1));
    expect([first, second]).toEqual([0.75, 0.25]);
  });
});

describe('logGamma and gamma', () => {
  it('know the factorials and the square root of pi', () => {
    expect(logGamma(6)).toBeCloseTo(Math.log(120), 9);
    expect(logGamma(0.5)).toBeCloseTo(Math.log(Math.sqrt(Math.PI)), 9);
    expect(logGamma(1e6)).toBeCloseTo(12815504.569148, 3);
  });

  it('draw numbers of the right mean', () => {
    const random = randomStream(8);
    for (const shape of [0.2, 1, 7]) {
      const drawn = Array.from({ length: 5000 }, () => gamma(shape, random));
      expect(Math.abs(mean(drawn) / shape - 1)).toBeLessThan(0.1);
    }
  });
});
