import {
  type CompareReport,
  type CompareStatus,
  type CountAndBytes,
  compareStatuses,
  type RowMatch,
  type SimilarityThresholds,
} from '../../../shared/domain';
import type { Alignment } from './align';
import {
  addTo,
  baseAt,
  bytesAt,
  type ComparedRows,
  commonShare,
  isNearDuplicate,
  isUnverified,
  newGroups,
  otherAt,
  rowCount,
  statusAt,
  type Tally,
} from './compare-access';
import type { PairRelation, Pairs, SimilarModel, SimilarTensor } from './types';
import { verdictOf } from './verdict';

export interface Comparison extends ComparedRows {
  readonly report: CompareReport;
}

/** Rows that a tensor has in common with a base of another length, by signature numbers. */
export type RowsInCommon = (tensor: number, base: number) => RowMatch | undefined;

/**
 * Judges every pair of an alignment. Reads each pair's relation once. `rows` is asked where element
 * counts differ: tensors are near if the longer one's share of common rows reaches the threshold.
 */
export function compareModels(
  a: SimilarModel,
  b: SimilarModel,
  alignment: Alignment,
  pairs: Pairs,
  thresholds: SimilarityThresholds,
  rows?: RowsInCommon,
): Comparison {
  const alone = Int32Array.from(b.tensors.keys()).filter((at) => (alignment.a[at] ?? -1) < 0);
  const status = new Uint8Array(a.tensors.length + alone.length).fill(codes.onlyB);
  const relations = new Array<PairRelation | null>(a.tensors.length).fill(null);
  const commonRows = new Map<number, RowMatch>();
  a.tensors.forEach((tensor, at) => {
    const other = b.tensors[alignment.b[at] ?? -1];
    const judged = judge(tensor, other, pairs, thresholds);
    status[at] = codes[judged.status];
    relations[at] = judged.relation;
    const common = judged.relation === null ? rowsOf(tensor, other, rows) : undefined;
    if (common === undefined) return;
    commonRows.set(at, common);
    if (commonShare(common) >= thresholds.similar) status[at] = codes.near;
  });
  const { nearDuplicate: nearDuplicateScore } = thresholds;
  const made = { a, b, alignment, alone, status, relations, commonRows, nearDuplicateScore };
  return { ...made, report: reportOf(made) };
}

const codes = Object.fromEntries(compareStatuses.map((status, code) => [status, code])) as Record<
  CompareStatus,
  number
>;

interface Judged {
  readonly status: CompareStatus;
  readonly relation: PairRelation | null;
}

function judge(
  base: SimilarTensor,
  other: SimilarTensor | undefined,
  pairs: Pairs,
  { similar }: SimilarityThresholds,
): Judged {
  if (other === undefined) return { status: 'onlyA', relation: null };
  if (areIdentical(base, other)) return { status: 'identical', relation: null };
  const known = base.signed >= 0 && other.signed >= 0;
  const relation = (known ? pairs.relate(other.signed, base.signed) : undefined) ?? null;
  if (relation === null) return { status: 'different', relation };
  if (relation.cast) return { status: 'cast', relation };
  return { status: relation.metrics.score >= similar ? 'near' : 'different', relation };
}

function rowsOf(
  base: SimilarTensor,
  other: SimilarTensor | undefined,
  rows: RowsInCommon | undefined,
): RowMatch | undefined {
  if (other === undefined || base.elements === other.elements) return undefined;
  if (base.signed < 0 || other.signed < 0) return undefined;
  return rows?.(other.signed, base.signed);
}

/** Equal bytes that mean the same: two dtypes may give equal bytes other values. */
function areIdentical(a: SimilarTensor, b: SimilarTensor): boolean {
  if (a.elements === 0 && b.elements === 0) return String(a.shape) === String(b.shape);
  if (a.digest < 0 || a.digest !== b.digest) return false;
  return a.dtype === b.dtype && a.elements === b.elements;
}

/** A pair whose numbers are estimates, by signature numbers; `base` is A's. */
export interface UnverifiedPair {
  readonly tensor: number;
  readonly base: number;
}

/** Near pairs and likely casts that were not measured yet, each once. */
export function unverifiedPairs(rows: ComparedRows): UnverifiedPair[] {
  const found = new Map<string, UnverifiedPair>();
  rows.relations.forEach((_, row) => {
    if (!isUnverified(rows, row)) return;
    const tensor = otherAt(rows, row)[0]?.signed ?? -1;
    const base = baseAt(rows, row)[0]?.signed ?? -1;
    found.set(`${tensor}:${base}`, { tensor, base });
  });
  return [...found.values()];
}

function reportOf(rows: ComparedRows): CompareReport {
  const groups = newGroups();
  const nearDuplicate: Tally & CountAndBytes = { tensors: 0, bytes: 0 };
  let renamed = 0;
  let unverified = 0;
  for (let row = 0; row < rowCount(rows); row++) {
    const bytes = bytesAt(rows, row);
    addTo(groups[statusAt(rows, row)], bytes);
    if (isNearDuplicate(rows, row)) addTo(nearDuplicate, bytes);
    if (isUnverified(rows, row)) unverified += 1;
    const [[one], [other]] = [baseAt(rows, row), otherAt(rows, row)];
    if (one !== undefined && other !== undefined && one.name !== other.name) renamed += 1;
  }
  const report = { a: rows.a.id, b: rows.b.id, groups, nearDuplicate, renamed, unverified };
  return { ...report, verdict: verdictOf(rows, report) };
}
