import { describe, expect, it } from 'vitest';
import type { ModelId } from '../../shared/base';
import {
  type CompareReport,
  type CompareStatus,
  compareStatuses,
  type FamiliesReport,
  type ModelSummary,
} from '../../shared/domain';
import { largestFamily, mostVaried } from './family';

const model = (id: string, tensors = 1) => ({ id: id as ModelId, tensors }) as ModelSummary;

/** A family in which every model weighs 10 bytes more than it has in common with the others. */
const family = (members: string, common: Readonly<Record<string, number>> = {}) => {
  const models = [...members];
  const bytesOf = (id: string, other: string) =>
    id === other ? 10 + (common[id] ?? 90) : (common[id] ?? 90);
  return {
    models,
    root: models[0],
    edges: [],
    matrix: {
      shared: models.flatMap((id) => models.map((other) => bytesOf(id, other))),
      near: models.flatMap(() => models.map(() => 0)),
    },
  };
};
const reportOf = (...families: readonly ReturnType<typeof family>[]) =>
  ({ families }) as unknown as FamiliesReport;

describe('the family that the tour compares', () => {
  const models = [...'abcdefgh'].map((id) => model(id));

  it('is the largest, its root the base', () => {
    expect(largestFamily(reportOf(family('hg'), family('abcd')), models)).toEqual([...'abcd']);
    expect(largestFamily(reportOf(), models)).toBeUndefined();
  });

  it('has another base where most of the root is in no other model', () => {
    expect(largestFamily(reportOf(family('abc', { a: 1 })), models)).toEqual([...'bac']);
    expect(largestFamily(reportOf(family('ab', { a: 1, b: 1 })), models)).toEqual([...'ab']);
  });

  it('has no model without tensors', () => {
    const some = [model('a', 0), model('b'), model('c')];
    expect(largestFamily(reportOf(family('abc')), some)).toEqual([...'bc']);
    expect(largestFamily(reportOf(family('ab')), some)).toBeUndefined();
  });
});

describe('the models beside the base', () => {
  const report = (b: string, bytes: Partial<Record<CompareStatus, number>>) =>
    ({
      b,
      groups: Object.fromEntries(
        compareStatuses.map((status) => [status, { tensors: 1, bytes: bytes[status] ?? 0 }]),
      ),
    }) as unknown as CompareReport;

  it('differ from it in different ways, and copies are left out', () => {
    const reports = [
      report('copy', { identical: 9 }),
      report('state', { cast: 3, onlyB: 6 }),
      report('tuned', { identical: 5, near: 4 }),
      report('tuned too', { identical: 6, near: 3 }),
      report('cast', { cast: 9 }),
      report('all near', { near: 9 }),
    ];
    expect(mostVaried(reports)).toEqual(['tuned', 'cast', 'all near', 'tuned too', 'state']);
    expect(mostVaried(reports.slice(0, 1))).toEqual(['copy']);
  });
});
