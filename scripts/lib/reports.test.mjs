import { describe, expect, it } from 'vitest';
import {
  countPlaywright,
  countVitest,
  exitCodeOf,
  failure,
  judge,
  sum,
  summary,
} from './reports.mjs';

const vitest = (over = {}) => ({
  numPassedTests: 3,
  numFailedTests: 0,
  numPendingTests: 1,
  numTodoTests: 1,
  testResults: [],
  ...over,
});
const playwright = (stats = {}, errors = []) => ({
  stats: { expected: 2, unexpected: 0, flaky: 0, skipped: 0, ...stats },
  errors,
});

describe('a report that can be trusted', () => {
  it('is counted', () => {
    expect(judge('v', vitest(), 0, countVitest)).toMatchObject({
      passed: 3,
      failed: 0,
      skipped: 2,
    });
    expect(judge('p', playwright({ skipped: 4 }), 0, countPlaywright)).toMatchObject({
      passed: 2,
      failed: 0,
      skipped: 4,
    });
  });

  it('counts a test file that could not be loaded as one failure', () => {
    const testResults = [{ status: 'failed', assertionResults: [] }];
    expect(judge('v', vitest({ testResults }), 1, countVitest).failed).toBe(1);
    const counted = [{ status: 'failed', assertionResults: [{ status: 'failed' }] }];
    expect(
      judge('v', vitest({ numFailedTests: 1, testResults: counted }), 1, countVitest).failed,
    ).toBe(1);
  });

  it('counts flaky tests and errors outside of tests as failures', () => {
    expect(judge('p', playwright({ flaky: 1 }, [{}]), 1, countPlaywright).failed).toBe(2);
  });
});

describe('a run that cannot be trusted is red', () => {
  it('without a report', () => {
    expect(judge('v', undefined, 0, countVitest)).toMatchObject({ passed: 0, failed: 1 });
  });

  it('with a report of another shape', () => {
    expect(judge('v', { testResults: [] }, 0, countVitest)).toMatchObject({ passed: 0, failed: 1 });
  });

  it('without a single test', () => {
    const empty = vitest({ numPassedTests: 0, numPendingTests: 5 });
    expect(judge('v', empty, 0, countVitest).failed).toBe(1);
  });

  it('when the runner fails though every test passed', () => {
    expect(judge('v', vitest(), 1, countVitest)).toMatchObject({ passed: 3, failed: 1 });
  });
});

it('sums, prints the skipped only when there are some, and exits to match', () => {
  const green = sum([
    { passed: 2, failed: 0, skipped: 0, reasons: [] },
    { passed: 3, failed: 0, skipped: 0, reasons: [] },
  ]);
  expect(summary(green)).toBe('5 passed, 0 failed');
  expect(exitCodeOf(green)).toBe(0);
  const red = sum([green, failure('why'), { passed: 0, failed: 0, skipped: 2, reasons: [] }]);
  expect(summary(red)).toBe('5 passed, 1 failed, 2 skipped');
  expect(red.reasons).toEqual(['why']);
  expect(exitCodeOf(red)).toBe(1);
  expect(exitCodeOf(sum([]))).toBe(1);
});
