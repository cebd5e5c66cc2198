/** A function's results by key; of more than `limit`, those that were asked for longest ago go. */
export function boundedCache<Key, Value>(limit: number): (key: Key, make: () => Value) => Value {
  const kept = new Map<Key, Value>();
  return (key, make) => {
    const found = kept.get(key);
    const value = found === undefined ? make() : found;
    if (found !== undefined) kept.delete(key);
    kept.set(key, value);
    if (kept.size > limit) {
      const oldest = kept.keys().next();
      if (oldest.done !== true) kept.delete(oldest.value);
    }
    return value;
  };
}
