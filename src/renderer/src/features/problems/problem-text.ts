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
  orphan: { one: 'orphan', many: 'orphans' },
  'wrong-digest': { one: 'wrong digest', many: 'wrong digests' },
  store: { one: 'store at odds with itself', many: 'stores at odds with themselves' },
};

/** What is worst for a person stands first; what only takes room, last. */
const kindOrder: readonly ProblemKind[] = [
  'wrong-digest',
  'malformed',
  'missing-shard',
  'unreadable',
  'fingerprint-failed',
  'changed-while-reading',
  'outside-root',
  'store',
  'partial-download',
  'orphan',
];

/** What findings of a kind mean, in one sentence. */
export const kindMeanings: Readonly<Record<ProblemKind, string>> = {
  malformed: 'The header says what the file does not hold. These files are kept as plain bytes.',
  unreadable: 'The system did not give these out.',
  'missing-shard': 'A model of several files lacks some of them.',
  'outside-root': 'Links that leave the opened folder are not followed.',
  'partial-download': 'A program began to download these and did not finish.',
  'changed-while-reading': 'Something wrote to these while they were read.',
  'fingerprint-failed': 'These could not be read to their end.',
  orphan: 'Nothing in the store refers to these any more; its own program no longer shows them.',
  'wrong-digest':
    'These files are named by their digest, and hold something else: they are damaged.',
  store: 'A store’s own records do not agree with its files.',
};

/** The kind of a problem in a few words, as a heading; `count` of them. */
export function problemKindText(kind: ProblemKind, count = 1): string {
  const { one, many } = kindNames[kind];
  const name = count === 1 ? one : many;
  return `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}

export interface ProblemGroup {
  readonly kind: ProblemKind;
  readonly problems: readonly Problem[];
  /** On disk, of those that say so. */
  readonly bytes: number;
}

/** By kind, the worst first; the order inside a kind stays. */
export function groupProblems(problems: readonly Problem[]): readonly ProblemGroup[] {
  return kindOrder.flatMap((kind) => {
    const mine = problems.filter((problem) => problem.kind === kind);
    return mine.length === 0 ? [] : [{ kind, problems: mine, bytes: bytesOf(mine) }];
  });
}

export const bytesOf = (problems: readonly Problem[]): number =>
  problems.reduce((sum, { bytes = 0 }) => sum + bytes, 0);

/** Problems in which every word of `query` occurs: in the path, the sentence or the kind. */
export function filterProblems(problems: readonly Problem[], query: string): readonly Problem[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return problems;
  return problems.filter((problem) => {
    const { one, many } = kindNames[problem.kind];
    const text = [problem.file, problem.error, problem.found ?? '', one, many].join('\n');
    return words.every((word) => text.toLowerCase().includes(word));
  });
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
    case 'orphan':
      return 'If you do not miss it, let the program that owns the store clean up, or delete the file.';
    case 'wrong-digest':
      return 'Delete the file and download it again with the program that owns the store.';
    case 'store':
      return 'Let the program that owns the store download the model again.';
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
    ...(problem.bytes === undefined ? [] : [`size: ${formatCount(problem.bytes)} bytes`]),
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
