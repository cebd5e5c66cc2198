import { cssColour, inkOn, mix, type Rgb } from '../colour';
import { fitText } from '../fit-text';
import {
  cellBox,
  columnLeft,
  type HeatLayout,
  type HeatPlace,
  rowTop,
  type Scroll,
  type Size,
  visibleRange,
} from './layout';

/** How a cell looks: its colour and, where there is room, a sign on it. */
export interface HeatPaint {
  readonly fill: Rgb;
  readonly glyph: string;
}

export interface HeatColours {
  readonly panel: Rgb;
  readonly ink: Rgb;
  readonly muted: Rgb;
  readonly line: Rgb;
  readonly focus: Rgb;
}

export interface HeatScene {
  readonly layout: HeatLayout;
  readonly scroll: Scroll;
  readonly view: Size;
  readonly ratio: number;
  readonly colours: HeatColours;
  /** Labels to write, with their left edges from the first column's. */
  readonly columnLabels: readonly { readonly left: number; readonly text: string }[];
  readonly groupLabels: readonly string[];
  readonly partLabels: readonly string[];
  /** Room for the groups' names in the gutter; 0: there is one group, and it needs none. */
  readonly groupLabelWidth: number;
  /** Null: nothing is there. */
  readonly paint: (place: HeatPlace) => HeatPaint | null;
  /** Where the keyboard is, while it is there. */
  readonly focused?: HeatPlace | undefined;
  readonly hovered?: HeatPlace | undefined;
  /** Column, and group unless it is undefined, that the table is limited to. */
  readonly chosen?: { readonly column: number; readonly group: number | undefined } | undefined;
}

export const HEAT_FONT = '11px "Inter Variable", system-ui, sans-serif';
const NAME_FONT = '500 12px "Inter Variable", system-ui, sans-serif';
const GLYPH_FONT = '11px "DejaVu Sans", "Segoe UI Symbol", "Inter Variable", sans-serif';
/** Narrower cells carry no sign. */
const GLYPH_ROOM = 12;
/** Signs stand back behind colours; at 3:1 or better still. */
const GLYPH_STRENGTH = 0.8;
/** From the edge to what stands in the gutter. */
export const PAD = 10;

/** Draws what is on screen, from nothing. */
export function drawHeatmap(context: CanvasRenderingContext2D, scene: HeatScene): void {
  const { layout, view, ratio } = scene;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, view.width, view.height);
  clipped(
    context,
    layout.gutter,
    layout.header,
    view.width - layout.gutter,
    view.height - layout.header,
    () => {
      drawCells(context, scene);
      drawMarks(context, scene);
    },
  );
  // The first label may reach over the gutter, until it is scrolled.
  const labelsLeft = scene.scroll.left > 0 ? layout.gutter : 0;
  clipped(context, labelsLeft, 0, view.width - labelsLeft, layout.header, () =>
    drawColumnLabels(context, scene),
  );
  clipped(context, 0, layout.header, layout.gutter, view.height - layout.header, () =>
    drawGutter(context, scene),
  );
}

function clipped(
  context: CanvasRenderingContext2D,
  left: number,
  top: number,
  width: number,
  height: number,
  draw: () => void,
): void {
  context.save();
  context.beginPath();
  context.rect(left, top, width, height);
  context.clip();
  draw();
  context.restore();
}

function drawCells(context: CanvasRenderingContext2D, scene: HeatScene): void {
  const { layout, scroll, view, colours } = scene;
  const range = visibleRange(layout, scroll, view);
  context.font = GLYPH_FONT;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  for (let group = range.firstGroup; group <= range.lastGroup; group += 1) {
    for (let part = 0; part < layout.shape.parts; part += 1) {
      for (let column = range.firstColumn; column <= range.lastColumn; column += 1) {
        const place = { column, group, part };
        const box = cellBox(layout, place);
        const left = box.left - scroll.left;
        const top = box.top - scroll.top;
        const paint = scene.paint(place);
        if (paint === null) {
          drawNothing(context, left, top, box.width, box.height, colours.line);
          continue;
        }
        context.fillStyle = cssColour(paint.fill);
        context.fillRect(left, top, box.width, box.height);
        if (paint.glyph === '' || box.width < GLYPH_ROOM) continue;
        context.fillStyle = cssColour(mix(paint.fill, inkOn(paint.fill), GLYPH_STRENGTH));
        context.fillText(paint.glyph, left + box.width / 2, top + box.height / 2 + 0.5);
      }
    }
  }
}

