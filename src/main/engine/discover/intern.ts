/**
 * Keeps one copy of each tensor name and shape: models of one family repeat them thousands of
 * times. Lives as long as one search; the models keep what they use.
 */
export class Interner {
  readonly #names = new Map<string, string>();
  readonly #shapes = new Map<string, readonly number[]>();

  name(name: string): string {
    const known = this.#names.get(name);
    if (known !== undefined) return known;
    this.#names.set(name, name);
    return name;
  }

  /** Shapes are never written to, so that they may be shared. */
  shape(shape: readonly number[]): readonly number[] {
    const key = shape.join(',');
    const known = this.#shapes.get(key);
    if (known !== undefined) return known;
    const kept = Object.freeze([...shape]);
    this.#shapes.set(key, kept);
    return kept;
  }
}
