import { useCallback, useEffect, useRef, useState, useSyncExternalStore } from 'react';
import type { ParamsOf, RequestName, ValueOf } from '../../../shared/ipc';
import { type ClientError, call, subscribe, toClientError } from './client';
import { invalidatedBy, QueryCache, type QueryState, queryKey } from './query-cache';

export const queryCache = new QueryCache(call);

/** Ties the cache to the main process's events; returns a function that unties it. */
export function connectQueryCache(): () => void {
  const events = new Set(Object.values(invalidatedBy).flat());
  const ends = [...events].map((event) => subscribe(event, () => queryCache.invalidate(event)));
  return () => {
    for (const end of ends) end();
  };
}

const none: QueryState<never> = { data: undefined, error: undefined, fetching: false };

export interface QueryOptions {
  /** While new parameters load, go on showing the answer to the previous ones. */
  readonly keepPrevious?: boolean;
}

/**
 * The answer to a request, kept up to date by events. `null` parameters: ask nothing.
 * `data` is undefined only until the first answer.
 */
export function useQuery<Name extends RequestName>(
  name: Name,
  params: ParamsOf<Name> | null,
  options: QueryOptions = {},
): QueryState<ValueOf<Name>> {
  const key = params === null ? '' : queryKey(name, params);
  const latest = useRef(params);
  latest.current = params;
  // biome-ignore lint/correctness/useExhaustiveDependencies: `key` stands for the parameters.
  const observe = useCallback(
    (listener: () => void) =>
      latest.current === null ? () => {} : queryCache.observe(name, latest.current, listener),
    [name, key],
  );
  const read = (): QueryState<ValueOf<Name>> =>
    latest.current === null ? none : queryCache.read(name, latest.current);
  const state = useSyncExternalStore(observe, read);
  const previous = useRef<ValueOf<Name> | undefined>(undefined);
  if (state.data !== undefined || params === null) previous.current = state.data;
  if (options.keepPrevious && state.data === undefined && previous.current !== undefined) {
    return { ...state, data: previous.current };
  }
  return state;
}

export interface Action<Name extends RequestName> {
  /** Resolves to undefined on failure; the failure is in `error` and given to `onError`. */
  readonly run: (params: ParamsOf<Name>) => Promise<ValueOf<Name> | undefined>;
  readonly busy: boolean;
  readonly error: ClientError | undefined;
}

/** A request that a person starts: one at a time, with its busy state and its failure. */
export function useAction<Name extends RequestName>(
  name: Name,
  onError?: (error: ClientError) => void,
): Action<Name> {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ClientError>();
  const alive = useRef(true);
  useEffect(() => {
    alive.current = true;
    return () => {
      alive.current = false;
    };
  }, []);
  const report = useRef(onError);
  report.current = onError;
  const run = useCallback(
    async (params: ParamsOf<Name>) => {
      setBusy(true);
      setError(undefined);
      try {
        return await call(name, params);
      } catch (thrown) {
        const failure = toClientError(thrown);
        if (alive.current) setError(failure);
        report.current?.(failure);
        return undefined;
      } finally {
        if (alive.current) setBusy(false);
      }
    },
    [name],
  );
  return { run, busy, error };
}
