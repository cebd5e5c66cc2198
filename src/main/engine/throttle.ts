export interface Throttled {
  (): void;
  /** Runs a waiting call now and ends the timer. */
  flush(): void;
}

/** Runs `action` at most once per `interval` milliseconds; the last call is always followed by a run. */
export function throttle(interval: number, action: () => void): Throttled {
  let timer: NodeJS.Timeout | undefined;
  let last = Number.NEGATIVE_INFINITY;
  const run = (): void => {
    timer = undefined;
    last = performance.now();
    action();
  };
  const call = (): void => {
    if (timer !== undefined) return;
    timer = setTimeout(run, Math.max(0, last + interval - performance.now()));
  };
  return Object.assign(call, {
    flush: () => {
      if (timer === undefined) return;
      clearTimeout(timer);
      run();
    },
  });
}
