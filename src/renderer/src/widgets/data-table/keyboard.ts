/** Where the keyboard is: a header cell, or a slot of the body. */
export type Position =
  | { readonly area: 'header'; readonly column: number }
  | { readonly area: 'body'; readonly row: number };

export interface GridShape {
  readonly rows: number;
  readonly columns: number;
  /** Whole rows that fit on screen. */
  readonly pageRows: number;
  /** Column that the header is entered at. */
  readonly homeColumn: number;
}

export interface Key {
  readonly key: string;
  readonly shift: boolean;
  readonly ctrl: boolean;
  readonly alt: boolean;
}

/** What a key asks for. `undefined`: nothing, the key is not ours. */
export type Intent =
  | { readonly kind: 'move'; readonly to: Position; readonly extend: boolean }
  | { readonly kind: 'activate' }
  | { readonly kind: 'toggle' }
  | { readonly kind: 'select-all' }
  | { readonly kind: 'clear' }
  | { readonly kind: 'fold'; readonly open: boolean }
  | { readonly kind: 'resize'; readonly delta: number }
  | { readonly kind: 'type'; readonly character: string };

const RESIZE_STEP = 16;
const clamp = (value: number, low: number, high: number) => Math.max(low, Math.min(high, value));

/** The keyboard of the ARIA grid pattern, for rows with a header above them. */
export function intentOf(key: Key, at: Position, shape: GridShape): Intent | undefined {
  if (key.alt) return undefined;
  if (key.ctrl && key.key.toLowerCase() === 'a') return { kind: 'select-all' };
  return at.area === 'header' ? inHeader(key, at.column, shape) : inBody(key, at.row, shape);
}

function inHeader(key: Key, column: number, shape: GridShape): Intent | undefined {
  const toColumn = (to: number): Intent => ({
    kind: 'move',
    to: { area: 'header', column: clamp(to, 0, shape.columns - 1) },
    extend: false,
  });
  const resize = key.shift && (key.key === 'ArrowLeft' || key.key === 'ArrowRight');
  if (resize) {
    return { kind: 'resize', delta: key.key === 'ArrowLeft' ? -RESIZE_STEP : RESIZE_STEP };
  }
  switch (key.key) {
    case 'ArrowLeft':
      return toColumn(column - 1);
    case 'ArrowRight':
      return toColumn(column + 1);
    case 'Home':
      return toColumn(0);
    case 'End':
      return toColumn(shape.columns - 1);
    case 'ArrowDown':
    case 'PageDown':
      if (shape.rows === 0) return undefined;
      return { kind: 'move', to: { area: 'body', row: 0 }, extend: false };
    case 'Enter':
    case ' ':
      return { kind: 'activate' };
    default:
      return undefined;
  }
}

function inBody(key: Key, row: number, shape: GridShape): Intent | undefined {
  const toRow = (to: number): Intent | undefined =>
    shape.rows === 0
      ? undefined
      : {
          kind: 'move',
          to: { area: 'body', row: clamp(to, 0, shape.rows - 1) },
          extend: key.shift,
        };
  const page = Math.max(1, shape.pageRows - 1);
  switch (key.key) {
    case 'ArrowUp':
      if (row <= 0 && !key.shift) {
        return { kind: 'move', to: { area: 'header', column: shape.homeColumn }, extend: false };
      }
      return toRow(row - 1);
    case 'ArrowDown':
      return toRow(row + 1);
    case 'PageUp':
      return toRow(row - page);
    case 'PageDown':
      return toRow(row + page);
    case 'Home':
      return toRow(0);
    case 'End':
      return toRow(shape.rows - 1);
    case 'ArrowLeft':
    case 'ArrowRight':
      return { kind: 'fold', open: key.key === 'ArrowRight' };
    case 'Enter':
      return { kind: 'activate' };
    case ' ':
      return { kind: 'toggle' };
    case 'Escape':
      return { kind: 'clear' };
    default:
      return !key.ctrl && key.key.length === 1 ? { kind: 'type', character: key.key } : undefined;
  }
}

/**
 * Type-ahead: the first slot after `from` (wrapping) whose text starts with `typed`, ignoring case.
 * Looks at most at `limit` slots, so one key press stays short in a long table.
 */
export function findTyped(
  typed: string,
  from: number,
  count: number,
  textAt: (index: number) => string | undefined,
  limit = 20_000,
): number {
  const wanted = typed.toLowerCase();
  for (let step = 0; step < Math.min(count, limit); step += 1) {
    const index = (from + step) % count;
    if (textAt(index)?.slice(0, wanted.length).toLowerCase() === wanted) return index;
  }
  return -1;
}
