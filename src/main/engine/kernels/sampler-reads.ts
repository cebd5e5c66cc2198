import type { SamplePlan } from './sampler-plan';
import type { TensorReader } from './tensor-reader';

/** Tensors up to this length are read whole: one read costs less than a hundred small ones. */
const WHOLE_BYTES = 262_144;
/** Bytes between two stretches that are read rather than skipped: a page. */
const GAP_BYTES = 4096;

/**
 * Reads the stretches of a tensor that its sample needs, ascending, each to the start of `window`,
 * and gives them on with their place in the tensor.
 */
export function readSamples(
  plan: SamplePlan,
  tensor: TensorReader,
  window: Uint8Array,
  use: (bytes: Uint8Array, at: number) => void,
): void {
  const readTo = (from: number, end: number): void => {
    for (let at = from; at < end; at += window.length) {
      const bytes = window.subarray(0, Math.min(window.length, end - at));
      tensor.read(bytes, at);
      use(bytes, at);
    }
  };
  if (plan.bytes <= WHOLE_BYTES) {
    readTo(0, plan.bytes);
    return;
  }
  let from = 0;
  let end = 0;
  for (const [start, length] of stretches(plan)) {
    if (start > end + GAP_BYTES) {
      readTo(from, end);
      from = start;
    }
    end = Math.max(end, start + length);
  }
  readTo(from, end);
}

/** Start and length of everything that a plan names, by start. */
function* stretches({ runs, runBytes, transposed, rows }: SamplePlan): Generator<[number, number]> {
  const elements = transposed?.all === false ? transposed : undefined;
  let [run, element, row] = [0, 0, 0];
  for (;;) {
    const nextRun = runs[run] ?? Number.POSITIVE_INFINITY;
    const nextElement = elements?.starts[element] ?? Number.POSITIVE_INFINITY;
    const nextRow = row < (rows?.rows ?? 0) ? row * (rows?.stride ?? 0) : Number.POSITIVE_INFINITY;
    const start = Math.min(nextRun, nextElement, nextRow);
    if (start === Number.POSITIVE_INFINITY) return;
    if (start === nextRun) {
      yield [start, runBytes];
      run += 1;
    } else if (start === nextElement) {
      yield [start, elements?.elementBytes ?? 0];
      element += 1;
    } else {
      yield [start, rows?.length ?? 0];
      row += 1;
    }
  }
}
