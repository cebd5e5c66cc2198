import {
  type CompareCell,
  type CompareMap,
  type CompareStatus,
  compareStatuses,
} from '../../../shared/domain';
import { layerNameOf, layersOf } from '../manifest/layers';
import {
  addedAt,
  addTo,
  baseAt,
  bytesAt,
  type ComparedRows,
  metricsAt,
  newGroups,
  otherAt,
  rowCount,
  severityOf,
  statusAt,
  type Tally,
} from './compare-access';
import { layerPartOf, layerParts } from './compare-parts';
import { normalisedName } from './names';
import type { SimilarModel } from './types';

/**
 * The layer × model map of one base against several models. Every layer of A is a column; a tensor
 * that only B has is counted in A's layer of the same name, as far as A has one.
 */
export function compareMap(comparisons: readonly ComparedRows[]): CompareMap {
  const a = comparisons[0]?.a ?? { tensors: [] };
  const layers = layersOf(
    a.tensors.map(({ name, shape, byteLength: length }) => ({
      name,
      shape,
      length,
    })),
  );
  const columns = columnsOf(a, layers);
  return {
    layers: layers.map(({ name }) => ({ label: name, prefix: name })),
    parts: layerParts,
    models: comparisons.map((rows) => ({ b: rows.b.id, cells: cellsOf(rows, columns) })),
  };
}

interface Columns {
  readonly count: number;
  /** By tensor of A: layer and part, as the cell's place. */
  readonly cellOf: Int32Array;
  /** Of a layer by its name, and by its normalised name. */
  readonly layerNamed: ReadonlyMap<string, number>;
}

function columnsOf(a: Pick<SimilarModel, 'tensors'>, layers: ReturnType<typeof layersOf>): Columns {
  const count = layers.length;
  const cellOf = new Int32Array(a.tensors.length).fill(-1);
  const layerNamed = new Map<string, number>();
  layers.forEach((layer, column) => {
    for (const at of layer.tensors) {
      const tensor = a.tensors[at];
      if (tensor === undefined) continue;
      cellOf[at] = partNumber(tensor) * count + column;
      const normalised = layerNameOf(normalisedName(tensor.name));
      if (!layerNamed.has(normalised)) layerNamed.set(normalised, column);
    }
  });
  layers.forEach(({ name }, column) => {
    layerNamed.set(name, column);
  });
  return { count, cellOf, layerNamed };
}

const partNumber = ({ name, shape }: { name: string; shape: readonly number[] }): number =>
  layerParts.indexOf(layerPartOf(name, shape));

/** A cell being added up. Sums are of bytes times value, over the rows that have the value. */
interface Sums {
  readonly groups: Record<CompareStatus, Tally>;
  /** Bytes of rows with metrics. */
  measured: number;
  cosine: number;
  relativeL2: number;
  bits: number;
  /** Bytes of B's tensors that have a partner, and what is predicted to be stored of them. */
  raw: number;
  stored: number;
}

function cellsOf(rows: ComparedRows, columns: Columns): (CompareCell | null)[] {
  const sums = new Array<Sums | undefined>(columns.count * layerParts.length).fill(undefined);
  for (let row = 0; row < rowCount(rows); row++) {
    const place = placeOf(rows, row, columns);
    if (place < 0) continue;
    const sum = sums[place] ?? newSums();
    sums[place] = sum;
    addRow(sum, rows, row);
  }
  return sums.map((sum) => (sum === undefined ? null : cellOf(sum)));
}

function placeOf(rows: ComparedRows, row: number, { count, cellOf, layerNamed }: Columns): number {
  if (row < cellOf.length) return cellOf[row] ?? -1;
  const [tensor] = otherAt(rows, row);
  if (tensor === undefined) return -1;
  const column =
    layerNamed.get(layerNameOf(tensor.name)) ??
    layerNamed.get(layerNameOf(normalisedName(tensor.name)));
  return column === undefined ? -1 : partNumber(tensor) * count + column;
}

const newSums = (): Sums => ({
  groups: newGroups(),
  measured: 0,
  cosine: 0,
  relativeL2: 0,
  bits: 0,
  raw: 0,
  stored: 0,
});

function addRow(sum: Sums, rows: ComparedRows, row: number): void {
  const bytes = bytesAt(rows, row);
  addTo(sum.groups[statusAt(rows, row)], bytes);
  const [base] = baseAt(rows, row);
  const [other] = otherAt(rows, row);
  if (base === undefined || other === undefined) return;
  const metrics = metricsAt(rows, row);
  sum.raw += other.byteLength;
  sum.stored += addedAt(rows, row);
  if (metrics === null || bytes === 0) return;
  sum.measured += bytes;
  sum.cosine += bytes * metrics.cosine;
  sum.relativeL2 += bytes * metrics.relativeL2;
  sum.bits += bytes * (metrics.elementBits > 0 ? metrics.differingBits / metrics.elementBits : 0);
}

function cellOf(sum: Sums): CompareCell {
  const mean = (total: number) => (sum.measured > 0 ? total / sum.measured : null);
  return {
    status: worstOf(sum.groups),
    groups: sum.groups,
    cosine: mean(sum.cosine),
    relativeL2: mean(sum.relativeL2),
    bits: mean(sum.bits),
    stored: sum.raw > 0 ? sum.stored / sum.raw : null,
  };
}

function worstOf(groups: Readonly<Record<CompareStatus, Tally>>): CompareStatus {
  const present = compareStatuses.filter((status) => groups[status].tensors > 0);
  return present.reduce((worst, status) =>
    severityOf(status) > severityOf(worst) ? status : worst,
  );
}
