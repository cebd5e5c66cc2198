export interface LatestOptions<Params, Value> {
  readonly ask: (params: Params) => Promise<Value>;
  readonly onValue: (value: Value) => void;
  readonly onError: (thrown: unknown) => void;
  /** Least milliseconds from one question to the next. */
  readonly interval: number;
}

export interface Latest<Params> {
  ask(params: Params): void;
  /** Nothing is asked or reported any more. */
  end(): void;
}

/**
 * Asks for what changes fast: one question at a time, at most one per interval, always the newest,
 * and the last one is never left out. An answer that is outdated when it comes is still shown, so
 * that something moves; a newer one follows.
 */
export function createLatest<Params, Value>(options: LatestOptions<Params, Value>): Latest<Params> {
  const { ask, onValue, onError, interval } = options;
  let waiting: { readonly params: Params } | undefined;
  let busy = false;
  let resting = false;
  let ended = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const next = () => {
    if (busy || resting || ended || waiting === undefined) return;
    const { params } = waiting;
    waiting = undefined;
    busy = true;
    resting = true;
    timer = setTimeout(() => {
      resting = false;
      next();
    }, interval);
    ask(params)
      .then((value) => void (ended || onValue(value)))
      .catch((thrown: unknown) => void (ended || onError(thrown)))
      .finally(() => {
        busy = false;
        next();
      });
  };
  return {
    ask: (params) => {
      waiting = { params };
      next();
    },
    end: () => {
      ended = true;
      clearTimeout(timer);
    },
  };
}
