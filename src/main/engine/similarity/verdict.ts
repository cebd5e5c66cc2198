import { clipMiddle, formatCount, formatShare } from '../../../shared/base';
import { type CompareReport, type CompareStatus, compareStatuses } from '../../../shared/domain';
import {
  baseAt,
  type ComparedRows,
  otherAt,
  relationAt,
  rowCount,
  statusAt,
} from './compare-access';
import { blockOf, kindOf, rangeOf } from './compare-parts';

/** A tensor's name in a sentence is cut to this. */
const NAME_CHARACTERS = 80;

/** What the sentence is made from besides the rows. */
export type Counted = Omit<CompareReport, 'verdict'>;

/**
 * One sentence on how B relates to A: complete in itself, and no more than what is known. Tensors
 * are spoken of, not files; shares are of all bytes, a pair's counted once, as A has them.
 */
export function verdictOf(rows: ComparedRows, counted: Counted): string {
  const clauses =
    withoutTensors(rows) ??
    whenAllEqual(counted) ??
    whenCast(rows, counted) ??
    whenUnrelated(rows, counted) ??
    whenHardlyRelated(rows, counted) ??
    whenMixed(rows, counted);
  return `${clauses.filter((clause) => clause !== '').join('; ')}.`;
}

function withoutTensors({ a, b }: ComparedRows): string[] | undefined {
  const [inA, inB] = [a.tensors.length, b.tensors.length];
  if (inA === 0 && inB === 0) return ['Neither model has tensors that could be compared'];
  if (inA === 0) return [`A has no tensors to compare with the ${tensors(inB)} of B`];
  return inB === 0 ? [`B has no tensors to compare with the ${tensors(inA)} of A`] : undefined;
}

const inPartners = ['identical', 'cast', 'near', 'different'] as const;
const partnersOf = ({ groups }: Counted): number =>
  inPartners.reduce((sum, status) => sum + groups[status].tensors, 0);

function whenAllEqual(counted: Counted): string[] | undefined {
  const { groups, renamed } = counted;
  const { identical } = groups;
  if (identical.tensors === 0 || identical.tensors !== partnersOf(counted)) return undefined;
  const [inA, inB] = [groups.onlyA.tensors, groups.onlyB.tensors];
  if (inA + inB === 0) {
    if (renamed === 0) return ['Every tensor is identical, byte for byte'];
    const names = renamed === identical.tensors ? 'under other names' : renamedClause(renamed);
    return [`Every tensor is identical, ${names}`];
  }
  const common = `${tensors(identical.tensors)} ${are(identical.tensors)} identical`;
  const share = formatShare(identical.bytes, bytesOf(counted));
  if (inA === 0) return [`All of A is in B, byte for byte`, `B has ${more(inB)}`];
  if (inB === 0) return [`All of B is in A, byte for byte: ${share} of A`, `A has ${more(inA)}`];
  return [`${share} of the bytes are identical: ${common}`, aloneClause(counted)];
}

const renamedClause = (count: number) =>
  `${formatCount(count)} of them under ${count === 1 ? 'another name' : 'other names'}`;

function whenCast(rows: ComparedRows, counted: Counted): string[] | undefined {
  const { groups } = counted;
  const { cast, identical } = groups;
  if (cast.tensors === 0 || cast.tensors + identical.tensors !== partnersOf(counted)) {
    return undefined;
  }
  const whole = groups.onlyA.tensors + groups.onlyB.tensors === 0;
  const lead = whole ? 'Same weights in' : 'What both have is the same in';
  const equal = `, ${formatCount(identical.tensors)} identical`;
  const each =
    identical.tensors === 0
      ? 'every tensor is a cast'
      : `${tensors(cast.tensors)} ${are(cast.tensors)} ${casts(cast.tensors)}${equal}`;
  const sure = likely(rows) ? ', as far as samples tell' : '';
  const names = counted.renamed === 0 ? '' : ', under other names';
  return [`${lead} ${otherForm(rows)}${names}: ${each}${sure}`, aloneClause(counted)];
}

