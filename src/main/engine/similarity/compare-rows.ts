import { compareNatural } from '../../../shared/base';
import type { ComparePage, CompareRow, CompareSortKey, TensorRef } from '../../../shared/domain';
import type { ComparePageQuery } from '../protocol';
import { isBelow } from '../queries/tree';
import {
  addedAt,
  baseAt,
  bytesAt,
  type ComparedRows,
  isNearDuplicate,
  metricsAt,
  otherAt,
  relationAt,
  rowCount,
  severityOf,
  statusAt,
} from './compare-access';
import type { SimilarModel, SimilarTensor } from './types';

/**
 * The rows of one base against several models. Row numbers run through the comparisons in their
 * order. Sorted orders and the last filter's result are kept, so that paging costs a page only.
 */
interface CompareTable {
  readonly comparisons: readonly ComparedRows[];
  /** Number of each comparison's first row; one more than there are, the last being the total. */
  readonly starts: Int32Array;
  readonly orders: Map<CompareSortKey, SortedOrder>;
  readonly found: { key: string; rows: Int32Array; bytes: number };
}

/** Rows by a key, ascending, equal ones in file order; rows without a value from `known` on. */
interface SortedOrder {
  readonly rows: Int32Array;
  readonly known: number;
  readonly values: Float64Array;
}

function compareTable(comparisons: readonly ComparedRows[]): CompareTable {
  const starts = new Int32Array(comparisons.length + 1);
  comparisons.forEach((rows, at) => {
    starts[at + 1] = (starts[at] ?? 0) + rowCount(rows);
  });
  const found = { key: '', rows: new Int32Array(0), bytes: 0 };
  return { comparisons, starts, orders: new Map(), found };
}

/** By the first comparison: kept as long as that one is. */
const tables = new WeakMap<ComparedRows, CompareTable>();

function tableOf(comparisons: readonly ComparedRows[]): CompareTable {
  const [first] = comparisons;
  const kept = first === undefined ? undefined : tables.get(first);
  const same =
    kept?.comparisons.length === comparisons.length &&
    kept.comparisons.every((one, at) => one === comparisons[at]);
  if (kept !== undefined && same) return kept;
  const made = compareTable(comparisons);
  if (first !== undefined) tables.set(first, made);
  return made;
}

/**
 * One page of the comparisons of one base, which must not change afterwards. Sorting is stable:
 * ties stay in file order in both directions.
 */
export function comparePage(
  comparisons: readonly ComparedRows[],
  query: Pick<ComparePageQuery, 'filter' | 'sort' | 'offset' | 'limit'>,
): ComparePage {
  const table = tableOf(comparisons);
  const { rows, bytes } = matching(table, query);
  const page = rows.subarray(query.offset, query.offset + query.limit);
  return {
    total: rows.length,
    totalBytes: bytes,
    rows: Array.from(page, (row) => rowAt(table, row)),
  };
}

function matching(
  table: CompareTable,
  { filter, sort }: Pick<ComparePageQuery, 'filter' | 'sort'>,
): { readonly rows: Int32Array; readonly bytes: number } {
  const key = JSON.stringify([filter, sort]);
  if (table.found.key === key) return table.found;
  const order = directed(orderOf(table, sort.key), sort.direction);
  const passes = filterOf(table, filter);
  const rows = order.filter((row) => passes(row));
  let bytes = 0;
  for (const row of rows) bytes += at(table, row, bytesAt);
  Object.assign(table.found, { key, rows, bytes });
  return { rows, bytes };
}

/** The comparison that a row belongs to, by number. */
function comparisonOf({ starts }: CompareTable, row: number): number {
  let at = 0;
  while ((starts[at + 1] ?? Number.POSITIVE_INFINITY) <= row) at += 1;
  return at;
}

function at<T>(
  table: CompareTable,
  row: number,
  read: (rows: ComparedRows, local: number) => T,
): T {
  const number = comparisonOf(table, row);
  const rows = table.comparisons[number];
  if (rows === undefined) throw new RangeError(`there is no row ${row} in this comparison`);
  return read(rows, row - (table.starts[number] ?? 0));
}

function filterOf(
  table: CompareTable,
  { differencesOnly, text, prefix, model }: ComparePageQuery['filter'],
): (row: number) => boolean {
  const wanted = text.toLowerCase();
  const named = ({ name }: SimilarTensor) =>
    isBelow(name, prefix) && (wanted === '' || name.toLowerCase().includes(wanted));
  const passes = (rows: ComparedRows, row: number): boolean => {
    if (model !== null && rows.b.id !== model) return false;
    if (differencesOnly && statusAt(rows, row) === 'identical') return false;
    if (wanted === '' && prefix === '') return true;
    const [[one], [other]] = [baseAt(rows, row), otherAt(rows, row)];
    return (one !== undefined && named(one)) || (other !== undefined && named(other));
  };
  return (row) => at(table, row, passes);
}