/** A small dot where a layer has no such part, so that the grid can still be followed. */
function drawNothing(
  context: CanvasRenderingContext2D,
  left: number,
  top: number,
  width: number,
  height: number,
  colour: Rgb,
): void {
  context.fillStyle = cssColour(colour);
  context.fillRect(left + Math.floor(width / 2) - 1, top + Math.floor(height / 2) - 1, 2, 2);
}

function drawMarks(context: CanvasRenderingContext2D, scene: HeatScene): void {
  const { layout, scroll, colours, chosen, hovered, focused } = scene;
  if (chosen) {
    const { column, group } = chosen;
    const first = group ?? 0;
    const last = group ?? layout.shape.groups - 1;
    const left = columnLeft(layout, column) - scroll.left - 1.5;
    const top = rowTop(layout, first, 0) - scroll.top - 1.5;
    const bottom = rowTop(layout, last, layout.shape.parts - 1) + layout.row - scroll.top;
    context.strokeStyle = cssColour(colours.focus);
    context.lineWidth = 2;
    context.strokeRect(left, top, layout.pitch + 1.5, bottom - top + 0.5);
  }
  if (hovered) outline(context, scene, hovered, colours.ink, 1);
  if (focused) {
    outline(context, scene, focused, colours.panel, 4);
    outline(context, scene, focused, colours.focus, 2);
  }
}

function outline(
  context: CanvasRenderingContext2D,
  { layout, scroll }: HeatScene,
  place: HeatPlace,
  colour: Rgb,
  width: number,
): void {
  const box = cellBox(layout, place);
  context.strokeStyle = cssColour(colour);
  context.lineWidth = width;
  context.strokeRect(
    box.left - scroll.left + 0.5,
    box.top - scroll.top + 0.5,
    box.width - 1,
    box.height - 1,
  );
}

function drawColumnLabels(context: CanvasRenderingContext2D, scene: HeatScene): void {
  const { layout, scroll, colours, columnLabels } = scene;
  context.font = HEAT_FONT;
  context.textAlign = 'left';
  context.textBaseline = 'middle';
  context.fillStyle = cssColour(colours.muted);
  for (const label of columnLabels) {
    const left = layout.gutter + label.left - scroll.left;
    if (left <= scene.view.width) context.fillText(label.text, left, layout.header / 2);
  }
}

function drawGutter(context: CanvasRenderingContext2D, scene: HeatScene): void {
  const { layout, scroll, view, colours, groupLabelWidth } = scene;
  const { firstGroup, lastGroup } = visibleRange(layout, scroll, view);
  const measure = (text: string) => context.measureText(text).width;
  const middle = layout.row / 2;
  context.textBaseline = 'middle';
  for (let group = firstGroup; group <= lastGroup; group += 1) {
    const top = rowTop(layout, group, 0) - scroll.top;
    if (groupLabelWidth > 0) {
      context.font = NAME_FONT;
      context.textAlign = 'left';
      context.fillStyle = cssColour(colours.ink);
      const name = fitText(scene.groupLabels[group] ?? '', groupLabelWidth, measure);
      const height = layout.shape.parts * layout.row;
      context.fillText(name, PAD, top + (scene.partLabels.length > 0 ? middle : height / 2));
    }
    context.font = HEAT_FONT;
    context.textAlign = 'right';
    context.fillStyle = cssColour(colours.muted);
    scene.partLabels.forEach((label, part) => {
      context.fillText(label, layout.gutter - PAD, top + part * layout.row + middle);
    });
  }
}
