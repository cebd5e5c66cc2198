import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { slotsOfGroups, sourceOfSlots } from './array-rows';
import { clampWidth, layoutColumns, nextSort, sortRows } from './columns';
import { findTyped, type GridShape, intentOf, type Position } from './keyboard';
import { coverage, emptySelection, extendTo, selectKeys, selectOnly, toggleKey } from './selection';

const shape: GridShape = { rows: 100, columns: 4, pageRows: 11, homeColumn: 1 };
const plain = { shift: false, ctrl: false, alt: false };
const press = (key: string, at: Position, extra: Partial<typeof plain> = {}, of = shape) =>
  intentOf({ key, ...plain, ...extra }, at, of);
const row = (index: number): Position => ({ area: 'body', row: index });
const header = (column: number): Position => ({ area: 'header', column });

describe('the keyboard of a grid', () => {
  it('moves by one, by a page, and to both ends, and stops there', () => {
    const to = (key: string, from: number) => {
      const intent = press(key, row(from));
      return intent?.kind === 'move' && intent.to.area === 'body' ? intent.to.row : undefined;
    };
    expect(to('ArrowDown', 5)).toBe(6);
    expect(to('ArrowDown', 99)).toBe(99);
    expect(to('PageDown', 5)).toBe(15);
    expect(to('PageDown', 95)).toBe(99);
    expect(to('PageUp', 5)).toBe(0);
    expect(to('Home', 50)).toBe(0);
    expect(to('End', 50)).toBe(99);
  });

  it('goes up from the first row into the header, and down again', () => {
    expect(press('ArrowUp', row(0))).toMatchObject({ to: header(1) });
    expect(press('ArrowDown', header(3))).toMatchObject({ to: row(0) });
    expect(press('ArrowRight', header(3))).toMatchObject({ to: header(3) });
    expect(press('Enter', header(2))).toEqual({ kind: 'activate' });
  });

  it('reaches the header of an empty table but no row', () => {
    const empty = { ...shape, rows: 0 };
    expect(press('ArrowDown', row(0), {}, empty)).toBeUndefined();
    expect(press('ArrowUp', row(0), {}, empty)).toMatchObject({ to: header(1) });
    expect(press('ArrowDown', header(0), {}, empty)).toBeUndefined();
  });

  it('extends with Shift, selects all with Ctrl+A, resizes with Shift in the header', () => {
    expect(press('ArrowDown', row(3), { shift: true })).toMatchObject({ extend: true });
    expect(press('a', row(3), { ctrl: true })).toEqual({ kind: 'select-all' });
    expect(press('ArrowLeft', header(1), { shift: true })).toEqual({ kind: 'resize', delta: -16 });
  });

  it('leaves keys with Alt and shortcuts with Ctrl to others', () => {
    expect(press('ArrowLeft', row(3), { alt: true })).toBeUndefined();
    expect(press('p', row(3), { ctrl: true })).toBeUndefined();
    expect(press('F5', row(3))).toBeUndefined();
  });

  it('never leaves the table, whatever is pressed', () => {
    const keys = ['ArrowUp', 'ArrowDown', 'PageUp', 'PageDown', 'Home', 'End', 'ArrowLeft'];
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...keys), { maxLength: 40 }),
        fc.integer({ min: 1, max: 1000 }),
        fc.integer({ min: 0, max: 60 }),
        (pressed, rows, pageRows) => {
          const of = { ...shape, rows, pageRows };
          let at: Position = row(0);
          for (const key of pressed) {
            const intent = press(key, at, {}, of);
            if (intent?.kind === 'move') at = intent.to;
            const inside =
              at.area === 'body'
                ? at.row >= 0 && at.row < rows
                : at.column >= 0 && at.column < of.columns;
            expect(inside).toBe(true);
          }
        },
      ),
    );
  });

  it('finds the next row that starts with what was typed, wrapping and ignoring case', () => {
    const names = ['alpha', 'Beta', undefined, 'bravo'];
    expect(findTyped('b', 0, 4, (i) => names[i])).toBe(1);
    expect(findTyped('B', 2, 4, (i) => names[i])).toBe(3);
    expect(findTyped('a', 3, 4, (i) => names[i])).toBe(0);
    expect(findTyped('x', 0, 4, (i) => names[i])).toBe(-1);
  });
});

