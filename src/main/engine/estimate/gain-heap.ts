export interface Gain {
  readonly base: number;
  readonly gain: number;
}

/** Largest gain first; of equal gains the smaller base, so that nothing depends on order. */
export class GainHeap {
  readonly #entries: Gain[] = [];

  push(entry: Gain): void {
    const entries = this.#entries;
    entries.push(entry);
    for (let at = entries.length - 1; at > 0; ) {
      const parent = (at - 1) >> 1;
      if (!this.#isBefore(at, parent)) return;
      this.#swap(at, parent);
      at = parent;
    }
  }

  pop(): Gain | undefined {
    const entries = this.#entries;
    const [top] = entries;
    const last = entries.pop();
    if (top === undefined || last === undefined || entries.length === 0) return top;
    entries[0] = last;
    this.#sink();
    return top;
  }

  #sink(): void {
    for (let at = 0; ; ) {
      let first = at;
      for (const child of [2 * at + 1, 2 * at + 2]) {
        if (child < this.#entries.length && this.#isBefore(child, first)) first = child;
      }
      if (first === at) return;
      this.#swap(at, first);
      at = first;
    }
  }

  #isBefore(one: number, other: number): boolean {
    const a = this.#entries[one] as Gain;
    const b = this.#entries[other] as Gain;
    return a.gain !== b.gain ? a.gain > b.gain : a.base < b.base;
  }

  #swap(one: number, other: number): void {
    const entries = this.#entries;
    const kept = entries[one] as Gain;
    entries[one] = entries[other] as Gain;
    entries[other] = kept;
  }
}
