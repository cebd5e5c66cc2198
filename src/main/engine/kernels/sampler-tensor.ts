import type { Kernels } from './kernels';
import { checkComplete, collect, newProgress, type Progress, placePlan } from './sampler-collect';
import type { SamplePlan, TensorShape } from './sampler-plan';
import { scratchOf } from './sampler-scratch';
import { sketchCollected } from './sampler-sketch';
import type { Signature } from './signature';

/** Makes one tensor's signature from its bytes; one tensor at a time. */
export interface TensorSampler {
  begin(shape: TensorShape, plan: SamplePlan): void;
  /**
   * Bytes of the tensor from its byte `at`, a view of the kernels' memory. Ascending; whatever lies
   * between two calls must be bytes that the plan does not name. Throws RangeError if it is.
   */
  feed(bytes: Uint8Array, at: number): void;
  /**
   * Its arrays are views of the scratch, to be used before the next tensor begins. Throws RangeError
   * if bytes of the plan were not fed.
   */
  finish(): Signature;
}

/** Works in the kernels' scratch. */
export function tensorSampler(kernels: Kernels): TensorSampler {
  const scratch = scratchOf(kernels);
  let open: { readonly shape: TensorShape; readonly progress: Progress } | undefined;
  let placed: SamplePlan | undefined;
  const expectOpen = (): NonNullable<typeof open> => {
    if (open === undefined) throw new RangeError('expected an open tensor');
    return open;
  };
  return {
    begin: (shape, plan) => {
      open = { shape, progress: newProgress(plan) };
      if (plan !== placed) placePlan(scratch, plan);
      placed = plan;
    },
    feed: (bytes, at) => collect(scratch, expectOpen().progress, bytes, at),
    finish: () => {
      const { shape, progress } = expectOpen();
      open = undefined;
      checkComplete(progress);
      return sketchCollected(scratch, shape, progress.plan);
    },
  };
}
