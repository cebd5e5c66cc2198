import { assertUnreachable, formatCount } from '../../../../shared/base';
import type { Problem, ProblemKind } from '../../../../shared/domain';
import { counted } from '../../lib/format';
import { visibleText } from '../../lib/hostile-text';

const kindNames: Record<ProblemKind, { readonly one: string; readonly many: string }> = {
  malformed: { one: 'malformed file', many: 'malformed files' },
  unreadable: { one: 'unreadable file', many: 'unreadable files' },
  'missing-shard': { one: 'missing shard', many: 'missing shards' },
  'outside-root': { one: 'link that leads outside', many: 'links that lead outside' },
  'partial-download': { one: 'partial download', many: 'partial downloads' },
  'changed-while-reading': { one: 'file changed while read', many: 'files changed while read' },
  'fingerprint-failed': { one: 'failed fingerprint', many: 'failed fingerprints' },
};

/** The kind of a problem in a few words, as a heading. */
export function problemKindText(kind: ProblemKind): string {
  const { one } = kindNames[kind];
  return `${one.charAt(0).toUpperCase()}${one.slice(1)}`;
}

/** What to do, when the finder of the problem had no better advice. */
export function problemHint(problem: Problem): string {
  if (problem.hint) return problem.hint;
  switch (problem.kind) {
    case 'malformed':
      return 'Download the file again, or ask who made it.';
    case 'unreadable':
      return 'Check that the file is there and that you may read it, then look again.';
    case 'missing-shard':
      return 'Put the missing file beside the others, then look again.';
    case 'outside-root':
      return 'Open the folder that the link points to as well.';
    case 'partial-download':
      return 'Finish the download with the program that began it, or delete the rest.';
    case 'changed-while-reading':
      return 'Wait until nothing writes to the file, then look again.';
    case 'fingerprint-failed':
      return 'Check that the file can be read, then fingerprint again.';
    default:
      return assertUnreachable(problem.kind);
  }
}

/** Where in the file, what was expected and what stands there; empty where nothing is known. */
export function problemDetails(problem: Problem): readonly (readonly [string, string])[] {
  const details: (readonly [string, string])[] = [];
  if (problem.offset !== undefined) details.push(['at byte', String(problem.offset)]);
  if (problem.expected !== undefined) details.push(['expected', visibleText(problem.expected)]);
  if (problem.found !== undefined) details.push(['found', visibleText(problem.found)]);
  return details;
}

/** Everything about one problem as plain text, for the clipboard. */
export function problemReport(problem: Problem): string {
  const lines = [
    `${problemKindText(problem.kind)}: ${visibleText(problem.error)}`,
    `file: ${visibleText(problem.file)}`,
    ...problemDetails(problem).map(([name, value]) => `${name}: ${value}`),
    `what to do: ${problemHint(problem)}`,
  ];
  return lines.join('\n');
}

/** `1 malformed file, 2 partial downloads`, most frequent first; at most `kinds` of them named. */
export function problemSummary(problems: readonly Problem[], kinds = 7): string {
  const counts = new Map<ProblemKind, number>();
  for (const { kind } of problems) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  const sorted = [...counts].sort((a, b) => b[1] - a[1]);
  const named = sorted
    .slice(0, kinds)
    .map(([kind, count]) => counted(count, kindNames[kind].one, kindNames[kind].many));
  const others = sorted.slice(kinds).reduce((sum, [, count]) => sum + count, 0);
  if (others > 0) named.push(`${formatCount(others)} more`);
  return named.join(', ');
}
