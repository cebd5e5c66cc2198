import {
  type CompareStatus,
  compareStatuses,
  type PairMetrics,
  type RowMatch,
} from '../../../shared/domain';
import type { Alignment } from './align';
import type { PairRelation, SimilarModel, SimilarTensor } from './types';

/**
 * Two models side by side. One row per tensor of A, in A's order, then one per tensor that only B
 * has, in B's order. A is the base: metrics say how B's tensor follows from A's.
 */
export interface ComparedRows {
  readonly a: SimilarModel;
  readonly b: SimilarModel;
  readonly alignment: Alignment;
  /** B's tensors without a partner: rows from `a.tensors.length` on. */
  readonly alone: Int32Array;
  /** By row: position in `compareStatuses`. */
  readonly status: Uint8Array;
  /** By row of A. Null where the row is identical, alone, or its values are not known. */
  readonly relations: readonly (PairRelation | null)[];
  /** By row of A, where element counts differ and rows were compared. */
  readonly commonRows: ReadonlyMap<number, RowMatch>;
  readonly nearDuplicateScore: number;
}

export const rowCount = ({ status }: ComparedRows): number => status.length;

export const statusAt = ({ status }: ComparedRows, row: number): CompareStatus =>
  compareStatuses[status[row] ?? -1] ?? 'different';

/** A's tensor in a row, and its index. */
export function baseAt({ a }: ComparedRows, row: number): [SimilarTensor | undefined, number] {
  return [a.tensors[row], row];
}

/** B's tensor in a row, and its index. */
export function otherAt(rows: ComparedRows, row: number): [SimilarTensor | undefined, number] {
  const { a, b, alignment, alone } = rows;
  const at =
    row < a.tensors.length ? (alignment.b[row] ?? -1) : (alone[row - a.tensors.length] ?? -1);
  return [b.tensors[at], at];
}

export const relationAt = (rows: ComparedRows, row: number): PairRelation | null =>
  rows.relations[row] ?? null;

/** Common rows as a share of the longer tensor's. */
export const commonShare = ({ common, rows, baseRows }: RowMatch): number =>
  common / Math.max(rows, baseRows, 1);

/** Bytes that B's tensor would add to a store of A: all of them, as far as nothing else is known. */
export function addedAt(rows: ComparedRows, row: number): number {
  const bytes = otherAt(rows, row)[0]?.byteLength ?? 0;
  const metrics = metricsAt(rows, row);
  if (metrics !== null) return Math.min(metrics.deltaBytes, bytes);
  const common = rows.commonRows.get(row);
  return common === undefined ? bytes : bytes * (1 - common.common / Math.max(common.rows, 1));
}

export function isNearDuplicate(rows: ComparedRows, row: number): boolean {
  const common = rows.commonRows.get(row);
  const score =
    common === undefined ? (relationAt(rows, row)?.metrics.score ?? 0) : commonShare(common);
  return statusAt(rows, row) === 'near' && score >= rows.nearDuplicateScore;
}

/** What is known of a pair; for equal bytes that nothing differs. Null: alone, or not known. */
export function metricsAt(rows: ComparedRows, row: number): PairMetrics | null {
  const relation = relationAt(rows, row);
  if (relation !== null) return relation.metrics;
  const [tensor] = otherAt(rows, row);
  return tensor !== undefined && statusAt(rows, row) === 'identical'
    ? metricsOfEqual(tensor)
    : null;
}

function metricsOfEqual({ byteLength, elements }: SimilarTensor): PairMetrics {
  return {
    score: 1,
    cosine: 1,
    relativeL2: 0,
    differingBits: 0,
    elementBits: elements === 0 ? 0 : (byteLength * 8) / elements,
    maxDifference: 0,
    deltaBytes: 0,
    verified: true,
  };
}

/** The size that groups count: A's, of a tensor that only B has B's. */
export function bytesAt(rows: ComparedRows, row: number): number {
  return (baseAt(rows, row)[0] ?? otherAt(rows, row)[0])?.byteLength ?? 0;
}

/** Whether a near pair's or likely cast's numbers are still estimates. */
export function isUnverified(rows: ComparedRows, row: number): boolean {
  const status = statusAt(rows, row);
  if (status !== 'near' && status !== 'cast') return false;
  return relationAt(rows, row)?.metrics.verified === false;
}

/** From what needs no attention to what needs most. */
const severities: Readonly<Record<CompareStatus, number>> = {
  identical: 0,
  cast: 1,
  near: 2,
  onlyB: 3,
  onlyA: 4,
  different: 5,
};

/** The higher, the more attention a status needs. */
export const severityOf = (status: CompareStatus): number => severities[status];

/** Adds up; made once per group and filled in. */
export interface Tally {
  tensors: number;
  bytes: number;
}

export const newGroups = (): Record<CompareStatus, Tally> => ({
  identical: { tensors: 0, bytes: 0 },
  cast: { tensors: 0, bytes: 0 },
  near: { tensors: 0, bytes: 0 },
  different: { tensors: 0, bytes: 0 },
  onlyA: { tensors: 0, bytes: 0 },
  onlyB: { tensors: 0, bytes: 0 },
});

export function addTo(tally: Tally, bytes: number): void {
  tally.tensors += 1;
  tally.bytes += bytes;
}