const casts = (count: number) => (count === 1 ? 'a cast' : 'casts');

/** What casts changed: the dtype, the layout, both, or only how the values are written down. */
function otherForm(rows: ComparedRows): string {
  let dtype = false;
  let layout = false;
  for (const row of rowsWith(rows, ['cast'])) {
    if (baseAt(rows, row)[0]?.dtype !== otherAt(rows, row)[0]?.dtype) dtype = true;
    if (relationAt(rows, row)?.transposed) layout = true;
  }
  if (dtype && layout) return 'another dtype and layout';
  if (layout) return 'another layout';
  return dtype ? 'another dtype' : 'another encoding';
}

function likely(rows: ComparedRows): boolean {
  return rowsWith(rows, ['cast']).some((row) => relationAt(rows, row)?.metrics.verified === false);
}

function whenUnrelated(rows: ComparedRows, counted: Counted): string[] | undefined {
  const { groups } = counted;
  if (groups.identical.tensors + groups.cast.tensors + groups.near.tensors > 0) return undefined;
  const { different, onlyA, onlyB } = groups;
  if (different.tensors === 0) return ['Nothing in common'];
  const fitting = rowsWith(rows, ['different']).filter((row) => haveOneShape(rows, row)).length;
  if (fitting === different.tensors && onlyA.tensors + onlyB.tensors === 0) {
    return ['Same shapes, other weights'];
  }
  if (fitting === 0) return ['Only names in common: shapes differ, so values were not compared'];
  const all = Math.max(rows.a.tensors.length, rows.b.tensors.length);
  return [`Other weights, and ${formatCount(fitting)} of ${tensors(all)} in the same shape`];
}

/** Less than this share of the bytes is not worth being the first thing that is said. */
const WORTH_SAYING = 0.01;

function whenHardlyRelated({ a, b }: ComparedRows, counted: Counted): string[] | undefined {
  const { identical, cast, near } = counted.groups;
  const bytes = identical.bytes + cast.bytes + near.bytes;
  if (bytes >= WORTH_SAYING * bytesOf(counted)) return undefined;
  const alike = identical.tensors + cast.tensors + near.tensors;
  const all = tensors(Math.max(a.tensors.length, b.tensors.length));
  return [`Almost nothing in common: ${formatCount(alike)} of ${all} ${are(alike)} alike`];
}

function haveOneShape(rows: ComparedRows, row: number): boolean {
  const [[one], [other]] = [baseAt(rows, row), otherAt(rows, row)];
  return one !== undefined && other !== undefined && String(one.shape) === String(other.shape);
}

function whenMixed(rows: ComparedRows, counted: Counted): string[] {
  const lead = leadingStatus(counted);
  return [
    leadOf(lead, counted),
    lead === 'identical' ? castClause(counted) : '',
    changeClause(rows, counted, lead === 'near' ? ['different'] : ['near', 'different']),
    aloneClause(counted),
  ];
}

/** Which relation most of the bytes have; of equals the closest one. */
function leadingStatus({ groups }: Counted): 'identical' | 'cast' | 'near' {
  const { identical, cast, near } = groups;
  if (identical.bytes >= Math.max(cast.bytes, near.bytes)) return 'identical';
  return cast.bytes >= near.bytes ? 'cast' : 'near';
}

function leadOf(lead: 'identical' | 'cast' | 'near', counted: Counted): string {
  const { groups, nearDuplicate } = counted;
  const share = `${formatShare(groups[lead].bytes, bytesOf(counted))} of the bytes are`;
  if (lead === 'identical') return `${share} identical`;
  const { identical, near } = groups;
  const equal =
    identical.tensors === 0
      ? 'none identical'
      : `${formatShare(identical.bytes, bytesOf(counted))} identical`;
  if (lead === 'cast') return `${share} casts, ${equal}`;
  const word = nearDuplicate.tensors === near.tensors ? 'near-duplicates' : 'near';
  if (near.tensors !== partnersOf(counted)) return `${share} ${word}, ${equal}`;
  const one = word === 'near' ? word : 'a near-duplicate';
  return `No tensor is identical, ${near.tensors === 1 ? `the one in both is ${one}` : `all are ${word}`}`;
}

