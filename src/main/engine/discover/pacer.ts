/** Longest stretch of work between two turns of the event loop, milliseconds. */
const SLICE_MS = 8;

/** Lets the event loop run at least every `SLICE_MS` of work, and tells of an abort. */
export class Pacer {
  private sliceStart = performance.now();

  constructor(private readonly signal: AbortSignal | undefined) {}

  get aborted(): boolean {
    return this.signal?.aborted ?? false;
  }

  /** Call between pieces of work; resolves to false once the work was aborted. */
  async next(): Promise<boolean> {
    if (performance.now() - this.sliceStart >= SLICE_MS) {
      await new Promise((resolve) => setImmediate(resolve));
      this.sliceStart = performance.now();
    }
    return !this.aborted;
  }
}
