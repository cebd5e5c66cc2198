import { describe, expect, it } from 'vitest';
import { defaultThresholds } from '../../../shared/domain';
import type { Signature } from '../kernels/signature';
import { storedAlone, storedAsDelta } from '../kernels/testing/stored';
import { valueKinds } from '../kernels/values';
import type { SampleDtype } from '../samples/dtypes';
import {
  castLikely,
  estimateAlone,
  estimatePair,
  estimateScore,
  estimateTransposed,
} from './estimate-pair';
import { normalValues, signed, signedBytes, storedBytes, updated } from './testing/made-signatures';

const dtypes: readonly SampleDtype[] = ['F32', 'F16', 'BF16'];
const relatives = [1e-4, 1e-3, 1e-2, 1e-1];

/** Lin's concordance, cosine and relative L2 of all values. */
function exact(a: Float32Array, b: Float32Array): { score: number; relativeL2: number } {
  const n = a.length;
  const mean = (x: Float32Array): number => x.reduce((sum, value) => sum + value, 0) / n;
  const [ma, mb] = [mean(a), mean(b)];
  let spread = (ma - mb) ** 2 * n;
  let covariance = 0;
  let squares = 0;
  let power = 0;
  a.forEach((x, at) => {
    const y = b[at] ?? 0;
    spread += (x - ma) ** 2 + (y - mb) ** 2;
    covariance += (x - ma) * (y - mb);
    squares += (x - y) ** 2;
    power += y * y;
  });
  return { score: (2 * covariance) / spread, relativeL2: Math.sqrt(squares / power) };
}

const within = (value: number, of: number, share: number): void => {
  expect(Math.abs(value / of - 1), `${value} against ${of}`).toBeLessThan(share);
};

describe('estimates of a pair', () => {
  it('tell a fine-tune relative update, however small, in 32 bits', () => {
    const base = normalValues(1, 20_000, 0.03);
    for (const relative of [3e-5, ...relatives, 0.5]) {
      const tune = updated(base, relative, 2);
      const estimate = estimatePair(signed(tune, 'F32'), signed(base, 'F32'));
      const true_ = exact(tune, base);
      const tolerance = relative < 1e-4 ? 0.3 : 0.15;
      within(estimate.relativeL2, true_.relativeL2, tolerance);
      within(1 - estimate.score, 1 - true_.score, 2 * tolerance);
      expect(estimate.verified).toBe(false);
      expect(estimate.elementBits).toBe(32);
    }
  });

  it('predict the bytes of a delta as zstd makes them, within a tenth', () => {
    const base = normalValues(3, 40_000, 0.03);
    for (const dtype of dtypes) {
      for (const relative of relatives) {
        const bytes = storedBytes(updated(base, relative, 4), dtype);
        const baseBytes = storedBytes(base, dtype);
        const kind = valueKinds[dtype];
        const [a, b] = [bytes, baseBytes].map((each) => signedBytes(each, kind, base.length));
        if (a === undefined || b === undefined) throw new Error('two signatures');
        within(estimatePair(a, b).deltaBytes, storedAsDelta(kind, bytes, baseBytes), 0.1);
        within(estimateAlone(a, bytes.length), storedAlone(kind, bytes), 0.02);
      }
    }
  });

  it('predict differing bits within a tenth', () => {
    const base = normalValues(5, 20_000, 0.03);
    for (const dtype of dtypes) {
      for (const relative of relatives) {
        const [x, y] = [storedBytes(updated(base, relative, 6), dtype), storedBytes(base, dtype)];
        let bits = 0;
        x.forEach((byte, at) => {
          for (let rest = byte ^ (y[at] ?? 0); rest !== 0; rest &= rest - 1) bits++;
        });
        const kind = valueKinds[dtype];
        const [a, b] = [signedBytes(x, kind, base.length), signedBytes(y, kind, base.length)];
        within(estimatePair(a, b).differingBits, bits / base.length, 0.1);
      }
    }
  });

  it('are 1 for equal values, whatever the dtype and shape', () => {
    const values = normalValues(7, 4096);
    const base = signed(values, 'BF16');
    const rounded = signed(values, 'F32', 64);
    expect(estimatePair(base, base)).toMatchObject({ score: 1, cosine: 1, relativeL2: 0 });
    expect(estimatePair(rounded, base).score).toBeGreaterThan(0.99999);
  });

  it('charge little for zeros that stay', () => {
    const base = normalValues(13, 20_000).map((value, at) => (at % 4 > 0 ? 0 : value));
    const tune = updated(base, 1e-3, 14).map((value, at) => (at % 4 > 0 ? 0 : value));
    const [bytes, baseBytes] = [storedBytes(tune, 'F32'), storedBytes(base, 'F32')];
    const { F32 } = valueKinds;
    const estimate = estimatePair(
      signedBytes(bytes, F32, base.length),
      signedBytes(baseBytes, F32, base.length),
    );
    const stored = storedAsDelta(F32, bytes, baseBytes);
    within(estimate.deltaBytes, stored, 0.45);
    expect(estimate.deltaBytes).toBeLessThan(20_000);
  });

  it('refuse tensors of other element counts', () => {
    const [a, b] = [signed(normalValues(8, 128), 'F32'), signed(normalValues(8, 256), 'F32')];
    expect(() => estimatePair(a, b)).toThrow(RangeError);
    expect(estimateScore(a, b)).toBe(0);
  });

  it('never promise more than the own bytes, nor less than none', () => {
    const a = signed(normalValues(9, 4096), 'F32');
    const b = signed(normalValues(10, 4096, 1e-3), 'BF16');
    for (const { deltaBytes } of [estimatePair(a, b), estimatePair(b, a)]) {
      expect(deltaBytes).toBeGreaterThan(0);
    }
    expect(estimatePair(a, b).deltaBytes).toBeLessThanOrEqual(4096 * 4);
    expect(estimatePair(b, a).deltaBytes).toBeLessThanOrEqual(4096 * 2);
  });

  it('agree between the quick score and the whole', () => {
    const base = normalValues(11, 4096);
    for (const relative of [...relatives, 1, 3]) {
      const [a, b] = [signed(updated(base, relative, 12), 'F32'), signed(base, 'F32')];
      expect(estimateScore(a, b)).toBe(estimatePair(a, b).score);
    }
  });
});