function castClause({ groups }: Counted): string {
  const { tensors: count } = groups.cast;
  return count === 0 ? '' : `${tensors(count)} ${are(count)} ${casts(count)}`;
}

/** `12 tensors differ, all attention, in layers 12–27`. */
function changeClause(
  rows: ComparedRows,
  { groups }: Counted,
  changes: readonly ('near' | 'different')[],
): string {
  const [near, different] = [groups.near.tensors, groups.different.tensors];
  const changed = changes.includes('near') ? near + different : different;
  if (changed === 0) return '';
  const verb = changed === 1 ? 'differs' : 'differ';
  const slightly = different === 0 ? ' slightly' : '';
  const some = changed > different && different > 0 ? ` (${formatCount(near)} slightly)` : '';
  return `${tensors(changed)} ${verb}${slightly}${some}${whereOf(rows, changes)}`;
}

/** Which one changed; of several what they are and in which blocks, if few words say it. */
function whereOf(rows: ComparedRows, changes: readonly CompareStatus[]): string {
  const changed = rowsWith(rows, changes).map((row) => baseAt(rows, row)[0]);
  const names = changed.map((one) => one?.name ?? '');
  if (names.length === 1) return `: ${clipMiddle(names[0] ?? '', NAME_CHARACTERS)}`;
  const kinds = new Set(changed.map((one) => one && kindOf(one.name, one.shape)));
  const [kind] = kinds;
  const what = kinds.size === 1 && kind !== undefined ? `, all ${kind}` : '';
  return what + placeOf(names, rows);
}

/** Blocks are told if all of one stack, and if not all of that stack's blocks changed. */
function placeOf(changed: readonly string[], { a }: ComparedRows): string {
  const blocks = changed.map(blockOf);
  const stack = blocks[0]?.stack;
  if (stack === undefined || blocks.some((block) => block?.stack !== stack)) return '';
  const numbers = new Set(blocks.map((block) => block?.number ?? 0));
  const every = new Set<number>();
  for (const { name } of a.tensors) {
    const block = blockOf(name);
    if (block?.stack === stack) every.add(block.number);
  }
  if (every.size === 1) return '';
  if (numbers.size === every.size) return ', in every layer';
  const range = rangeOf(numbers);
  if (range === undefined) return '';
  return `, in ${numbers.size === 1 ? 'layer' : 'layers'} ${range}`;
}

function aloneClause({ groups }: Counted): string {
  const parts = [[groups.onlyA.tensors, 'A'] as const, [groups.onlyB.tensors, 'B'] as const].filter(
    ([count]) => count > 0,
  );
  const [[count = 0, model] = [], second] = parts;
  if (count === 0) return '';
  const first = `${tensors(count)} ${are(count)} only in ${model}`;
  return second === undefined
    ? first
    : `${first} and ${formatCount(second[0])} only in ${second[1]}`;
}

function rowsWith(rows: ComparedRows, statuses: readonly CompareStatus[]): number[] {
  const found: number[] = [];
  for (let row = 0; row < rowCount(rows); row++) {
    if (statuses.includes(statusAt(rows, row))) found.push(row);
  }
  return found;
}

/** A's bytes, and those of tensors that only B has. */
function bytesOf({ groups }: Counted): number {
  return compareStatuses.reduce((sum, status) => sum + groups[status].bytes, 0);
}

const tensors = (count: number) => `${formatCount(count)} tensor${count === 1 ? '' : 's'}`;
const more = (count: number) => `${formatCount(count)} tensor${count === 1 ? '' : 's'} more`;
const are = (count: number) => (count === 1 ? 'is' : 'are');
