import type { Pacer } from './pacer';

/** Sorted by the system in one go: a few milliseconds with the slowest comparison here. */
const RUN = 1024;

/**
 * A stable sort that lets the event loop run. `items` stays as it is. What is returned is not
 * sorted to the end when the work was aborted.
 */
export async function sortPaced<T>(
  items: readonly T[],
  compare: (a: T, b: T) => number,
  pacer: Pacer,
): Promise<T[]> {
  let runs: T[][] = [];
  for (let start = 0; start < items.length; start += RUN) {
    if (!(await pacer.next())) return [...items];
    runs.push(items.slice(start, start + RUN).sort(compare));
  }
  while (runs.length > 1) {
    const merged: T[][] = [];
    for (let at = 0; at < runs.length; at += 2) {
      const one = await merge(runs[at] ?? [], runs[at + 1] ?? [], compare, pacer);
      if (one === undefined) return [...items];
      merged.push(one);
    }
    runs = merged;
  }
  return runs[0] ?? [];
}

/** Undefined when aborted. */
async function merge<T>(
  left: readonly T[],
  right: readonly T[],
  compare: (a: T, b: T) => number,
  pacer: Pacer,
): Promise<T[] | undefined> {
  const merged: T[] = [];
  let [l, r] = [0, 0];
  while (l < left.length && r < right.length) {
    if (merged.length % RUN === 0 && !(await pacer.next())) return undefined;
    const [a, b] = [left[l] as T, right[r] as T];
    if (compare(a, b) <= 0) {
      merged.push(a);
      l += 1;
    } else {
      merged.push(b);
      r += 1;
    }
  }
  return merged.concat(left.slice(l), right.slice(r));
}
