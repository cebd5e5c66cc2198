import { type ReactNode, useId, useLayoutEffect, useMemo, useRef } from 'react';
import { fitStart, fitText } from '../fit-text';
import { usePalette } from '../palette';
import { usePixelRatio } from '../pixel-ratio';
import { drawHeatmap, HEAT_FONT, type HeatPaint, type HeatScene, PAD } from './draw';
import { HeatTip, type TipPlace } from './heat-tip';
import './heatmap.css';
import { placeLabels } from './labels';
import { cellBox, type HeatLayout, type HeatPlace, type HeatShape, layoutOf } from './layout';
import { useHeatControls } from './use-heat-controls';
import { scrollOf, useFrame, useInnerSize } from './use-heat-view';

export interface HeatmapProps {
  /** Accessible name. */
  readonly label: string;
  /** Ready to be shown: text without invisible characters, of any length. */
  readonly columns: readonly string[];
  readonly groups: readonly string[];
  /** Rows of every group, top to bottom. */
  readonly parts: readonly string[];
  readonly paint: (place: HeatPlace) => HeatPaint | null;
  /** A cell in words, without its column and row, for those who cannot see it. */
  readonly say: (place: HeatPlace) => string;
  /** A cell in detail, on hover and at the keyboard. */
  readonly explain: (place: HeatPlace) => ReactNode;
  readonly chosen?: HeatScene['chosen'];
  /** Enter, Space or a click. */
  readonly onActivate: (place: HeatPlace) => void;
  /** Most that the map takes, as a CSS length; beyond it scrolls. */
  readonly maxHeight: string;
}

const tokens = ['panel', 'ink', 'muted', 'line-strong', 'focus'] as const;
const PARTS_WIDTH = 96;
const WIDE = 520;
const LONGEST_LABEL = 110;
/** Pixels of a label below which it keeps its start alone. */
const FEW_LETTERS = 70;
/** The gutter: parts beside a single group; names, and parts where there is room, beside several. */
function gutterOf(shape: HeatShape, width: number) {
  if (shape.groups === 1) return { gutter: PARTS_WIDTH, names: 0, parts: true };
  const parts = width >= WIDE;
  const names = Math.round(Math.min(240, Math.max(96, width * 0.2)));
  return { gutter: names + (parts ? PARTS_WIDTH : 20), names, parts };
}

let measuring: CanvasRenderingContext2D | null = null;
function measureLabel(text: string): number {
  measuring ??= document.createElement('canvas').getContext('2d');
  if (!measuring) return text.length * 6;
  measuring.font = HEAT_FONT;
  return measuring.measureText(text).width;
}

/**
 * A map of cells that scrolls both ways, drawn on one canvas of the size of its viewport. One focus
 * stop; to a screen reader it is a grid of which only the active cell exists.
 */