describe('the selection', () => {
  it('toggles rows and remembers the last as the anchor', () => {
    const two = toggleKey(toggleKey(emptySelection, 'a'), 'b');
    expect([...two.keys]).toEqual(['a', 'b']);
    const one = toggleKey(two, 'a');
    expect([...one.keys]).toEqual(['b']);
    expect(one.anchor).toBe('a');
  });

  it('replaces an earlier range when a range is drawn again from the same anchor', () => {
    const wide = extendTo(selectOnly('a'), ['a', 'b', 'c'], false);
    const narrow = extendTo(wide, ['a', 'b'], false);
    expect([...narrow.keys]).toEqual(['a', 'b']);
    expect(narrow.anchor).toBe('a');
    expect([...extendTo(wide, ['x'], true).keys]).toEqual(['a', 'b', 'c', 'x']);
  });

  it('says whether none, some or all rows are selected, and ignores keys that are gone', () => {
    expect(coverage(new Set(), ['a'])).toBe('none');
    expect(coverage(new Set(['gone']), ['a', 'b'])).toBe('none');
    expect(coverage(new Set(['a', 'gone']), ['a', 'b'])).toBe('some');
    expect(coverage(selectKeys(['a', 'b']).keys, ['a', 'b'])).toBe('all');
    expect(coverage(new Set(['a']), [])).toBe('none');
  });
});

describe('column widths', () => {
  const columns = [
    { id: 'name', minWidth: 100, flex: 3 },
    { id: 'size', width: 80 },
    { id: 'rest', minWidth: 50, flex: 1 },
  ];

  it('fill the room exactly, flexible columns by their share', () => {
    const widths = layoutColumns(columns, new Map(), 630);
    expect(widths).toEqual([400, 80, 150]);
  });

  it('never fall below their minimum; the table scrolls sideways instead', () => {
    expect(layoutColumns(columns, new Map(), 90)).toEqual([100, 80, 50]);
  });

  it('are fixed where the person chose one', () => {
    expect(layoutColumns(columns, new Map([['name', 200]]), 630)).toEqual([200, 80, 350]);
    expect(clampWidth({ id: 'name', minWidth: 100 }, 3)).toBe(100);
  });

  it('add up to the room for any columns that fit', () => {
    const column = fc.record({
      id: fc.uuid(),
      minWidth: fc.integer({ min: 10, max: 80 }),
      flex: fc.integer({ min: 1, max: 9 }),
    });
    fc.assert(
      fc.property(fc.array(column, { minLength: 1, maxLength: 9 }), (some) => {
        const sum = layoutColumns(some, new Map(), 1000).reduce((a, b) => a + b, 0);
        expect(sum).toBe(1000);
      }),
    );
  });
});

describe('sorting', () => {
  const columns = [
    {
      id: 'n',
      header: 'N',
      sortable: true,
      firstSort: 'descending' as const,
      compare: (a: { n: number }, b: { n: number }) => a.n - b.n,
      cell: () => null,
    },
  ];

  it('starts in the column’s first direction and then flips', () => {
    const [column] = columns;
    if (!column) throw new Error('no column');
    const first = nextSort(column, undefined);
    expect(first.direction).toBe('descending');
    expect(nextSort(column, first).direction).toBe('ascending');
  });

  it('is stable and leaves the rows given untouched', () => {
    const rows = [
      { n: 1, k: 'a' },
      { n: 2, k: 'b' },
      { n: 1, k: 'c' },
    ];
    const sorted = sortRows(rows, columns, { column: 'n', direction: 'descending' });
    expect(sorted.map((one) => one.k)).toEqual(['b', 'a', 'c']);
    expect(rows.map((one) => one.k)).toEqual(['a', 'b', 'c']);
    expect(sortRows(rows, columns, { column: 'other', direction: 'ascending' })).toBe(rows);
  });
});

describe('grouped rows', () => {
  const groups = [
    { key: 'g', label: 'G', rows: ['a', 'b'] },
    { key: 'h', label: 'H', rows: ['c'] },
  ];
  const kinds = (collapsed: ReadonlySet<string>) =>
    slotsOfGroups(groups, (key) => key, collapsed).map((slot) =>
      slot.kind === 'loading' ? '?' : slot.key,
    );

  it('have a header each and hide the rows of a collapsed group', () => {
    expect(kinds(new Set())).toEqual(['group:g', 'a', 'b', 'group:h', 'c']);
    expect(kinds(new Set(['g']))).toEqual(['group:g', 'group:h', 'c']);
  });

  it('give ranges of rows without the headers between them, in either direction', () => {
    const source = sourceOfSlots(
      slotsOfGroups(groups, (key) => key, new Set()),
      { grouped: true },
    );
    expect(source.keysBetween?.(4, 1)).toEqual(['a', 'b', 'c']);
    expect(source.indexOfKey?.('c')).toBe(4);
    expect(source.indexOfKey?.('gone')).toBe(-1);
  });
});
