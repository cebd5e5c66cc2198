import type { ModelId } from '../../shared/base';
import {
  type CompareReport,
  compareStatuses,
  type FamiliesReport,
  type Family,
  type ModelSummary,
} from '../../shared/domain';
import type { EngineAccess } from '../session/engine-access';
import { type Comparison, likelyComparison } from './pair';

/** Models shown beside the base. */
const mostOthers = 4;
/** Models looked at: what one comparison takes at most. */
const mostCompared = 64;

/**
 * What the pictures of Compare show: the largest family, its root as the base, beside up to four of
 * its members that differ from it in different ways; without a family the two that share most bytes.
 */
export async function tourComparison(
  engine: Pick<EngineAccess, 'call'>,
  models: readonly ModelSummary[],
): Promise<Comparison | undefined> {
  const family = largestFamily(await engine.call('families.report', null), models);
  if (family === undefined) return likelyComparison(engine, models);
  const [a, ...rest] = family;
  const reports = await engine.call('compare.report', { a, b: rest.slice(0, mostCompared) });
  return { a, b: mostVaried(reports).slice(0, mostOthers) };
}

/** Its models with tensors, the base first; undefined where no family has two. */
export function largestFamily(
  { families }: FamiliesReport,
  models: readonly ModelSummary[],
): readonly [ModelId, ...ModelId[]] | undefined {
  const comparable = new Set(models.filter(({ tensors }) => tensors > 0).map(({ id }) => id));
  const membersOf = (family: Family) => family.models.filter((id) => comparable.has(id));
  const largest = families.toSorted((x, y) => membersOf(y).length - membersOf(x).length)[0];
  if (largest === undefined) return undefined;
  const base = baseOf(largest, comparable);
  const others = membersOf(largest).filter((id) => id !== base);
  return base === undefined || others.length === 0 ? undefined : [base, ...others];
}

/**
 * The first model in the family's order, the root first of all, half of which some other member has,
 * or has something near to: a root that is mostly an optimizer's state makes a poor base.
 */
function baseOf({ models, matrix }: Family, comparable: ReadonlySet<ModelId>): ModelId | undefined {
  const n = models.length;
  const bytes = (i: number, j: number): number =>
    (matrix.shared[i * n + j] ?? 0) + (matrix.near[i * n + j] ?? 0);
  const found = models.find((id, i) => {
    const own = matrix.shared[i * n + i] ?? 0;
    return comparable.has(id) && models.some((_, j) => j !== i && bytes(i, j) * 2 >= own);
  });
  return found ?? models.find((id) => comparable.has(id));
}

/**
 * One model of each kind of difference, then a second of each and so on; those that lack most of the
 * base, or have most beyond it, last. Copies only where there is nothing else.
 */
export function mostVaried(reports: readonly CompareReport[]): readonly ModelId[] {
  const seen = new Map<string, number>();
  const ranked = reports.map((report) => {
    const kind = compareStatuses.filter((status) => report.groups[status].bytes > 0).join(' ');
    const round = seen.get(kind) ?? 0;
    seen.set(kind, round + 1);
    return { b: report.b, kind, last: isMostlyApart(report) ? 1 : 0, round };
  });
  const differing = ranked.filter(({ kind }) => kind !== 'identical');
  return (differing.length > 0 ? differing : ranked)
    .toSorted((x, y) => x.last - y.last || x.round - y.round)
    .map(({ b }) => b);
}

function isMostlyApart({ groups }: CompareReport): boolean {
  const all = compareStatuses.reduce((sum, status) => sum + groups[status].bytes, 0);
  return (groups.onlyA.bytes + groups.onlyB.bytes) * 2 > all;
}
