import { useCallback, useMemo, useState } from 'react';
import { LOADING, type RowSource, type Slot } from './row-source';

export interface RowGroup<Row> {
  readonly key: string;
  readonly label: string;
  readonly detail?: string;
  readonly rows: readonly Row[];
}

/** A source over slots that are all in memory. */
export function sourceOfSlots<Row>(
  slots: readonly Slot<Row>[],
  options: { grouped?: boolean; toggleGroup?: (key: string) => void } = {},
): RowSource<Row> {
  let positions: Map<string, number> | undefined;
  const indexOfKey = (key: string): number => {
    positions ??= new Map(
      slots.flatMap((slot, i) => (slot.kind === 'row' ? [[slot.key, i] as const] : [])),
    );
    return positions.get(key) ?? -1;
  };
  return {
    count: slots.length,
    grouped: options.grouped ?? false,
    busy: false,
    slotAt: (index) => slots[index] ?? LOADING,
    keysBetween: (first, last) =>
      slots
        .slice(Math.min(first, last), Math.max(first, last) + 1)
        .flatMap((slot) => (slot.kind === 'row' ? [slot.key] : [])),
    indexOfKey,
    ...(options.toggleGroup ? { toggleGroup: options.toggleGroup } : {}),
  };
}

/** Slots of groups in order: a header each, then its rows unless it is collapsed. */
export function slotsOfGroups<Row>(
  groups: readonly RowGroup<Row>[],
  keyOf: (row: Row) => string,
  collapsed: ReadonlySet<string>,
): readonly Slot<Row>[] {
  return groups.flatMap(({ rows, ...header }): Slot<Row>[] => {
    const group = { ...header, collapsed: collapsed.has(header.key) };
    const head: Slot<Row> = { kind: 'group', key: `group:${header.key}`, group };
    if (group.collapsed) return [head];
    return [head, ...rows.map((row): Slot<Row> => ({ kind: 'row', key: keyOf(row), row }))];
  });
}

/** Rows in memory, drawn in the order given. `keyOf` must be stable between renders. */
export function useArrayRows<Row>(
  rows: readonly Row[],
  keyOf: (row: Row) => string,
): RowSource<Row> {
  return useMemo(
    () => sourceOfSlots(rows.map((row): Slot<Row> => ({ kind: 'row', key: keyOf(row), row }))),
    [rows, keyOf],
  );
}

/** Grouped rows in memory; remembers which groups are collapsed while mounted. */
export function useGroupedRows<Row>(
  groups: readonly RowGroup<Row>[],
  keyOf: (row: Row) => string,
): RowSource<Row> {
  const [collapsed, setCollapsed] = useState<ReadonlySet<string>>(() => new Set());
  const toggleGroup = useCallback((key: string) => {
    setCollapsed((before) => {
      const after = new Set(before);
      if (!after.delete(key)) after.add(key);
      return after;
    });
  }, []);
  return useMemo(
    () => sourceOfSlots(slotsOfGroups(groups, keyOf, collapsed), { grouped: true, toggleGroup }),
    [groups, keyOf, collapsed, toggleGroup],
  );
}
