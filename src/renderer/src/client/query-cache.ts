import type { EventName, ParamsOf, RequestName, ValueOf } from '../../../shared/ipc';
import { type ClientError, toClientError } from './client';
import { beginWork } from './settled';

/** What a screen sees of one query. `data` stays while a refresh runs: stale, then replaced. */
export interface QueryState<Value> {
  readonly data: Value | undefined;
  readonly error: ClientError | undefined;
  readonly fetching: boolean;
}

export type Fetcher = <Name extends RequestName>(
  name: Name,
  params: ParamsOf<Name>,
) => Promise<ValueOf<Name>>;

/** Which answers go out of date with which event. */
export const invalidatedBy: Partial<Record<RequestName, readonly EventName[]>> = {
  'sources.list': ['sources.changed', 'models.changed'],
  'home.recents': ['sources.changed'],
  'home.stores': ['sources.changed'],
  'models.list': ['models.changed', 'sources.changed'],
  'models.detail': ['models.changed'],
  'models.metadataItems': ['models.changed'],
  'models.union': ['models.changed'],
  'tensors.page': ['models.changed'],
  'tensors.children': ['models.changed'],
  'tensors.detail': ['models.changed'],
  'savings.report': ['models.changed'],
  'compare.report': ['similarity.changed', 'models.changed'],
  'compare.map': ['similarity.changed', 'models.changed'],
  'families.report': ['similarity.changed', 'models.changed'],
  'estimate.latest': ['similarity.changed', 'models.changed'],
  'problems.list': ['problems.changed'],
};

interface Entry {
  readonly name: RequestName;
  readonly fetch: () => Promise<unknown>;
  readonly listeners: Set<() => void>;
  state: QueryState<unknown>;
  stale: boolean;
  startedAt: number;
  due: (() => void) | undefined;
}

const idle: QueryState<never> = { data: undefined, error: undefined, fetching: false };

export const queryKey = (name: RequestName, params: unknown): string =>
  `${name} ${JSON.stringify(params)}`;

/**
 * Stale-while-revalidate over one fetcher, keyed by name and parameters. A query on screen is read
 * again at most every `refreshMs` however fast events come, and always once after the last one.
 * Answers that nobody looks at are kept, newest first, up to `keep`.
 */
export class QueryCache {
  private readonly entries = new Map<string, Entry>();

  constructor(
    private readonly fetcher: Fetcher,
    private readonly refreshMs = 250,
    private readonly keep = 200,
  ) {}

  read<Name extends RequestName>(name: Name, params: ParamsOf<Name>): QueryState<ValueOf<Name>> {
    const entry = this.entries.get(queryKey(name, params));
    return (entry?.state ?? idle) as QueryState<ValueOf<Name>>;
  }

  /** Fetches if never fetched or out of date; returns a function that ends the interest. */
  observe<Name extends RequestName>(
    name: Name,
    params: ParamsOf<Name>,
    listener: () => void,
  ): () => void {
    const key = queryKey(name, params);
    const entry = this.entries.get(key) ?? this.create(name, params);
    // Order of insertion is order of last use.
    this.entries.delete(key);
    this.entries.set(key, entry);
    entry.listeners.add(listener);
    if (entry.stale && !entry.state.fetching) void this.run(entry);
    this.evict();
    return () => entry.listeners.delete(listener);
  }

  invalidate(event: EventName): void {
    for (const entry of this.entries.values()) {
      if (invalidatedBy[entry.name]?.includes(event)) this.expire(entry);
    }
  }

  /** Reads one kind of query again, after an action that no event follows. */
  refresh(name: RequestName): void {
    for (const entry of this.entries.values()) {
      if (entry.name === name) this.expire(entry);
    }
  }

  private create<Name extends RequestName>(name: Name, params: ParamsOf<Name>): Entry {
    return {
      name,
      fetch: () => this.fetcher(name, params),
      listeners: new Set(),
      state: idle,
      stale: true,
      startedAt: Number.NEGATIVE_INFINITY,
      due: undefined,
    };
  }

  private expire(entry: Entry): void {
    entry.stale = true;
    if (entry.listeners.size === 0 || entry.state.fetching || entry.due) return;
    const wait = Math.max(0, entry.startedAt + this.refreshMs - Date.now());
    entry.due = beginWork();
    setTimeout(() => {
      entry.due?.();
      entry.due = undefined;
      if (entry.stale && entry.listeners.size > 0 && !entry.state.fetching) void this.run(entry);
    }, wait);
  }

  private async run(entry: Entry): Promise<void> {
    entry.stale = false;
    entry.startedAt = Date.now();
    const end = beginWork();
    this.publish(entry, { ...entry.state, fetching: true });
    try {
      const data = await entry.fetch();
      this.publish(entry, { data, error: undefined, fetching: false });
    } catch (thrown) {
      this.publish(entry, { ...entry.state, error: toClientError(thrown), fetching: false });
    }
    end();
    if (entry.stale) this.expire(entry);
  }

  private publish(entry: Entry, state: QueryState<unknown>): void {
    entry.state = state;
    for (const listener of [...entry.listeners]) listener();
  }

  private evict(): void {
    let extra = this.entries.size - this.keep;
    if (extra <= 0) return;
    for (const [key, entry] of this.entries) {
      if (extra <= 0) return;
      if (entry.listeners.size > 0 || entry.state.fetching || entry.due) continue;
      this.entries.delete(key);
      extra -= 1;
    }
  }
}
