import { useMemo } from 'react';
import type { CompareCell, CompareMap } from '../../../../shared/domain';
import type { MapMetric } from '../../state/compare';
import { type Column, DataTable, useArrayRows } from '../../widgets/data-table';
import { NameText } from '../../widgets/name-text';
import type { Compared } from './compared';
import { metricText } from './map-text';
import { glyphOf, toneOf } from './status';

interface MapRow {
  readonly key: string;
  readonly layer: number;
  readonly label: string;
  readonly model: string;
  readonly group: number;
  readonly cells: readonly (CompareCell | null)[];
}

interface MapTableProps {
  readonly compared: Compared;
  readonly map: CompareMap;
  readonly metric: MapMetric;
  readonly onLayer: (layer: number, group: number) => void;
}

const keyOf = (row: MapRow): string => row.key;

/** The same as the map, as rows of text: one per layer and model. */
export function MapTable({ compared, map, metric, onLayer }: MapTableProps) {
  const rows = useMemo(() => rowsOf(map, compared), [map, compared]);
  const columns = useMemo(
    () => columnsOf(map.parts, metric, map.models.length > 1),
    [map.parts, metric, map.models.length],
  );
  const source = useArrayRows(rows, keyOf);
  return (
    <div className="cmp-map-table">
      <DataTable
        label="Layers and models"
        columns={columns}
        source={source}
        rowHeight={26}
        onActivate={(row) => onLayer(row.layer, row.group)}
        empty="Neither model has layers."
      />
    </div>
  );
}

function rowsOf(map: CompareMap, compared: Compared): readonly MapRow[] {
  const layers = map.layers.length;
  return map.layers.flatMap(({ label }, layer) =>
    map.models.map(
      ({ b, cells }, group): MapRow => ({
        key: `${layer} ${b}`,
        layer,
        label,
        model: compared.nameOf(b),
        group,
        cells: map.parts.map((_, part) => cells[part * layers + layer] ?? null),
      }),
    ),
  );
}

function columnsOf(
  parts: readonly string[],
  metric: MapMetric,
  several: boolean,
): readonly Column<MapRow>[] {
  return [
    {
      id: 'layer',
      header: 'Layer',
      minWidth: 90,
      flex: 1,
      text: (row) => row.label,
      cell: (row) => <NameText name={row.label} />,
    },
    ...(several
      ? [
          {
            id: 'model',
            header: 'Model',
            minWidth: 100,
            flex: 1,
            cell: (row: MapRow) => <NameText name={row.model} />,
          },
        ]
      : []),
    ...parts.map(
      (part, i): Column<MapRow> => ({
        id: `part-${i}`,
        header: part,
        minWidth: 110,
        flex: 1,
        cell: (row) => <CellText cell={row.cells[i] ?? null} metric={metric} />,
      }),
    ),
  ];
}

function CellText({ cell, metric }: { cell: CompareCell | null; metric: MapMetric }) {
  if (cell === null) return <span className="muted">–</span>;
  return (
    <span className="dt-plain">
      <span className={`cmp-glyph cmp-text-${toneOf(cell.status)}`} aria-hidden="true">
        {glyphOf(cell.status)}
      </span>{' '}
      {metricText(cell, metric)}
    </span>
  );
}
