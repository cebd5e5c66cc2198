import type { HeatPlace, HeatShape } from './layout';

export interface HeatKey {
  readonly key: string;
  readonly ctrl: boolean;
}

const clamp = (value: number, high: number): number => Math.max(0, Math.min(high, value));

/** Where a key leads; undefined when it is not a key that moves. Rows run on across groups. */
export function movedBy(
  { key, ctrl }: HeatKey,
  at: HeatPlace,
  shape: HeatShape,
): HeatPlace | undefined {
  const toColumn = (column: number) => ({ ...at, column: clamp(column, shape.columns - 1) });
  const toRow = (row: number): HeatPlace => {
    const last = shape.groups * shape.parts - 1;
    const found = clamp(row, last);
    return { ...at, group: Math.floor(found / shape.parts), part: found % shape.parts };
  };
  const row = at.group * shape.parts + at.part;
  switch (key) {
    case 'ArrowLeft':
      return toColumn(at.column - 1);
    case 'ArrowRight':
      return toColumn(at.column + 1);
    case 'ArrowUp':
      return toRow(row - 1);
    case 'ArrowDown':
      return toRow(row + 1);
    case 'PageUp':
      return toRow(row - shape.parts);
    case 'PageDown':
      return toRow(row + shape.parts);
    case 'Home':
      return ctrl ? { column: 0, group: 0, part: 0 } : toColumn(0);
    case 'End':
      return ctrl
        ? { ...toRow(Number.MAX_SAFE_INTEGER), column: shape.columns - 1 }
        : toColumn(shape.columns - 1);
    default:
      return undefined;
  }
}

/** The place after the shape has changed: within bounds. */
export const within = (at: HeatPlace, shape: HeatShape): HeatPlace => ({
  column: clamp(at.column, shape.columns - 1),
  group: clamp(at.group, shape.groups - 1),
  part: clamp(at.part, shape.parts - 1),
});
