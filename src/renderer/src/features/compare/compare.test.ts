import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ModelId } from '../../../../shared/base';
import type {
  CompareRow,
  CompareStatus,
  FamiliesReport,
  LineageEdge,
  ModelSummary,
} from '../../../../shared/domain';
import { findDifference, isDifference, placeOf } from './differences';
import { likelyPairs, mostSharing } from './likely-pairs';
import { partWidths } from './part-widths';
import { totalsOf, wholeOf } from './status';
import { groupsOf, noGroups, rowOf } from './testing';

describe('the bar', () => {
  it('shows everything that is there, however small, and is full', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1e12), { minLength: 1, maxLength: 5 }), (bytes) => {
        const widths = partWidths(bytes);
        expect(widths.reduce((sum, width) => sum + width, 0)).toBeCloseTo(100);
        for (const width of widths) expect(width).toBeGreaterThan(0.3);
      }),
    );
    expect(partWidths([])).toEqual([]);
  });

  it('adds comparisons up, the two sides of “only” together', () => {
    const totals = totalsOf([groupsOf({ identical: 100, onlyA: 200 }), groupsOf({ onlyB: 300 })]);
    expect(totals.only).toEqual({ tensors: 5, bytes: 500 });
    expect(wholeOf(totals)).toEqual({ tensors: 6, bytes: 600 });
    expect(wholeOf(totalsOf([noGroups]))).toEqual({ tensors: 0, bytes: 0 });
  });
});

describe('the next difference', () => {
  const rowsOf = (statuses: readonly CompareStatus[]): readonly CompareRow[] =>
    statuses.map((status, row) => rowOf(status, { row }));

  /** `held`: how many rows from the start are at hand; the others must be loaded. */
  function searching(rows: readonly CompareRow[], held: number) {
    const loads: (readonly [number, number])[] = [];
    return {
      loads,
      rows: {
        total: rows.length,
        rowAt: (index: number) => (index < held ? rows[index] : undefined),
        load: async (offset: number, limit: number) => {
          loads.push([offset, limit]);
          return rows.slice(offset, offset + limit);
        },
      },
    };
  }

  it('is the nearest row that is not identical, either way, at hand or not', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom<CompareStatus>('identical', 'identical', 'near', 'onlyB'), {
          maxLength: 40,
        }),
        fc.nat(40),
        fc.nat(40),
        fc.constantFrom(1 as const, -1 as const),
        async (statuses, held, from, step) => {
          const rows = rowsOf(statuses);
          const found = await findDifference(searching(rows, held).rows, from, step);
          const differing = rows.filter(isDifference).map(({ row }) => row);
          const expected =
            step > 0
              ? differing.find((row) => row > from)
              : differing.findLast((row) => row < from);
          expect(found?.index).toBe(expected);
          expect(found?.row.row).toBe(expected);
        },
      ),
    );
  });

  it('starts from where the row looked at stands now, if it is still there', () => {
    const rows = rowsOf(['near', 'identical', 'near']);
    const view = { total: 3, rowAt: (index: number) => rows[index] };
    const again = rowOf('different', { row: 2 });
    expect(placeOf(view, again, 2)).toBe(2);
    expect(placeOf(view, again, 7)).toBe(2);
    expect(placeOf(view, rowOf('near', { row: 2, b: 'another' as ModelId }), 2)).toBeUndefined();
  });

  it('is found far away in few requests, forwards and back', async () => {
    const statuses = Array<CompareStatus>(5000).fill('identical');
    const rows = rowsOf([...statuses, 'near', ...statuses]);
    const ahead = searching(rows, 0);
    expect((await findDifference(ahead.rows, -1, 1))?.index).toBe(5000);
    expect(ahead.loads.length).toBeLessThanOrEqual(11);
    const back = searching(rows, 0);
    expect((await findDifference(back.rows, rows.length, -1))?.index).toBe(5000);
    expect(back.loads.length).toBeLessThanOrEqual(11);
  });

  it('is none where rows have gone meanwhile', async () => {
    const rows = { total: 10, rowAt: () => undefined, load: async () => [] };
    expect(await findDifference(rows, -1, 1)).toBeUndefined();
  });
});

describe('the likeliest pair', () => {
  const model = (id: string, tensors: number, sharedBytes?: number): ModelSummary =>
    ({
      id: id as ModelId,
      tensors,
      ...(sharedBytes === undefined ? {} : { bytes: { sharedBytes } }),
    }) as ModelSummary;
  const edge = (parent: string, child: string, near: number): LineageEdge =>
    ({
      parent,
      child,
      evidence: {
        identical: { tensors: 0, bytes: 0 },
        cast: { tensors: 0, bytes: 0 },
        near: { tensors: 1, bytes: near },
      },
    }) as unknown as LineageEdge;
  const families = (...edges: LineageEdge[]) =>
    ({ families: [{ edges }], alone: [], pending: [] }) as unknown as FamiliesReport;
  const models = [model('a', 3, 10), model('b', 3, 50), model('c', 3), model('text', 0, 99)];
  const pairs = (found: ReturnType<typeof likelyPairs>) => found.map(({ a, b }) => a + b);
  const sharing = { a: 'b' as ModelId, b: 'a' as ModelId, sharedBytes: 50 };

  it('is the edge with most in common, parents as bases', () => {
    const report = families(edge('a', 'b', 10), edge('a', 'c', 20), edge('a', 'text', 99));
    expect(pairs(likelyPairs(models, report, sharing, String))).toEqual(['ac', 'ab']);
  });

  it('is the one that shares most bytes while no lineage is known', () => {
    expect(pairs(likelyPairs(models, undefined, sharing, String))).toEqual(['ba']);
    expect(pairs(likelyPairs(models, families(), sharing, String))).toEqual(['ba']);
    expect(likelyPairs(models, undefined, undefined, String)).toEqual([]);
    const closed = { ...sharing, b: 'closed' as ModelId };
    expect(likelyPairs(models, undefined, closed, String)).toEqual([]);
  });

  it('starts from a model with tensors', () => {
    expect(mostSharing(models)?.id).toBe('b');
    expect(mostSharing([model('text', 0, 99), model('c', 3)])).toBeUndefined();
  });
});
