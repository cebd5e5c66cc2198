/** One answer of a paged query. */
export interface Page<Row> {
  /** Rows of the whole query. */
  readonly total: number;
  readonly rows: readonly Row[];
}

export type GetPage<P> = (offset: number, limit: number) => Promise<P>;

/** What the cache holds now; a new object after every change. */
export interface PageView<Row, P extends Page<Row>> {
  readonly total: number;
  /** The newest answer of the current query, or of the one before while none has come. */
  readonly latest: P | undefined;
  /** Why the current query failed. Rows of the query before stay visible. */
  readonly error: unknown;
  /** No answer to the current query yet. */
  readonly busy: boolean;
  rowAt(index: number): Row | undefined;
}

export interface PageCache<Row, P extends Page<Row>> {
  view(): PageView<Row, P>;
  subscribe(listener: () => void): () => void;
  /** Another question: old rows stay until its first answer, then all of them go. */
  setQuery(getPage: GetPage<P>): void;
  /** The same question again: each old page stays until its new answer. Clears errors. */
  refresh(): void;
  /** Loads what these rows need (both ends included). */
  ensure(first: number, last: number): void;
}

export interface PageCacheOptions {
  /** Rows per request. */
  readonly pageSize?: number;
  /** Pages kept; those farthest from the screen go first. */
  readonly maxPages?: number;
  /** Requests of the current query under way at once; a fast scroll skips the rest. */
  readonly maxInFlight?: number;
}

interface HeldPage<Row> {
  readonly rows: readonly Row[];
  readonly generation: number;
}

/**
 * Pages of one query at a time, loaded as they come on screen.
 * Invariant: an answer is kept only if its query is still the current one.
 */
export function createPageCache<Row, P extends Page<Row>>(
  options: PageCacheOptions = {},
): PageCache<Row, P> {
  const { pageSize = 200, maxPages = 64, maxInFlight = 3 } = options;
  const listeners = new Set<() => void>();
  const pages = new Map<number, HeldPage<Row>>();
  const inFlight = new Set<number>();
  const failed = new Set<number>();
  let getPage: GetPage<P> | undefined;
  let generation = 0;
  let answered = false;
  let keepsOldPages = false;
  let total = 0;
  let latest: P | undefined;
  let error: unknown;
  let wanted = { first: 0, last: 0 };
  let view = takeView();

  function takeView(): PageView<Row, P> {
    return {
      total,
      latest,
      error,
      busy: getPage !== undefined && !answered && error === undefined,
      rowAt: (index) => pages.get(Math.floor(index / pageSize))?.rows[index % pageSize],
    };
  }

  function changed(): void {
    view = takeView();
    for (const listener of listeners) listener();
  }

  function restart(keep: boolean): void {
    generation += 1;
    answered = false;
    keepsOldPages = keep;
    error = undefined;
    inFlight.clear();
    failed.clear();
    load();
    changed();
  }

  function load(): void {
    if (!getPage) return;
    const end = answered ? Math.max(0, total - 1) : wanted.last;
    const lastPage = Math.floor(Math.min(wanted.last, end) / pageSize);
    for (let page = Math.floor(wanted.first / pageSize); page <= lastPage; page += 1) {
      if (inFlight.size >= maxInFlight) return;
      const fresh = pages.get(page)?.generation === generation;
      if (!fresh && !inFlight.has(page) && !failed.has(page)) request(getPage, page);
    }
  }

  function request(ask: GetPage<P>, page: number): void {
    const asked = generation;
    inFlight.add(page);
    ask(page * pageSize, pageSize).then(
      (answer) => {
        if (asked === generation) take(page, answer);
      },
      (reason: unknown) => {
        if (asked === generation) fail(page, reason);
      },
    );
  }

  function take(page: number, answer: P): void {
    inFlight.delete(page);
    if (!answered && !(keepsOldPages && answer.total === total)) pages.clear();
    answered = true;
    error = undefined;
    total = answer.total;
    latest = answer;
    pages.set(page, { rows: answer.rows, generation });
    evict();
    load();
    changed();
  }

  function fail(page: number, reason: unknown): void {
    inFlight.delete(page);
    failed.add(page);
    error = reason;
    changed();
  }

  function evict(): void {
    if (pages.size <= maxPages) return;
    const middle = (wanted.first + wanted.last) / 2 / pageSize;
    const byDistance = [...pages.keys()].sort(
      (a, b) => Math.abs(b - middle) - Math.abs(a - middle),
    );
    for (const page of byDistance.slice(0, pages.size - maxPages)) pages.delete(page);
  }

  return {
    view: () => view,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    setQuery: (next) => {
      getPage = next;
      wanted = { first: 0, last: Math.min(wanted.last - wanted.first, pageSize - 1) };
      restart(false);
    },
    refresh: () => restart(true),
    ensure: (first, last) => {
      wanted = { first: Math.max(0, first), last: Math.max(0, last) };
      load();
    },
  };
}
