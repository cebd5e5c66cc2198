/** Which rows are selected, by key, and from where the next Shift range starts. */
export interface Selection {
  readonly keys: ReadonlySet<string>;
  readonly anchor?: string;
}

export const emptySelection: Selection = { keys: new Set() };

export const selectOnly = (key: string): Selection => ({ keys: new Set([key]), anchor: key });

/** Adds or removes one row; it becomes the anchor either way. */
export function toggleKey(selection: Selection, key: string): Selection {
  const keys = new Set(selection.keys);
  if (!keys.delete(key)) keys.add(key);
  return { keys, anchor: key };
}

/**
 * Selects `range` (the keys between the anchor and the row chosen) and keeps the anchor.
 * With `add`, what was selected before stays.
 */
export function extendTo(selection: Selection, range: readonly string[], add: boolean): Selection {
  const keys = new Set(add ? [...selection.keys, ...range] : range);
  return selection.anchor === undefined ? { keys } : { keys, anchor: selection.anchor };
}

export const selectKeys = (keys: readonly string[]): Selection => ({ keys: new Set(keys) });

/** Whether none, some or all of `keys` are selected. */
export function coverage(
  selected: ReadonlySet<string>,
  keys: readonly string[],
): 'none' | 'some' | 'all' {
  if (selected.size === 0 || keys.length === 0) return 'none';
  let count = 0;
  for (const key of keys) if (selected.has(key)) count += 1;
  if (count === 0) return 'none';
  return count === keys.length ? 'all' : 'some';
}
