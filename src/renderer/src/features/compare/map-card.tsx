import { useMemo } from 'react';
import type { CompareCell, CompareMap } from '../../../../shared/domain';
import { cssColour } from '../../canvas/colour';
import { Heatmap, type HeatPlace } from '../../canvas/heatmap';
import { usePalette } from '../../canvas/palette';
import { useQuery } from '../../client';
import { clipMiddle, visibleText } from '../../lib/hostile-text';
import { type MapMetric, mapMetrics, useCompareFocus, useCompareView } from '../../state/compare';
import { Segmented } from '../../widgets/button';
import { Card } from '../../widgets/card';
import { ErrorNote, Skeleton } from '../../widgets/empty-state';
import type { Compared } from './compared';
import { mapByBlocks } from './map-blocks';
import { changeFill, mapTokens, paintCell, scaleEnds } from './map-colours';
import './map.css';
import { MapTable } from './map-table';
import { cellText, metricLabels } from './map-text';
import { MapTip } from './map-tip';

const metricOptions = mapMetrics.map((value) => ({ value, label: metricLabels[value] }));
const formOptions = [
  { value: 'map', label: 'Map' },
  { value: 'table', label: 'Table' },
] as const;

/** Where the models differ: layers across, models and their parts down. */
export function MapCard({ compared }: { readonly compared: Compared }) {
  const { a, b } = compared.comparison;
  const { data, error } = useQuery('compare.map', { a, b: [...b] });
  const map = useMemo(() => data && mapByBlocks(data), [data]);
  const { metric, mapAs, change } = useCompareView();
  return (
    <Card
      title={b.length > 1 ? 'Layers × models' : 'Layers'}
      className="cmp-map"
      actions={
        <>
          <Segmented
            label="What the map shows"
            value={metric}
            options={metricOptions}
            onChange={(value) => change({ metric: value })}
          />
          <Segmented
            label="Form of the map"
            value={mapAs}
            options={formOptions}
            onChange={(value) => change({ mapAs: value })}
          />
        </>
      }
    >
      {error && !map ? <ErrorNote error={error} /> : null}
      {!map && !error ? <Skeleton lines={3} /> : null}
      {map ? <MapBody compared={compared} map={map} metric={metric} /> : null}
    </Card>
  );
}

interface MapBodyProps {
  readonly compared: Compared;
  readonly map: CompareMap;
  readonly metric: MapMetric;
}

function MapBody({ compared, map, metric }: MapBodyProps) {
  const mapAs = useCompareView((state) => state.mapAs);
  const showLayer = useShowLayer(compared, map);
  if (map.layers.length === 0) {
    return <p className="cmp-map-none muted">These models have no layers to lay out.</p>;
  }
  if (mapAs === 'table') {
    return <MapTable compared={compared} map={map} metric={metric} onLayer={showLayer} />;
  }
  return (
    <>
      <MapCanvas compared={compared} map={map} metric={metric} onLayer={showLayer} />
      <MapLegend metric={metric} parts={map.parts} several={map.models.length > 1} />
    </>
  );
}

/** Limits the table to a layer, of one model where there are several; again: shows all. */
function useShowLayer(compared: Compared, map: CompareMap) {
  const { key } = compared;
  const focus = useCompareFocus(key);
  const changeFocus = useCompareView((state) => state.changeFocus);
  return (column: number, group: number) => {
    const layer = map.layers[column];
    if (!layer) return;
    const model = map.models.length > 1 ? map.models[group]?.b : undefined;
    const again = focus.layer?.prefix === layer.prefix && focus.model === model;
    changeFocus(key, again ? { layer: undefined, model: undefined } : { layer, model });
  };
}

function MapCanvas(props: MapBodyProps & { onLayer: (column: number, group: number) => void }) {
  const { compared, map, metric, onLayer } = props;
  const palette = usePalette(mapTokens);
  const { layer, model } = useCompareFocus(compared.key);
  const columns = useMemo(() => map.layers.map(({ label }) => shown(label)), [map]);
  const groups = useMemo(
    () => map.models.map(({ b }) => shown(compared.nameOf(b))),
    [map, compared],
  );
  const several = groups.length > 1;
  const cellOf = ({ column, group, part }: HeatPlace): CompareCell | null =>
    map.models[group]?.cells[part * map.layers.length + column] ?? null;
  const chosenColumn = layer ? map.layers.findIndex(({ prefix }) => prefix === layer.prefix) : -1;
  const chosenGroup = model ? map.models.findIndex(({ b }) => b === model) : -1;
  return (
    <Heatmap
      label={`Layers by ${metricLabels[metric].toLowerCase()}`}
      columns={columns}
      groups={groups}
      parts={map.parts}
      paint={(place) => {
        const cell = cellOf(place);
        return cell && paintCell(cell, metric, palette);
      }}
      say={(place) => cellText(cellOf(place), metric)}
      explain={(place) => (
        <MapTip
          layer={columns[place.column] ?? ''}
          part={map.parts[place.part] ?? ''}
          model={several ? groups[place.group] : undefined}
          cell={cellOf(place)}
        />
      )}
      chosen={
        chosenColumn < 0
          ? undefined
          : { column: chosenColumn, group: chosenGroup < 0 ? undefined : chosenGroup }
      }
      onActivate={(place) => onLayer(place.column, place.group)}
      maxHeight="max(190px, 34vh)"
    />
  );
}

const shown = (name: string): string => visibleText(clipMiddle(name));

const steps = Array.from({ length: 24 }, (_, i) => (i + 1) / 24);

interface MapLegendProps {
  readonly metric: MapMetric;
  readonly parts: readonly string[];
  readonly several: boolean;
}

/** What the colours mean, least change first; the statuses have their legend above. */
function MapLegend({ metric, parts, several }: MapLegendProps) {
  const palette = usePalette(mapTokens);
  const rows = several ? (
    <span className="cmp-map-rows">Rows inside a model: {parts.join(' · ')}</span>
  ) : null;
  if (metric === 'status') {
    return (
      <p className="cmp-map-legend">
        {rows}
        <span>Each cell shows what most needs attention; ≈ grows stronger with the change.</span>
      </p>
    );
  }
  const [least, most] = scaleEnds[metric];
  return (
    <p className="cmp-map-legend">
      {rows}
      <span className="cmp-scale">
        <i
          className="cmp-scale-none"
          aria-hidden="true"
          style={{ background: cssColour(changeFill(0, palette)) }}
        />
        unchanged
      </span>
      <span className="cmp-scale">
        {least}
        <span className="cmp-scale-ramp" aria-hidden="true">
          {steps.map((step) => (
            <i key={step} style={{ background: cssColour(changeFill(step, palette)) }} />
          ))}
        </span>
        {most}
      </span>
    </p>
  );
}
