import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { movedBy, within } from './keyboard';
import { placeLabels } from './labels';
import {
  cellAt,
  cellBox,
  type HeatPlace,
  type HeatShape,
  layoutOf,
  scrollTo,
  visibleRange,
} from './layout';

const shapes = fc.record({
  columns: fc.integer({ min: 1, max: 400 }),
  groups: fc.integer({ min: 1, max: 64 }),
  parts: fc.integer({ min: 1, max: 4 }),
});
const widths = fc.integer({ min: 200, max: 3000 });
const placeIn = (shape: HeatShape) =>
  fc.record({
    column: fc.integer({ min: 0, max: shape.columns - 1 }),
    group: fc.integer({ min: 0, max: shape.groups - 1 }),
    part: fc.integer({ min: 0, max: shape.parts - 1 }),
  });
const shapeAndPlace = shapes.chain((shape) => fc.tuple(fc.constant(shape), placeIn(shape)));
const unscrolled = { left: 0, top: 0 };

describe('the layout of the map', () => {
  it('finds the cell that is under any point of it, and under no point of another', () => {
    fc.assert(
      fc.property(
        shapeAndPlace,
        widths,
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        ([shape, place], width, t) => {
          const layout = layoutOf(shape, 96, width);
          const box = cellBox(layout, place);
          const x = box.left + t * box.width;
          const y = box.top + t * box.height;
          expect(cellAt(layout, unscrolled, x, y)).toEqual(place);
        },
      ),
    );
  });

  it('finds nothing over the gutter, the header, the gaps between models and beyond the end', () => {
    const layout = layoutOf({ columns: 10, groups: 2, parts: 3 }, 96, 500);
    expect(cellAt(layout, unscrolled, 95, 40)).toBeUndefined();
    expect(cellAt(layout, unscrolled, 120, 10)).toBeUndefined();
    const below = cellBox(layout, { column: 0, group: 0, part: 2 });
    expect(cellAt(layout, unscrolled, 120, below.top + layout.row + 2)).toBeUndefined();
    expect(cellAt(layout, unscrolled, layout.width + 1, 40)).toBeUndefined();
    expect(cellAt(layout, unscrolled, 120, layout.height + 1)).toBeUndefined();
  });

  it('does not find under the gutter what was scrolled there', () => {
    const layout = layoutOf({ columns: 400, groups: 1, parts: 3 }, 96, 500);
    expect(cellAt(layout, { left: 2800, top: 0 }, 97, 30)?.column).toBe(200);
    expect(cellAt(layout, { left: 2800, top: 0 }, 95, 30)).toBeUndefined();
  });

  it('fills the width while cells stay of a good size, and scrolls beyond', () => {
    expect(layoutOf({ columns: 30, groups: 1, parts: 3 }, 96, 900).width).toBe(900);
    expect(layoutOf({ columns: 200, groups: 1, parts: 3 }, 96, 900).width).toBeGreaterThan(2000);
    expect(layoutOf({ columns: 2, groups: 1, parts: 3 }, 96, 900).width).toBeLessThan(300);
  });

  it('draws every cell that can be seen', () => {
    fc.assert(
      fc.property(shapeAndPlace, widths, ([shape, place], width) => {
        const layout = layoutOf(shape, 96, width);
        const view = { width, height: 300 };
        const scroll = scrollTo(layout, place, unscrolled, view);
        const range = visibleRange(layout, scroll, view);
        expect(place.column).toBeGreaterThanOrEqual(range.firstColumn);
        expect(place.column).toBeLessThanOrEqual(range.lastColumn);
        expect(place.group).toBeGreaterThanOrEqual(range.firstGroup);
        expect(place.group).toBeLessThanOrEqual(range.lastGroup);
      }),
    );
  });

  it('scrolls a cell into sight, clear of gutter and header, and not at all if it is', () => {
    fc.assert(
      fc.property(
        shapeAndPlace,
        fc.tuple(fc.nat(6000), fc.nat(4000)),
        ([shape, place], [left, top]) => {
          const layout = layoutOf(shape, 96, 500);
          const view = { width: 500, height: 200 };
          const to = scrollTo(layout, place, { left, top }, view);
          const box = cellBox(layout, place);
          expect(box.left - to.left).toBeGreaterThanOrEqual(layout.gutter);
          expect(box.left + box.width - to.left).toBeLessThanOrEqual(view.width);
          expect(box.top - to.top).toBeGreaterThanOrEqual(layout.header);
          expect(box.top + box.height - to.top).toBeLessThanOrEqual(view.height);
          expect(scrollTo(layout, place, to, view)).toEqual(to);
        },
      ),
    );
  });
});

