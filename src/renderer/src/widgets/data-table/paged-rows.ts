import { useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import { createPageCache, type GetPage, type Page, type PageView } from './page-cache';
import { LOADING, type RowSource } from './row-source';

export interface PagedRows<Row, P extends Page<Row>> {
  readonly source: RowSource<Row>;
  readonly view: PageView<Row, P>;
}

/** Rows loaded beyond each end of the screen, so that a steady scroll finds them there. */
const AHEAD = 120;

/**
 * Rows that a query gives page by page. `query` names the question: another value is a new question
 * (`getPage` is read then); another `revision` asks the same one again, without a jump.
 */
export function usePagedRows<Row, P extends Page<Row>>(options: {
  readonly query: string;
  readonly revision?: string | number;
  readonly getPage: GetPage<P>;
  readonly keyOf: (row: Row) => string;
}): PagedRows<Row, P> {
  const { query, revision = 0, getPage, keyOf } = options;
  const [cache] = useState(() => createPageCache<Row, P>());
  const view = useSyncExternalStore(cache.subscribe, cache.view);
  const asked = useRef<{ query: string; revision: string | number }>(undefined);
  useEffect(() => {
    const before = asked.current;
    asked.current = { query, revision };
    if (before?.query !== query) cache.setQuery(getPage);
    else if (before.revision !== revision) cache.refresh();
  }, [cache, query, revision, getPage]);
  const source = useMemo(
    (): RowSource<Row> => ({
      count: view.total,
      grouped: false,
      busy: view.busy,
      slotAt: (index) => {
        const row = view.rowAt(index);
        return row === undefined ? LOADING : { kind: 'row', key: keyOf(row), row };
      },
      ensure: (first, last) => cache.ensure(first - AHEAD, last + AHEAD),
    }),
    [view, cache, keyOf],
  );
  return { source, view };
}
