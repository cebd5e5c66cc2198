import { formatBytes, formatCount, formatShare, type UnitSystem } from '../../shared/base';
import type { ModelSummary, Problem, SavingsReport, Totals } from '../../shared/domain';

export interface TourFindings {
  readonly models: readonly ModelSummary[];
  readonly totals: Totals;
  readonly savings: SavingsReport;
  readonly problems: readonly Problem[];
  readonly pictures: { readonly folder: string; readonly count: number };
  readonly units: UnitSystem;
}

const listedModels = 40;
const listedProblems = 20;

/** What a person would read off the screens, as plain text that ends with a line break. */
export function tourSummary(found: TourFindings): string {
  const lines = [
    overview(found),
    '',
    ...modelTable(found),
    '',
    ...savingsLines(found),
    '',
    ...problemLines(found.problems),
    '',
    `${formatCount(found.pictures.count)} pictures of the screens: ${visible(found.pictures.folder)}`,
  ];
  return `${lines.join('\n')}\n`;
}

function overview({ totals, units }: TourFindings): string {
  const models = counted(totals.models, 'model');
  const files = counted(totals.files, 'file');
  const tensors = counted(totals.tensors, 'tensor');
  return `Tessera: ${models} in ${files}, ${tensors}, ${formatBytes(totals.logicalBytes, units)}`;
}

function modelTable({ models, units }: TourFindings): string[] {
  const head = ['model', 'format', 'files', 'tensors', 'size', 'exclusive', 'shared'];
  const rows = models
    .slice(0, listedModels)
    .map((model) => [
      shorten(visible(model.name)),
      model.format,
      formatCount(model.files),
      formatCount(model.tensors),
      formatBytes(model.logicalBytes, units),
      model.bytes === undefined ? '-' : formatBytes(model.bytes.exclusiveBytes, units),
      model.bytes === undefined ? '-' : formatBytes(model.bytes.sharedBytes, units),
    ]);
  const more = models.length - rows.length;
  return [...alignedTable([head, ...rows]), ...(more > 0 ? [`and ${formatCount(more)} more`] : [])];
}

/** The first two columns start at their left, numbers end at their right. */
function alignedTable(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => [...(row[column] ?? '')].length)),
  );
  const cell = (text: string, column: number) => {
    const padding = ' '.repeat((widths[column] ?? 0) - [...text].length);
    return column < 2 ? text + padding : padding + text;
  };
  return rows.map((row) => row.map(cell).join('  ').trimEnd());
}

function savingsLines({ savings, units }: TourFindings): string[] {
  const bytes = (count: number) => formatBytes(count, units);
  const share = formatShare(savings.savedBytes, savings.logicalBytes);
  return [
    `Exact sharing: ${bytes(savings.logicalBytes)} hold ${bytes(savings.uniqueBytes)} of distinct` +
      ` fragments; ${bytes(savings.savedBytes)} (${share}) would be saved`,
    `  across models ${bytes(savings.savedAcrossModels)},` +
      ` inside models ${bytes(savings.savedInsideModels)}`,
    ...(savings.pendingModels > 0
      ? [`  not counted: ${counted(savings.pendingModels, 'model')} without fingerprints`]
      : []),
  ];
}

function problemLines(problems: readonly Problem[]): string[] {
  if (problems.length === 0) return ['No problems'];
  const shown = problems
    .slice(0, listedProblems)
    .map((problem) => `  ${visible(problem.file)}: ${visible(problem.error)}`);
  const more = problems.length - shown.length;
  const rest = more > 0 ? [`  and ${formatCount(more)} more`] : [];
  return [`${counted(problems.length, 'problem')}:`, ...shown, ...rest];
}

const counted = (count: number, noun: string) =>
  `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;

const shorten = (name: string) =>
  [...name].length <= 48 ? name : `${[...name].slice(0, 47).join('')}…`;

/** Text from files, safe on a terminal: control and text-direction characters become `�`. */
function visible(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '�');
}
