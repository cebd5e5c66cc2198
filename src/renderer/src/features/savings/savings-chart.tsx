import { useId, useRef } from 'react';
import { Bar, BarChart, CartesianGrid, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts';
import type { ModelId } from '../../../../shared/base';
import { formatBytes, formatShare } from '../../../../shared/base';
import { titleText } from '../../lib/hostile-text';
import { useSettings } from '../../state/settings';
import {
  byteTicks,
  type ChartTone,
  clipLabel,
  fillOf,
  glyphOf,
  PatternDefs,
} from '../../widgets/charts';
import { useClientWidth } from '../../widgets/data-table';
import { NameText } from '../../widgets/name-text';
import type { ChartRow } from './savings-text';

interface SavingsChartProps {
  readonly rows: readonly ChartRow[];
  readonly label: string;
  readonly onModel: (id: ModelId) => void;
}

const AXIS_HEIGHT = 58;
const SIZE_WIDTH = 76;
/** Mean width of a character of the names, in pixels. */
const CHARACTER = 7.3;
const margin = { top: 4, right: 8, bottom: 4, left: 8 };

/** Few models get more room each. */
const rowHeight = (rows: number): number => (rows <= 12 ? 36 : 28);

/** In the order they are stacked. */
const series: readonly {
  readonly tone: ChartTone;
  readonly key: SizeKey;
  readonly label: string;
}[] = [
  { tone: 'shared', key: 'sharedBytes', label: 'shared with other models' },
  { tone: 'repeated', key: 'repeatedBytes', label: 'repeated inside the model' },
  { tone: 'exclusive', key: 'exclusiveBytes', label: 'only in this model' },
];
const noBar = { sharedBytes: 0, repeatedBytes: 0, exclusiveBytes: 0 } as const;
type SizeKey = 'sharedBytes' | 'repeatedBytes' | 'exclusiveBytes';

const rowAxis = { interval: 0, axisLine: false, tickLine: false } as const;
const tickStyle = { fill: 'var(--muted)', fontSize: 12 };

/** One bar per model; the table behind it holds the same figures for the keyboard and the ear. */
export function SavingsChart({ rows, label, onModel }: SavingsChartProps) {
  const id = useId().replaceAll(/[^\w-]/g, '');
  const units = useSettings((settings) => settings.units);
  const largest = Math.max(0, ...rows.map((row) => (row.model ? row.logicalBytes : 0)));
  const ticks = byteTicks(largest, units);
  const box = useRef<HTMLDivElement>(null);
  const nameWidth = Math.round(Math.min(320, Math.max(120, useClientWidth(box) * 0.24)));
  const axis = {
    type: 'number',
    domain: [0, ticks.at(-1) ?? 1],
    ticks: [...ticks],
    tickFormatter: (value: number) => formatBytes(value, units).replace(/\.0+ /, ' '),
    tick: tickStyle,
    axisLine: false,
    tickLine: false,
    interval: 0,
  } as const;
  const open = (row: ChartRow | undefined) => row?.model && onModel(row.model.modelId);
  return (
    <div className="sv-chart" role="img" aria-label={label} ref={box}>
      <div className="sv-bars">
        <ResponsiveContainer width="100%" height={rows.length * rowHeight(rows.length) + 8}>
          <BarChart
            data={rows.map((row) => (row.model ? row : { ...row, ...noBar }))}
            layout="vertical"
            margin={margin}
            barCategoryGap="18%"
            accessibilityLayer={false}
          >
            <PatternDefs id={id} />
            <CartesianGrid horizontal={false} stroke="var(--line)" />
            <XAxis {...axis} hide />
            <YAxis
              type="category"
              dataKey="key"
              width={nameWidth}
              {...rowAxis}
              tick={(props: TickProps) => (
                <NameTick {...props} row={rows[props.index]} width={nameWidth} />
              )}
            />
            <YAxis
              yAxisId="size"
              orientation="right"
              type="category"
              dataKey="key"
              width={SIZE_WIDTH}
              {...rowAxis}
              tick={(props: TickProps) => <SizeTick {...props} row={rows[props.index]} />}
            />
            <Tooltip
              cursor={{ fill: 'var(--hover)' }}
              isAnimationActive={false}
              content={(props) => <Hint row={rowOf(rows, props.payload)} />}
            />
            {series.map(({ tone, key, label: name }) => (
              <Bar
                key={key}
                dataKey={key}
                name={name}
                stackId="model"
                fill={fillOf(id, tone)}
                isAnimationActive={false}
                onClick={(item) => open(item.payload as ChartRow | undefined)}
              />
            ))}
          </BarChart>
        </ResponsiveContainer>
      </div>
      <div className="sv-axis">
        <ResponsiveContainer width="100%" height={AXIS_HEIGHT}>
          <BarChart
            data={[{ key: '', size: 0 }]}
            layout="vertical"
            margin={margin}
            accessibilityLayer={false}
          >
            <XAxis
              {...axis}
              axisLine={{ stroke: 'var(--line-strong)' }}
              height={46}
              label={{
                value: 'Size of the model’s files',
                position: 'insideBottom',
                offset: 2,
                ...tickStyle,
              }}
            />
            <YAxis type="category" dataKey="key" width={nameWidth} {...rowAxis} tick={false} />
            <YAxis
              yAxisId="size"
              orientation="right"
              type="category"
              dataKey="key"
              width={SIZE_WIDTH}
              {...rowAxis}
              tick={false}
            />
            <Bar dataKey="size" isAnimationActive={false} />
          </BarChart>
        </ResponsiveContainer>
      </div>
    </div>
  );
}

interface TickProps {
  readonly x: number | string;
  readonly y: number | string;
  readonly index: number;
}

function NameTick({ x, y, row, width }: TickProps & { row: ChartRow | undefined; width: number }) {
  if (!row) return null;
  return (
    <text
      x={x}
      y={y}
      dy={4}
      textAnchor="end"
      className={row.model ? 'sv-name' : 'sv-name sv-others'}
    >
      <title>{titleText(row.name)}</title>
      {clipLabel(row.name, Math.floor((width - 16) / CHARACTER))}
    </text>
  );
}

function SizeTick({ x, y, row }: TickProps & { readonly row: ChartRow | undefined }) {
  const units = useSettings((settings) => settings.units);
  if (!row) return null;
  return (
    <text x={Number(x) + SIZE_WIDTH - 12} y={y} dy={4} textAnchor="end" className="sv-size">
      {formatBytes(row.logicalBytes, units)}
    </text>
  );
}

/** The row that the pointer is at, with its true sizes. */
function rowOf(rows: readonly ChartRow[], payload: readonly { readonly payload?: unknown }[]) {
  const drawn = payload[0]?.payload as ChartRow | undefined;
  return drawn && rows.find((row) => row.key === drawn.key);
}

/** What the pointer rests on, in figures. */
function Hint({ row }: { readonly row: ChartRow | undefined }) {
  const units = useSettings((settings) => settings.units);
  if (!row) return null;
  return (
    <div className="tip sv-hint">
      <NameText name={row.name} className="sv-hint-name" />
      <dl>
        {series.map(({ tone, key, label }) => (
          <div key={key}>
            <dt>
              <span className={`legend-glyph glyph-${tone}`}>{glyphOf[tone]}</span> {label}
            </dt>
            <dd>{formatBytes(row[key], units)}</dd>
            <dd className="muted">{formatShare(row[key], row.logicalBytes)}</dd>
          </div>
        ))}
        <div className="sv-hint-sum">
          <dt>size of the files</dt>
          <dd>{formatBytes(row.logicalBytes, units)}</dd>
          <dd />
        </div>
      </dl>
    </div>
  );
}