describe('the keys of the map', () => {
  const shape = { columns: 5, groups: 2, parts: 3 };
  const press = (key: string, at: HeatPlace, ctrl = false) => movedBy({ key, ctrl }, at, shape);
  const at = { column: 2, group: 0, part: 2 };

  it('walk across models as if their rows were one list', () => {
    expect(press('ArrowDown', at)).toEqual({ column: 2, group: 1, part: 0 });
    expect(press('ArrowUp', { column: 2, group: 1, part: 0 })).toEqual(at);
    expect(press('PageDown', at)).toEqual({ column: 2, group: 1, part: 2 });
    expect(press('PageUp', at)).toEqual({ column: 2, group: 0, part: 0 });
  });

  it('stop at the edges', () => {
    expect(press('ArrowLeft', { ...at, column: 0 })?.column).toBe(0);
    expect(press('ArrowRight', { ...at, column: 4 })?.column).toBe(4);
    expect(press('ArrowDown', { column: 1, group: 1, part: 2 })?.part).toBe(2);
    expect(press('End', at)?.column).toBe(4);
    expect(press('Home', at)?.column).toBe(0);
    expect(press('End', at, true)).toEqual({ column: 4, group: 1, part: 2 });
    expect(press('Home', at, true)).toEqual({ column: 0, group: 0, part: 0 });
  });

  it('leave other keys alone', () => {
    expect(press('n', at)).toBeUndefined();
    expect(press('Tab', at)).toBeUndefined();
  });

  it('keep their place within a map that became smaller', () => {
    expect(within({ column: 9, group: 9, part: 9 }, shape)).toEqual({
      column: 4,
      group: 1,
      part: 2,
    });
  });
});

describe('the labels of columns', () => {
  const layers = ['embed_tokens', ...Array.from({ length: 28 }, (_, i) => `layer ${i}`), 'lm_head'];
  const wide = (labels: readonly string[]) => labels.map((label) => label.length * 6);
  const columns = (labels: readonly string[], pitch: number) =>
    placeLabels(labels, wide(labels), pitch).map(({ column }) => labels[column]);

  it('stand at an even stride, with others where there is room', () => {
    expect(columns(layers, 25)).toEqual([
      ...Array.from({ length: 7 }, (_, i) => `layer ${i * 4}`),
      'lm_head',
    ]);
    expect(columns(layers, 100)).toEqual(layers);
  });

  it('are clipped to the room there is rather than left out', () => {
    expect(columns(layers, 60)).toEqual(layers);
    const [first] = placeLabels(layers, wide(layers), 60);
    expect(first).toEqual({ column: 0, left: 0, room: 50 });
    const words = ['embeddings_of_tokens', 'normalisation', 'output_head'];
    expect(placeLabels(words, wide(words), 60)).toEqual([
      { column: 0, left: 0, room: 50 },
      { column: 1, left: 60, room: 44 },
      { column: 2, left: 114, room: 66 },
    ]);
  });

  it('let the first reach out to the left, where it is free', () => {
    const [first] = placeLabels(layers, wide(layers), 25, 60);
    expect(first).toEqual({ column: 0, left: -57, room: 72 });
  });

  it('never touch, and never stand beyond the last column', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            fc.integer({ min: 0, max: 300 }).map((i) => `layer ${i}`),
            fc.string({ maxLength: 20 }),
          ),
          { minLength: 1, maxLength: 120 },
        ),
        fc.integer({ min: 14, max: 72 }),
        fc.integer({ min: 0, max: 200 }),
        (labels, pitch, lead) => {
          const widths = wide(labels);
          const placed = placeLabels(labels, widths, pitch, lead);
          const end = labels.length * pitch;
          placed.forEach(({ column, left, room }, i) => {
            const width = widths[column] ?? 0;
            expect(left).toBeGreaterThanOrEqual(i === 0 ? -lead : 0);
            expect(room).toBeGreaterThanOrEqual(Math.min(width, 30));
            if (width <= end) expect(left + room).toBeLessThanOrEqual(end);
            if (/\d$/.test(labels[column] ?? '')) expect(room).toBe(width);
            const next = placed[i + 1];
            if (next) expect(next.left).toBeGreaterThan(left + room);
          });
        },
      ),
    );
  });
});