describe('cases of the design', () => {
  const base = normalValues(20, 4096, 0.05);
  const score = (values: Float32Array, other = base): number =>
    estimatePair(signed(values, 'F32', 64), signed(other, 'F32', 64)).score;

  it('permuted rows are unrelated', () => {
    const permuted = base.map((_, at) => base[(((at >> 6) * 29 + 7) % 64) * 64 + (at & 63)] ?? 0);
    expect(Math.abs(score(permuted))).toBeLessThan(0.2);
  });

  it('a doubled tensor is far from its half', () => {
    const doubled = base.map((value) => 2 * value);
    expect(score(doubled)).toBeCloseTo(0.8, 1);
    expect(score(doubled)).toBeLessThan(defaultThresholds.similar);
    expect(estimatePair(signed(doubled, 'F32'), signed(base, 'F32')).cosine).toBeCloseTo(1, 5);
  });

  it('one flipped sign is near but not the same', () => {
    const flipped = base.map((value, at) => (at === 1000 ? -value : value));
    const estimate = estimatePair(signed(flipped, 'F32'), signed(base, 'F32'));
    expect(estimate.score).toBeLessThan(1);
    expect(estimate.score).toBeGreaterThan(0.99);
    expect(estimate.relativeL2).toBeGreaterThan(0);
    expect(estimate.differingBits).toBeGreaterThan(0);
  });

  it('a negated and a shifted tensor are far', () => {
    expect(score(base.map((value) => -value))).toBeLessThan(-0.9);
    expect(score(base.map((value) => value + 0.5))).toBeLessThan(0.1);
  });

  it('inserted NaNs are left out of the score and stored as they are', () => {
    const withNaNs = base.map((value, at) => (at % 16 === 0 ? NaN : value));
    const a = signed(withNaNs, 'F32');
    const estimate = estimatePair(a, signed(base, 'F32'));
    expect(estimate.score).toBeCloseTo(1, 6);
    expect(estimate.deltaBytes).toBeGreaterThan((4096 / 16) * 3);
    expect(
      estimatePair(
        a,
        signed(
          base.map(() => NaN),
          'F32',
        ),
      ),
    ).toMatchObject({
      score: 0,
      relativeL2: Infinity,
    });
  });

  it('zeros are equal to zeros and unlike anything else', () => {
    const zeros = new Float32Array(4096);
    expect(score(zeros, zeros)).toBe(1);
    const [zero, other] = [signed(zeros, 'F32'), signed(base, 'F32')];
    expect(estimatePair(other, zero)).toMatchObject({ cosine: 0, relativeL2: Infinity });
    expect(Math.abs(estimatePair(zero, other).score)).toBeLessThan(0.01);
    expect(estimateAlone(zero, 16_384)).toBeLessThan(100);
  });

  it('no unrelated pair of 100,000 is similar, norms around 1 included', () => {
    const made: Signature[] = [];
    for (let seed = 0; seed < 330; seed++) {
      const values =
        seed % 3 === 0
          ? normalValues(1000 + seed, 128, 0.1, 1)
          : normalValues(1000 + seed, 128, 0.02 + (seed % 7) / 100);
      made.push(signed(values, dtypes[seed % dtypes.length] ?? 'F32'));
    }
    let highest = -1;
    let pairs = 0;
    made.forEach((a, at) => {
      for (const b of made) {
        if (a === b) continue;
        pairs++;
        highest = Math.max(highest, estimateScore(a, b));
      }
      expect(at).toBeLessThan(made.length);
    });
    expect(pairs).toBeGreaterThan(100_000);
    expect(highest).toBeLessThan(0.6);
  }, 60_000);
});

