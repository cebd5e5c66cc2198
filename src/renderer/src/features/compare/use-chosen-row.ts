import { useMemo } from 'react';
import type { ComparePage, CompareRow } from '../../../../shared/domain';
import { type ChosenRow, useCompareFocus } from '../../state/compare';
import type { PageView } from '../../widgets/data-table';
import { placeOf } from './differences';

/** The row looked at, with its newest numbers where the table has them. */
export function useChosenRow(
  key: string,
  view: PageView<CompareRow, ComparePage>,
): ChosenRow | undefined {
  const { chosen } = useCompareFocus(key);
  return useMemo(() => {
    if (!chosen) return undefined;
    const index = placeOf(view, chosen.row, chosen.index);
    const row = index === undefined ? undefined : view.rowAt(index);
    return index === undefined || row === undefined ? chosen : { row, index };
  }, [chosen, view]);
}
