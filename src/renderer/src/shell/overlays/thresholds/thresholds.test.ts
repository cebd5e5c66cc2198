import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { defaultThresholds, LOWEST_THRESHOLD } from '../../../../../shared/domain';
import { scoreBars, scorePlace, scoresText } from './best-scores';
import { createLatest } from './latest';
import {
  CLOSENESS_STEP,
  closenessOf,
  LEAST_CLOSENESS,
  MOST_CLOSENESS,
  parseScore,
  scoreAt,
  scoreText,
  thresholdKeys,
  withThreshold,
} from './scale';

describe('the scale of a threshold', () => {
  const steps = Math.round((MOST_CLOSENESS - LEAST_CLOSENESS) / CLOSENESS_STEP);
  const scores = Array.from({ length: steps + 1 }, (_, i) =>
    scoreAt(LEAST_CLOSENESS + i * CLOSENESS_STEP),
  );

  it('gives every nine the same room, and ends at 1', () => {
    for (const [score, closeness] of [
      [0.9, 1],
      [0.99, 2],
      [0.9999, 4],
    ] as const) {
      expect(closenessOf(score)).toBeCloseTo(closeness, 9);
      expect(scoreAt(closeness)).toBe(score);
    }
    expect(scoreAt(closenessOf(1))).toBe(1);
    expect(scores.at(0)).toBe(LOWEST_THRESHOLD);
    expect(scores.at(-1)).toBe(1);
  });

  it('rises with every step of the slider', () => {
    for (const [i, score] of scores.entries()) {
      if (i > 0) expect(score).toBeGreaterThan(scores[i - 1] ?? 1);
    }
  });

  it('has the defaults among its steps, near enough to come back to them', () => {
    for (const key of thresholdKeys) expect(scores).toContain(defaultThresholds[key]);
  });

  it('writes as many digits as a threshold has, and reads them back', () => {
    expect([0.9, 0.995, 0.9999, 0.99987, 0.5, 1].map(scoreText)).toEqual([
      '0.90',
      '0.995',
      '0.9999',
      '0.99987',
      '0.50',
      '1',
    ]);
    for (const score of scores) expect(parseScore(scoreText(score))).toBe(score);
  });

  it('takes no text that is no threshold', () => {
    expect(parseScore(' 0,995 ')).toBe(0.995);
    expect(parseScore('.9')).toBe(0.9);
    for (const text of ['', '.', '0.4', '1.1', '99%', '0x1', '1e-1', 'NaN', '-0.9', '0.9.9']) {
      expect([text, parseScore(text)]).toEqual([text, undefined]);
    }
  });
});

describe('three thresholds', () => {
  it('stay in order whichever is moved, and only what is in the way moves with it', () => {
    expect(withThreshold(defaultThresholds, 'similar', 0.95)).toEqual({
      ...defaultThresholds,
      similar: 0.95,
    });
    expect(withThreshold(defaultThresholds, 'similar', 0.999)).toEqual({
      exact: 0.9999,
      nearDuplicate: 0.999,
      similar: 0.999,
    });
    expect(withThreshold(defaultThresholds, 'exact', 0.8)).toEqual({
      exact: 0.8,
      nearDuplicate: 0.8,
      similar: 0.8,
    });
    const moves = fc.tuple(
      fc.constantFrom(...thresholdKeys),
      fc.double({ min: LOWEST_THRESHOLD, max: 1, noNaN: true }),
    );
    fc.assert(
      fc.property(fc.array(moves), (list) => {
        let now = defaultThresholds;
        for (const [key, score] of list) {
          now = withThreshold(now, key, score);
          expect(now[key]).toBe(score);
          expect(now.exact).toBeGreaterThanOrEqual(now.nearDuplicate);
          expect(now.nearDuplicate).toBeGreaterThanOrEqual(now.similar);
        }
      }),
    );
  });
});

describe('the picture of best scores', () => {
  const histogram = Array.from({ length: 100 }, (_, i) => (i === 99 ? 400 : i === 50 ? 4 : 0));
  const none = { tensors: 0, bytes: 0 };

  it('has a bar where tensors are, at its place, and tells which match', () => {
    const bars = scoreBars(histogram, defaultThresholds);
    expect(
      bars.map(({ x, tensors, height, matches, range }) => [x, tensors, height, matches, range]),
    ).toEqual([
      [50, 4, 0.1, false, '0.750 to 0.755'],
      [99, 400, 1, true, '0.995 to 1.000'],
    ]);
    expect(scoreBars([], defaultThresholds)).toEqual([]);
    expect([scorePlace(0.5), scorePlace(0.75), scorePlace(1)]).toEqual([0, 50, 100]);
  });

  it('can be read out', () => {
    const counts = {
      exact: { tensors: 1200, bytes: 1 },
      nearDuplicate: none,
      similar: { tensors: 3, bytes: 1 },
      signed: none,
      histogram,
    };
    expect(scoresText(counts, defaultThresholds)).toBe(
      'Best scores of tensors, from 0.50 to 1. Exact from 0.9999: 1,200; Near-duplicate from 0.995: 0; Similar from 0.90: 3.',
    );
  });
});

describe('counting while a slider moves', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  const slow = (milliseconds: number) => {
    const asked: number[] = [];
    const answered: number[] = [];
    const failures: unknown[] = [];
    const latest = createLatest({
      ask: async (value: number) => {
        asked.push(value);
        await new Promise((resolve) => setTimeout(resolve, milliseconds));
        if (value < 0) throw new Error('no');
        return value;
      },
      onValue: (value) => answered.push(value),
      onError: (thrown) => failures.push(thrown),
      interval: 100,
    });
    return { latest, asked, answered, failures };
  };

  it('asks at most once per interval, and the last value is never left out', async () => {
    const { latest, asked, answered } = slow(1);
    for (let value = 0; value <= 50; value++) {
      latest.ask(value);
      await vi.advanceTimersByTimeAsync(10);
    }
    await vi.advanceTimersByTimeAsync(300);
    expect(asked.length).toBeLessThanOrEqual(7);
    expect(asked.at(0)).toBe(0);
    expect(answered.at(-1)).toBe(50);
  });

  it('has one question open at a time, and goes on with the newest', async () => {
    const { latest, asked, answered } = slow(1000);
    latest.ask(1);
    for (let value = 2; value <= 9; value++) {
      await vi.advanceTimersByTimeAsync(110);
      latest.ask(value);
    }
    expect(asked).toEqual([1]);
    await vi.advanceTimersByTimeAsync(3000);
    expect(asked).toEqual([1, 9]);
    expect(answered).toEqual([1, 9]);
  });

  it('goes on after a failure, and says nothing once it has ended', async () => {
    const { latest, answered, failures } = slow(10);
    latest.ask(-1);
    await vi.advanceTimersByTimeAsync(200);
    latest.ask(2);
    await vi.advanceTimersByTimeAsync(200);
    expect([failures.length, answered]).toEqual([1, [2]]);
    latest.ask(3);
    latest.end();
    await vi.advanceTimersByTimeAsync(500);
    expect(answered).toEqual([2]);
  });
});