describe('likely casts', () => {
  const values = normalValues(30, 4096, 0.03);
  const casts = dtypes.flatMap((from) => dtypes.map((to) => [from, to] as const));

  it('are told from dtypes whose values agree', () => {
    for (const [from, to] of casts) {
      const stored = signed(values, from);
      const decoded = roundedTo(values, from);
      const cast = signed(decoded, to);
      expect(castLikely(stored, cast), `${from} to ${to}`).toBe(from !== to);
      expect(castLikely(cast, stored)).toBe(from !== to);
    }
  });

  it('are no fine-tunes and no unrelated tensors', () => {
    // So slight that no more samples differ than by rounding twice; but these are not all even.
    const level = normalValues(34, 4096, 0.05, 0.5);
    const slight = signed(updated(level, 4e-3, 33), 'F16');
    expect(castLikely(slight, signed(level, 'F32'))).toBe(false);
    expect(castLikely(signed(level, 'F16'), signed(level, 'F32'))).toBe(true);
    for (const relative of [3e-3, 1e-2, 1e-1]) {
      for (const [from, to] of casts) {
        expect(castLikely(signed(updated(values, relative, 31), from), signed(values, to))).toBe(
          false,
        );
      }
    }
    expect(castLikely(signed(values, 'F32'), signed(normalValues(32, 4096), 'F16'))).toBe(false);
  });

  it('cost nothing for the narrower side', () => {
    const [wide, narrow] = [signed(values, 'F32'), signed(values, 'F16')];
    expect(estimatePair(narrow, wide).deltaBytes).toBeLessThan(50);
    within(estimatePair(wide, narrow).deltaBytes, 4096 * 1.64, 0.05);
  });
});

/** What values become when they are stored as a dtype and read again. */
function roundedTo(values: Float32Array, dtype: SampleDtype): Float32Array {
  if (dtype === 'F32') return values;
  const bytes = storedBytes(values, dtype);
  const view = new DataView(bytes.buffer);
  return values.map((_, at) => {
    const word = view.getUint16(at * 2, true);
    if (dtype === 'BF16') return new Float32Array(Uint32Array.of(word << 16).buffer)[0] ?? 0;
    const exponent = (word >> 10) & 31;
    const fraction = word & 0x3ff;
    const size = exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25);
    return word & 0x8000 ? -size : size;
  });
}

describe('estimates of a transposed pair', () => {
  it('come near the score of the exchanged tensor', () => {
    const base = normalValues(40, 96 * 64, 0.05, 0.01);
    const tune = updated(base, 0.3, 41);
    const turned = tune.map((_, at) => tune[(at % 96) * 64 + Math.floor(at / 96)] ?? 0);
    const estimate = estimateTransposed(signed(turned, 'F32', 64), signed(base, 'F32', 96));
    expect(estimate?.score).toBeGreaterThan(exact(tune, base).score - 0.06);
    expect(estimate?.score).toBeLessThanOrEqual(1);
    expect(estimate?.deltaBytes).toBeLessThan(96 * 64 * 4);
  });

  it('are not there for what is no matrix', () => {
    const vector = signed(normalValues(42, 4096), 'F32');
    expect(estimateTransposed(vector, vector)).toBeUndefined();
  });
});
