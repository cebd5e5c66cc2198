import { formatBytes, formatCount, formatShare } from '../shared/base';
import type { CompareStatus } from '../shared/domain';
import type { ComparedTensor, ComparisonJson } from './compare';
import { decimals } from './numbers';
import { plainLine, table } from './text';

const titles: readonly (readonly [CompareStatus, string])[] = [
  ['identical', 'identical'],
  ['cast', 'cast'],
  ['near', 'near'],
  ['different', 'different'],
  ['onlyA', 'only in A'],
  ['onlyB', 'only in B'],
];

/** Most tensors that are listed; JSON has all. */
const LISTED = 100;

/** A comparison for people: the verdict, the groups, then what is not identical. */
export function compareText(json: ComparisonJson): string {
  const { a, b, verdict } = json;
  const models = `A  ${plainLine(a.name)}\nB  ${plainLine(b.name)}\n`;
  return [plainLine(verdict), '', models, groupsText(json), differencesText(json.tensors)].join(
    '\n',
  );
}

function groupsText(json: ComparisonJson): string {
  const all = titles.reduce((sum, [status]) => sum + json[status].bytes, 0);
  const rows = titles.map(([status, title]) => [
    title,
    formatCount(json[status].tensors),
    formatBytes(json[status].bytes),
    formatShare(json[status].bytes, all),
  ]);
  return table(['', 'Tensors', 'Size', ''], rows, [false, true, true, true]);
}

const header = ['Tensor', 'In B', 'How', 'Cosine', 'Rel. L2', 'Bits', 'As delta'];
const numeric = [false, false, false, true, true, true, true];

function differencesText(tensors: readonly ComparedTensor[]): string {
  const changed = tensors.filter(({ status }) => status !== 'identical');
  if (changed.length === 0) return '';
  const rows = changed
    .slice(0, LISTED)
    .map((tensor) => [
      plainLine(tensor.name ?? '–'),
      otherName(tensor),
      tensor.match ?? titles.find(([status]) => status === tensor.status)?.[1] ?? '',
      ...numbersOf(tensor),
    ]);
  const rest = changed.length - rows.length;
  const more = rest > 0 ? `… and ${formatCount(rest)} more; --json lists all.\n` : '';
  return table(header, rows, numeric) + more;
}

function otherName({ name, otherName: other }: ComparedTensor): string {
  if (other === null) return '–';
  return other === name ? '' : plainLine(other);
}

function numbersOf({ name, otherName: other, ...tensor }: ComparedTensor): string[] {
  if (name === null || other === null) return ['', '', '', ''];
  const bytes = tensor.deltaBytes === null ? '?' : formatBytes(tensor.deltaBytes);
  const bits = tensor.bits === null ? '?' : tensor.bits.toFixed(1);
  return [decimals(tensor.cosine), decimals(tensor.relativeL2), bits, bytes];
}
