import { formatCount, formatShare } from '../../../shared/base';
import type { CompareReport } from '../../../shared/domain';

/**
 * One sentence on several models against one base; for one model its own verdict. `nameOf` gives
 * the names to show. Models fall into copies, casts, those with something in common, and the rest.
 */
export function verdictOfMany(
  reports: readonly CompareReport[],
  nameOf: (report: CompareReport) => string,
): string {
  const [only] = reports;
  if (only === undefined) return 'There is nothing to compare with.';
  if (reports.length === 1) return only.verdict;
  const kinds = reports.map(kindOf);
  const parts = sayings.flatMap(([kind, one, several]) => {
    const count = kinds.filter((found) => found === kind).length;
    if (count === 0) return [];
    return [{ count, said: count === 1 ? one : several }];
  });
  const total = formatCount(reports.length);
  const each = parts.map(({ count, said }) => `${formatCount(count)} ${said}`);
  const lead =
    parts.length === 1
      ? `All ${total} models ${parts[0]?.said}`
      : `Of ${total} models, ${listed(each)}`;
  return `${lead}${closest(reports, nameOf)}.`;
}

type Kind = 'copy' | 'cast' | 'related' | 'unrelated';

const sayings: readonly (readonly [Kind, string, string])[] = [
  ['copy', 'has the same tensors as A', 'have the same tensors as A'],
  ['cast', 'is a cast of A', 'are casts of A'],
  ['related', 'has tensors in common with A', 'have tensors in common with A'],
  ['unrelated', 'has nothing in common with A', 'have nothing in common with A'],
];

function kindOf({ groups }: CompareReport): Kind {
  const { identical, cast, near, different, onlyA, onlyB } = groups;
  const kept = identical.tensors + cast.tensors;
  if (kept + near.tensors === 0) return 'unrelated';
  if (near.tensors + different.tensors + onlyA.tensors + onlyB.tensors > 0) return 'related';
  return cast.tensors > 0 ? 'cast' : 'copy';
}

/** Who has most of A's bytes, identical and cast ones first, then near ones. */
function closest(
  reports: readonly CompareReport[],
  nameOf: (report: CompareReport) => string,
): string {
  const related = reports.filter((report) => kindOf(report) === 'related');
  const [best] = related.toSorted((x, y) => kept(y) - kept(x) || near(y) - near(x));
  if (best === undefined) return '';
  const whole = bytesOfA(best);
  const share =
    kept(best) > 0
      ? `${formatShare(kept(best), whole)} of the bytes are the same`
      : `${formatShare(near(best), whole)} of the bytes are near`;
  return related.length === 1
    ? ` (${nameOf(best)}: ${share})`
    : `; the closest is ${nameOf(best)}, where ${share}`;
}

const kept = ({ groups }: CompareReport): number => groups.identical.bytes + groups.cast.bytes;
const near = ({ groups }: CompareReport): number => groups.near.bytes;

function bytesOfA(report: CompareReport): number {
  const { near: alike, different, onlyA } = report.groups;
  return kept(report) + alike.bytes + different.bytes + onlyA.bytes;
}

function listed(parts: readonly string[]): string {
  if (parts.length < 2) return parts.join('');
  return `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}