function directed(order: SortedOrder, direction: 'ascending' | 'descending'): Int32Array {
  if (direction === 'ascending') return order.rows;
  const { rows, known, values } = order;
  const turned = new Int32Array(rows.length);
  let to = 0;
  for (let end = known; end > 0; ) {
    let start = end - 1;
    while (start > 0 && values[rows[start - 1] ?? 0] === values[rows[start] ?? 0]) start -= 1;
    turned.set(rows.subarray(start, end), to);
    to += end - start;
    end = start;
  }
  turned.set(rows.subarray(known), to);
  return turned;
}

function orderOf(table: CompareTable, key: CompareSortKey): SortedOrder {
  const kept = table.orders.get(key);
  if (kept !== undefined) return kept;
  const values = valuesOf(table, key);
  const places = key === 'file' ? values : valuesOf(table, 'file');
  const rows = Int32Array.from(values.keys());
  rows.sort((x, y) => byValue(values, x, y) || byValue(places, x, y) || x - y);
  let known = rows.length;
  while (known > 0 && Number.isNaN(values[rows[known - 1] ?? 0])) known -= 1;
  const order = { rows, known, values };
  table.orders.set(key, order);
  return order;
}

/** NaN, no value, comes last. Infinity equals itself. */
function byValue(values: Float64Array, x: number, y: number): number {
  const [one, other] = [values[x] ?? 0, values[y] ?? 0];
  if (one < other) return -1;
  if (one > other) return 1;
  return Number(Number.isNaN(one)) - Number(Number.isNaN(other));
}

function valuesOf(table: CompareTable, key: CompareSortKey): Float64Array {
  const values = new Float64Array(table.starts.at(-1) ?? 0);
  const ranks = key === 'name' ? nameRanks(table) : undefined;
  table.comparisons.forEach((rows, number) => {
    const start = table.starts[number] ?? 0;
    for (let row = 0; row < rowCount(rows); row++) {
      values[start + row] = ranks?.get(nameAt(rows, row)) ?? valueAt(rows, row, key, start);
    }
  });
  return values;
}

const nameAt = (rows: ComparedRows, row: number): string =>
  (baseAt(rows, row)[0] ?? otherAt(rows, row)[0])?.name ?? '';

/** Every name once, in natural order. */
function nameRanks(table: CompareTable): ReadonlyMap<string, number> {
  const names = new Set<string>();
  for (const rows of table.comparisons) {
    for (let row = 0; row < rowCount(rows); row++) names.add(nameAt(rows, row));
  }
  return new Map([...names].sort(compareNatural).map((name, rank) => [name, rank]));
}

/**
 * `change`: relative L2, Infinity for pairs that cannot be compared; `delta`: bytes that B's tensor
 * would add. Tensors that are alone changed into nothing; what only A has adds nothing. `file`: A's
 * tensors with all of their partners, then what only one of the others has, model by model.
 */
function valueAt(rows: ComparedRows, row: number, key: CompareSortKey, start: number): number {
  const inA = row < rows.a.tensors.length;
  const status = statusAt(rows, row);
  switch (key) {
    case 'file':
    case 'name':
      return inA ? row : row + start;
    case 'size':
      return bytesAt(rows, row);
    case 'status':
      return severityOf(status);
    case 'change':
      if (!inA || status === 'onlyA') return Number.NaN;
      return metricsAt(rows, row)?.relativeL2 ?? Number.POSITIVE_INFINITY;
    case 'delta':
      if (status === 'onlyA') return Number.NaN;
      return addedAt(rows, row);
  }
}

function rowAt(table: CompareTable, row: number): CompareRow {
  return at(table, row, (rows, local) => {
    const one = baseAt(rows, local);
    const other = otherAt(rows, local);
    return {
      row,
      b: rows.b.id,
      status: statusAt(rows, local),
      nearDuplicate: isNearDuplicate(rows, local),
      tensor: refOf(rows.a, ...one),
      other: refOf(rows.b, ...other),
      reason: rows.alignment.reason[local] ?? null,
      transposed: relationAt(rows, local)?.transposed ?? false,
      metrics: metricsAt(rows, local),
      rows: rows.commonRows.get(local) ?? null,
    };
  });
}

function refOf(
  model: SimilarModel,
  tensor: SimilarTensor | undefined,
  index: number,
): TensorRef | null {
  if (tensor === undefined) return null;
  const { name, dtype, shape, byteLength } = tensor;
  return { modelId: model.id, modelName: model.name, index, name, dtype, shape, byteLength };
}
