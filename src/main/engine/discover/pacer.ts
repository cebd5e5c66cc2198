/** Longest stretch of work between two turns of the event loop, milliseconds. */
const SLICE_MS = 8;

/** Lets the event loop run at least every `SLICE_MS` of work, and tells of an abort. */
export class Pacer {
  private sliceStart = performance.now();

  /** `checkpoint`: awaited at every step; holds the work while it is paused. */
  constructor(
    private readonly signal: AbortSignal | undefined,
    private readonly checkpoint: (() => Promise<void>) | undefined,
  ) {}

  get aborted(): boolean {
    return this.signal?.aborted ?? false;
  }

  /** Call between pieces of work; resolves to false once the work was aborted. */
  async next(): Promise<boolean> {
    await this.checkpoint?.();
    if (performance.now() - this.sliceStart >= SLICE_MS) {
      await new Promise((resolve) => setImmediate(resolve));
      this.sliceStart = performance.now();
    }
    return !this.aborted;
  }
}
