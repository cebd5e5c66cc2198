import { describe, expect, it } from 'vitest';
import type { ModelId } from '../../../shared/base';
import { type CompareReport, type CompareStatus, compareStatuses } from '../../../shared/domain';
import { verdictOfMany } from './verdict-many';

/** A report with that many tensors, of ten bytes each, per status. */
function report(b: string, counts: Partial<Record<CompareStatus, number>>): CompareReport {
  const groups = Object.fromEntries(
    compareStatuses.map((status) => {
      const tensors = counts[status] ?? 0;
      return [status, { tensors, bytes: tensors * 10 }];
    }),
  ) as unknown as CompareReport['groups'];
  const nearDuplicate = { tensors: 0, bytes: 0 };
  const ids = { a: 'a' as ModelId, b: b as ModelId };
  return { ...ids, groups, nearDuplicate, renamed: 0, verdict: `About ${b}.`, unverified: 0 };
}

const copy = report('copy', { identical: 9 });
const cast = report('cast', { identical: 1, cast: 8 });
const tuned = report('tuned', { identical: 6, near: 3 });
const far = report('far', { near: 8, different: 1, onlyB: 4 });
const alien = report('alien', { different: 5, onlyA: 4 });

describe('verdictOfMany', () => {
  it.each([
    ['There is nothing to compare with.', []],
    ['About tuned.', [tuned]],
    ['All 2 models have the same tensors as A.', [copy, copy]],
    ['Of 2 models, 1 has the same tensors as A and 1 is a cast of A.', [copy, cast]],
    [
      'Of 2 models, 1 has tensors in common with A and 1 has nothing in common with A (tuned: 67% of the bytes are the same).',
      [alien, tuned],
    ],
    [
      'Of 5 models, 1 has the same tensors as A, 1 is a cast of A, 2 have tensors in common with A and 1 has nothing in common with A; the closest is tuned, where 67% of the bytes are the same.',
      [far, copy, tuned, cast, alien],
    ],
    [
      'All 2 models have tensors in common with A; the closest is far, where 89% of the bytes are near.',
      [far, report('farther', { near: 1, different: 8 })],
    ],
  ])('says: %s', (sentence, reports) => {
    expect(verdictOfMany(reports, ({ b }) => b)).toBe(sentence);
  });
});
