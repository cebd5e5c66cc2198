import { GainHeap } from './gain-heap';

/** Storing `tensor` as a difference from `base` would take `bytes`. Numbers are the caller's. */
export interface Option {
  readonly tensor: number;
  readonly base: number;
  readonly bytes: number;
}

/**
 * Chooses what every tensor is stored as: alone, or as a difference from a base that is itself
 * stored alone (depth 1), so that all together take few bytes. It is the uncapacitated facility
 * location problem; greedy by saved bytes (add the base that saves most, with all that move to it,
 * until none saves anything), then bases that no longer pay are dropped again. `alone[i]`: bytes
 * of tensor i stored alone. Returns each tensor's option, undefined for those stored alone.
 */
export function assignBases(
  alone: ArrayLike<number>,
  options: readonly Option[],
): (Option | undefined)[] {
  const state = new Assignment(alone, options);
  state.addBases();
  state.dropBases();
  return state.chosen;
}

class Assignment {
  readonly chosen: (Option | undefined)[];
  readonly #isBase: Uint8Array;
  /** Options that save anything, by base and by tensor; cheapest first. */
  readonly #byBase = new Map<number, Option[]>();
  readonly #byTensor = new Map<number, Option[]>();

  constructor(
    private readonly alone: ArrayLike<number>,
    options: readonly Option[],
  ) {
    this.chosen = Array.from({ length: alone.length }, () => undefined);
    this.#isBase = new Uint8Array(alone.length);
    const useful = options.filter(
      ({ tensor, base, bytes }) => tensor !== base && bytes < this.#alone(tensor),
    );
    useful.sort((a, b) => a.bytes - b.bytes || a.base - b.base || a.tensor - b.tensor);
    for (const option of useful) {
      append(this.#byBase, option.base, option);
      append(this.#byTensor, option.tensor, option);
    }
  }

  /** A base's gain only falls while others are added, so a stale one at the top is weighed again. */
  addBases(): void {
    const heap = new GainHeap();
    for (const base of this.#byBase.keys()) heap.push({ base, gain: this.#gain(base) });
    for (let top = heap.pop(); top !== undefined; top = heap.pop()) {
      const gain = this.#gain(top.base);
      if (gain <= 0) continue;
      if (gain < top.gain) heap.push({ base: top.base, gain });
      else this.#add(top.base);
    }
  }

  dropBases(): void {
    const users = new Map<number, Option[]>();
    for (const option of this.chosen) {
      if (option !== undefined) append(users, option.base, option);
    }
    const bases = [...this.#isBase.keys()].filter((base) => this.#isBase[base] === 1);
    for (const base of bases) this.#dropIfCheaper(base, users);
  }

  #dropIfCheaper(base: number, users: Map<number, Option[]>): void {
    const own = users.get(base) ?? [];
    this.#isBase[base] = 0;
    const elsewhere = this.#cheapest(base);
    const saved = this.#alone(base) - (elsewhere?.bytes ?? this.#alone(base));
    const moved = own.map((option) => this.#cheapest(option.tensor));
    const lost = own.reduce(
      (sum, { tensor, bytes }, at) => sum + (moved[at]?.bytes ?? this.#alone(tensor)) - bytes,
      0,
    );
    if (saved <= lost) {
      this.#isBase[base] = 1;
      return;
    }
    users.delete(base);
    for (const [at, { tensor }] of own.entries()) this.#choose(tensor, moved[at], users);
    this.#choose(base, elsewhere, users);
  }

  #choose(tensor: number, option: Option | undefined, users: Map<number, Option[]>): void {
    this.chosen[tensor] = option;
    if (option !== undefined) append(users, option.base, option);
  }

  #cheapest(tensor: number): Option | undefined {
    return this.#byTensor.get(tensor)?.find((option) => this.#isBase[option.base] === 1);
  }

  #gain(base: number): number {
    let gain = this.#current(base) - this.#alone(base);
    for (const { tensor, bytes } of this.#byBase.get(base) ?? []) {
      if (this.#isBase[tensor] === 0) gain += Math.max(0, this.#current(tensor) - bytes);
    }
    return gain;
  }

  #add(base: number): void {
    this.#isBase[base] = 1;
    this.chosen[base] = undefined;
    for (const option of this.#byBase.get(base) ?? []) {
      const { tensor, bytes } = option;
      if (this.#isBase[tensor] === 0 && bytes < this.#current(tensor)) this.chosen[tensor] = option;
    }
  }

  #current(tensor: number): number {
    return this.chosen[tensor]?.bytes ?? this.#alone(tensor);
  }

  #alone(tensor: number): number {
    return this.alone[tensor] ?? 0;
  }
}

function append<Key, Value>(lists: Map<Key, Value[]>, key: Key, value: Value): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}
