import { type RefObject, useEffect, useRef } from 'react';
import type { ComparePage, CompareRow } from '../../../../shared/domain';
import { toClientError } from '../../client';
import { isTyping } from '../../lib/keys';
import { useCommands } from '../../state/commands';
import { useCompareView } from '../../state/compare';
import { useToasts } from '../../state/toasts';
import { useUi } from '../../state/ui';
import type { GetPage, PageView, TableHandle } from '../../widgets/data-table';
import { findDifference, placeOf } from './differences';

interface DifferenceKeys {
  readonly key: string;
  readonly view: PageView<CompareRow, ComparePage>;
  readonly getPage: GetPage<ComparePage>;
  readonly table: RefObject<TableHandle | null>;
}

/** `n` and `p`, and the palette: to the next and the previous difference in the table's order. */
export function useDifferenceKeys(options: DifferenceKeys): void {
  const latest = useRef(options);
  latest.current = options;
  const go = useRef((step: 1 | -1) => {
    void goToDifference(latest.current, step, () => latest.current.key);
  });
  const next = () => go.current(1);
  const previous = () => go.current(-1);
  useCommands([
    { id: 'next-difference', group: 'View', title: 'Next difference', keys: 'N', run: next },
    {
      id: 'previous-difference',
      group: 'View',
      title: 'Previous difference',
      keys: 'P',
      run: previous,
    },
  ]);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      if (isTyping(event.target) || useUi.getState().overlay !== undefined) return;
      // A list that is open takes letters to find its items.
      if (event.target instanceof Element && event.target.closest('[role="dialog"]')) return;
      const step = event.key === 'n' ? 1 : event.key === 'p' ? -1 : undefined;
      if (step === undefined) return;
      event.preventDefault();
      event.stopPropagation();
      go.current(step);
    };
    window.addEventListener('keydown', onKey, { capture: true });
    return () => window.removeEventListener('keydown', onKey, { capture: true });
  }, []);
}

async function goToDifference(
  { key, view, getPage, table }: DifferenceKeys,
  step: 1 | -1,
  keyNow: () => string,
): Promise<void> {
  const { show, fail } = useToasts.getState();
  const state = useCompareView.getState();
  const chosen = state.key === key ? state.focus.chosen : undefined;
  const at = chosen && placeOf(view, chosen.row, chosen.index);
  const from = at ?? (step > 0 ? -1 : view.total);
  const load = async (offset: number, limit: number) => (await getPage(offset, limit)).rows;
  try {
    const found = await findDifference({ total: view.total, rowAt: view.rowAt, load }, from, step);
    if (keyNow() !== key) return;
    if (!found) {
      show({
        tone: 'info',
        title:
          at === undefined
            ? 'There is no difference.'
            : `This is the ${step > 0 ? 'last' : 'first'} difference.`,
      });
      return;
    }
    useCompareView.getState().changeFocus(key, { chosen: found });
    table.current?.goTo(found.index);
  } catch (thrown) {
    fail(toClientError(thrown));
  }
}
