/**
 * Passes on at most one payload per `interval` milliseconds: the first at once, then the newest of
 * those that came meanwhile. The last payload is always delivered.
 */
export function coalesce<Payload>(
  interval: number,
  deliver: (payload: Payload) => void,
): (payload: Payload) => void {
  let waiting: { readonly payload: Payload } | null = null;
  let timer: NodeJS.Timeout | null = null;
  const elapsed = () => {
    timer = null;
    if (waiting === null) return;
    const { payload } = waiting;
    waiting = null;
    timer = setTimeout(elapsed, interval);
    deliver(payload);
  };
  return (payload) => {
    if (timer !== null) {
      waiting = { payload };
      return;
    }
    timer = setTimeout(elapsed, interval);
    deliver(payload);
  };
}
