/** Rows of one tensor by their hash. A row whose hash is there already is left out. */
export interface RowTable {
  /** Two words of a hash, and the row. */
  add(low: number, high: number, row: number): void;
  /** The row of this hash, or -1. Its bytes are still to be compared. */
  find(low: number, high: number): number;
}

/**
 * Slots that are tried. Hashes that do not come from a crafted file need far fewer; what is not found
 * within is not in the table.
 */
const MOST_PROBES = 128;

/** Open addressing with a step from the hash; 10 to 15 bytes for each of `rows`. */
export function rowTable(rows: number): RowTable {
  const slots = 2 ** Math.max(4, Math.ceil(Math.log2(rows * 1.5)));
  /** Row + 1; 0: free. */
  const held = new Uint32Array(slots);
  const lows = new Uint32Array(rows);
  /** The slot that holds this hash or is free for it; -1: neither was found. */
  const slotOf = (low: number, high: number): number => {
    const step = low | 1;
    for (let probe = 0, slot = high & (slots - 1); probe < MOST_PROBES; probe++) {
      const row = held[slot] ?? 0;
      if (row === 0 || lows[row - 1] === low) return slot;
      slot = (slot + step) & (slots - 1);
    }
    return -1;
  };
  return {
    add: (low, high, row) => {
      const slot = slotOf(low, high);
      if (slot < 0 || held[slot] !== 0) return;
      held[slot] = row + 1;
      lows[row] = low;
    },
    find: (low, high) => {
      const slot = slotOf(low, high);
      return slot < 0 ? -1 : (held[slot] ?? 0) - 1;
    },
  };
}
