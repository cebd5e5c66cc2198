/**
 * Geometry of a map of cells: one column per layer; rows in groups (a model each) of equal parts.
 * All lengths are CSS pixels. The gutter at the left and the header on top do not scroll.
 */
export interface HeatShape {
  readonly columns: number;
  readonly groups: number;
  /** Rows of one group. */
  readonly parts: number;
}

/** A cell: its column, and its row as group and part. */
export interface HeatPlace {
  readonly column: number;
  readonly group: number;
  readonly part: number;
}

export interface HeatLayout {
  readonly shape: HeatShape;
  readonly gutter: number;
  readonly header: number;
  /** Distance from one column to the next; not always whole. */
  readonly pitch: number;
  /** Distance from one row to the next inside a group. */
  readonly row: number;
  /** From one group to the next: its rows and the gap after them. */
  readonly groupPitch: number;
  /** Everything, gutter and header included. */
  readonly width: number;
  readonly height: number;
}

export interface Scroll {
  readonly left: number;
  readonly top: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

export const HEADER = 22;
/** Between two cells. */
export const GAP = 1;
const GROUP_GAP = 6;
const MARGIN = 6;
const NARROWEST = 14;
const WIDEST = 72;

const rowHeight = (rows: number): number => (rows <= 6 ? 22 : rows <= 12 ? 18 : 15);

/** Columns fill `width` as long as a cell stays between narrow and wide; else they scroll. */
export function layoutOf(shape: HeatShape, gutter: number, width: number): HeatLayout {
  const room = Math.max(0, width - gutter - MARGIN);
  const pitch = Math.min(WIDEST, Math.max(NARROWEST, room / Math.max(1, shape.columns)));
  const row = rowHeight(shape.groups * shape.parts);
  const groupPitch = shape.parts * row + GROUP_GAP;
  return {
    shape,
    gutter,
    header: HEADER,
    pitch,
    row,
    groupPitch,
    width: gutter + Math.round(shape.columns * pitch) + MARGIN,
    height: HEADER + shape.groups * groupPitch,
  };
}

/** Left edge of a column, unscrolled; whole, so that edges are sharp. */
export const columnLeft = (layout: HeatLayout, column: number): number =>
  layout.gutter + Math.round(column * layout.pitch);

export const rowTop = (layout: HeatLayout, group: number, part: number): number =>
  layout.header + group * layout.groupPitch + part * layout.row;

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** A cell without the gap around it, unscrolled. */
export function cellBox(layout: HeatLayout, { column, group, part }: HeatPlace): Box {
  const left = columnLeft(layout, column);
  return {
    left,
    top: rowTop(layout, group, part),
    width: columnLeft(layout, column + 1) - left - GAP,
    height: layout.row - GAP,
  };
}

/** The cell at a point of the viewport; undefined over gutter, header, gaps and beyond. */
export function cellAt(
  layout: HeatLayout,
  scroll: Scroll,
  x: number,
  y: number,
): HeatPlace | undefined {
  if (x < layout.gutter || y < layout.header) return undefined;
  const { shape } = layout;
  const inside = y + scroll.top - layout.header;
  const group = Math.floor(inside / layout.groupPitch);
  const part = Math.floor((inside - group * layout.groupPitch) / layout.row);
  const column = columnAt(layout, x + scroll.left);
  if (group >= shape.groups || part >= shape.parts) return undefined;
  if (column < 0 || column >= shape.columns) return undefined;
  return { column, group, part };
}

function columnAt(layout: HeatLayout, x: number): number {
  const guess = Math.floor((x - layout.gutter) / layout.pitch);
  // Edges are rounded: the neighbour may begin half a pixel early or late.
  if (x < columnLeft(layout, guess)) return guess - 1;
  return x >= columnLeft(layout, guess + 1) ? guess + 1 : guess;
}

/** First and last column and group on screen; nothing where last < first. */
export function visibleRange(layout: HeatLayout, scroll: Scroll, view: Size) {
  const { shape } = layout;
  const right = scroll.left + view.width - layout.gutter;
  const bottom = scroll.top + view.height - layout.header;
  return {
    firstColumn: Math.max(0, Math.floor(scroll.left / layout.pitch) - 1),
    lastColumn: Math.min(shape.columns - 1, Math.ceil(right / layout.pitch)),
    firstGroup: Math.max(0, Math.floor(scroll.top / layout.groupPitch)),
    lastGroup: Math.min(shape.groups - 1, Math.floor(bottom / layout.groupPitch)),
  };
}

/** The least scrolling that brings a cell into sight, clear of gutter and header. */
export function scrollTo(layout: HeatLayout, place: HeatPlace, from: Scroll, view: Size): Scroll {
  const box = cellBox(layout, place);
  return {
    left: nearest(from.left, box.left - layout.gutter, box.left + box.width - view.width + MARGIN),
    top: nearest(from.top, box.top - layout.header, box.top + box.height - view.height + MARGIN),
  };
}

/** `now` kept between the most and the least that still show the cell. */
const nearest = (now: number, most: number, least: number): number =>
  Math.max(0, Math.min(Math.max(now, least), most));