export function Heatmap(props: HeatmapProps) {
  const { columns, groups, parts } = props;
  const id = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const view = useInnerSize(scroller);
  const ratio = usePixelRatio();
  const palette = usePalette(tokens);
  const shape = useMemo(
    () => ({ columns: columns.length, groups: groups.length, parts: parts.length }),
    [columns.length, groups.length, parts.length],
  );
  const gutter = gutterOf(shape, view.width);
  const layout = layoutOf(shape, gutter.gutter, view.width);
  const controls = useHeatControls({ layout, view, scroller, onActivate: props.onActivate });
  const { active, hovered, keyboard } = controls;
  const columnLabels = useColumnLabels(columns, layout.pitch, layout.gutter);

  const draw = () => {
    const context = canvas.current?.getContext('2d');
    if (!context || view.width === 0) return;
    drawHeatmap(context, {
      layout,
      scroll: scrollOf(scroller.current),
      view,
      ratio,
      colours: { ...palette, line: palette['line-strong'] },
      columnLabels,
      groupLabels: groups,
      partLabels: gutter.parts ? parts : [],
      groupLabelWidth: gutter.names,
      paint: props.paint,
      focused: keyboard ? active : undefined,
      hovered,
      chosen: props.chosen,
    });
  };
  useLayoutEffect(draw);
  const drawSoon = useFrame(draw);
  useFontsReady(drawSoon);

  const told = controls.tipOff ? undefined : (hovered ?? (keyboard ? active : undefined));
  const cellId = `${id}-cell`;
  const empty = shape.columns === 0 || shape.groups === 0 || shape.parts === 0;
  return (
    <div className="heat" style={{ height: `min(${layout.height + 2}px, ${props.maxHeight})` }}>
      {/* biome-ignore lint/a11y/noAriaHiddenOnFocusable: a canvas takes no focus. */}
      <canvas
        ref={canvas}
        className="heat-canvas"
        aria-hidden="true"
        width={Math.round(view.width * ratio)}
        height={Math.round(view.height * ratio)}
        style={{ width: view.width, height: view.height }}
      />
      {/* biome-ignore lint/a11y/useSemanticElements: a table element cannot be a canvas. */}
      <div
        ref={scroller}
        className="heat-scroller"
        role="grid"
        aria-label={props.label}
        aria-rowcount={shape.groups * shape.parts}
        aria-colcount={shape.columns}
        aria-activedescendant={empty ? undefined : cellId}
        aria-describedby={`${id}-keys`}
        tabIndex={0}
        {...controls.handlers}
        onScroll={() => {
          controls.forgetHover();
          drawSoon();
        }}
      >
        {empty ? null : (
          <ActiveCell
            id={cellId}
            place={active}
            shape={shape}
            heading={headingOf(active, groups, parts)}
            text={`${columns[active.column] ?? ''}: ${props.say(active)}`}
          />
        )}
        <div className="heat-sizer" style={{ width: layout.width, height: layout.height }} />
      </div>
      <span id={`${id}-keys`} className="visually-hidden">
        Arrow keys move. Enter shows the tensors of the layer in the table below.
      </span>
      {told && !empty ? (
        <HeatTip at={onPage(layout, told, scroller.current)}>{props.explain(told)}</HeatTip>
      ) : null}
    </div>
  );
}

const headingOf = (place: HeatPlace, groups: readonly string[], parts: readonly string[]): string =>
  [groups[place.group], parts[place.part]].filter(Boolean).join(', ');

interface ActiveCellProps {
  readonly id: string;
  readonly place: HeatPlace;
  readonly shape: HeatShape;
  readonly heading: string;
  readonly text: string;
}

/** The one cell that exists for screen readers. */
function ActiveCell({ id, place, shape, heading, text }: ActiveCellProps) {
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the grid points at its cell with aria-activedescendant.
    // biome-ignore lint/a11y/useSemanticElements: a table element cannot be a canvas.
    <div
      role="row"
      className="visually-hidden heat-active"
      aria-rowindex={place.group * shape.parts + place.part + 1}
    >
      {/* biome-ignore lint/a11y/useSemanticElements: see above. */}
      {/* biome-ignore lint/a11y/useFocusableInteractive: see above. */}
      <div role="rowheader">{heading}</div>
      {/* biome-ignore lint/a11y/useSemanticElements: see above. */}
      {/* biome-ignore lint/a11y/useFocusableInteractive: see above. */}
      <div role="gridcell" id={id} aria-colindex={place.column + 1}>
        {text}
      </div>
    </div>
  );
}

function onPage(layout: HeatLayout, place: HeatPlace, element: HTMLElement | null): TipPlace {
  const box = cellBox(layout, place);
  const page = element?.getBoundingClientRect() ?? { left: 0, top: 0 };
  const scroll = scrollOf(element);
  return {
    ...box,
    left: page.left + box.left - scroll.left,
    top: page.top + box.top - scroll.top,
  };
}

function useColumnLabels(
  columns: readonly string[],
  pitch: number,
  gutter: number,
): HeatScene['columnLabels'] {
  return useMemo(() => {
    const lead = gutter - PAD;
    const texts = columns.map((label) => fitText(label, LONGEST_LABEL, measureLabel));
    return placeLabels(texts, texts.map(measureLabel), pitch, lead).map(
      ({ column, left, room }) => ({
        left,
        text: (room < FEW_LETTERS ? fitStart : fitText)(texts[column] ?? '', room, measureLabel),
      }),
    );
  }, [columns, pitch, gutter]);
}

/** A canvas does not draw itself again when its font arrives. */
function useFontsReady(drawSoon: () => void): void {
  useLayoutEffect(() => {
    void document.fonts.ready.then(drawSoon);
  }, [drawSoon]);
}
