/** Longest stretch of work before others get their turn, milliseconds. */
const STRETCH = 16;

/** To be awaited between pieces of long work: lets what waits on this thread pass now and then. */
export function yielding(): () => Promise<void> | undefined {
  let since = performance.now();
  return () => {
    if (performance.now() - since < STRETCH) return undefined;
    return new Promise((resolve) => {
      setImmediate(() => {
        since = performance.now();
        resolve();
      });
    });
  };
}
