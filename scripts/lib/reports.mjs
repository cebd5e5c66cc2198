/** Counts tests from the reporters' JSON. A run that cannot be trusted counts as failed. Pure functions. */

/** @typedef {{passed: number, failed: number, skipped: number, reasons: string[]}} Counts */

/** @returns {Counts} one failure for a reason that is not a test */
export function failure(reason) {
  return { passed: 0, failed: 1, skipped: 0, reasons: [reason] };
}

/**
 * Counts one runner's report.
 * @param {string} name the runner, for the reasons
 * @param {unknown} report its parsed JSON; undefined when missing or damaged
 * @param {number} exitCode how the runner ended
 * @param {(report: object) => {passed: number, failed: number, skipped: number}} count
 * @returns {Counts}
 */
export function judge(name, report, exitCode, count) {
  if (report === undefined) {
    return failure(`${name} wrote no report (exit code ${exitCode})`);
  }
  const counts = { ...count(report), reasons: [] };
  if (Object.values(counts).some((value) => Number.isNaN(value) || value === undefined)) {
    return failure(`${name} wrote a report that cannot be read`);
  }
  if (counts.passed + counts.failed === 0) {
    return withFailure(counts, `${name} ran no test`);
  }
  return exitCode !== 0 && counts.failed === 0
    ? withFailure(counts, `${name} ended with exit code ${exitCode} though no test failed`)
    : counts;
}

function withFailure(counts, reason) {
  return { ...counts, failed: counts.failed + 1, reasons: [...counts.reasons, reason] };
}

/** Vitest's JSON. A file that could not be loaded has no tests in it, and counts as one failure. */
export function countVitest(report) {
  const broken = report.testResults.filter(
    (file) =>
      file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
  );
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + broken.length,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

/** Playwright's JSON. A flaky test counts as failed, and so does every error outside of a test. */
export function countPlaywright(report) {
  const { expected, unexpected, flaky, skipped } = report.stats;
  return { passed: expected, failed: unexpected + flaky + report.errors.length, skipped };
}

/** @param {Counts[]} all @returns {Counts} */
export function sum(all) {
  return all.reduce(
    (total, one) => ({
      passed: total.passed + one.passed,
      failed: total.failed + one.failed,
      skipped: total.skipped + one.skipped,
      reasons: [...total.reasons, ...one.reasons],
    }),
    { passed: 0, failed: 0, skipped: 0, reasons: [] },
  );
}

/** `N passed, N failed`, and `, N skipped` when some were. */
export function summary({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

/** 0 when something passed and nothing failed. */
export function exitCodeOf({ passed, failed }) {
  return failed === 0 && passed > 0 ? 0 : 1;
}
