/** A numeric column that grows by doubling; reads past the end give the fill value. */
export class Column {
  #values: Float64Array;

  constructor(private readonly fill: number) {
    this.#values = new Float64Array(1024).fill(fill);
  }

  get(at: number): number {
    return this.#values[at] ?? this.fill;
  }

  set(at: number, value: number): void {
    if (at >= this.#values.length) this.#growTo(at + 1);
    this.#values[at] = value;
  }

  add(at: number, amount: number): number {
    const sum = this.get(at) + amount;
    this.set(at, sum);
    return sum;
  }

  #growTo(length: number): void {
    const larger = new Float64Array(Math.max(length, this.#values.length * 2)).fill(this.fill);
    larger.set(this.#values);
    this.#values = larger;
  }
}
