import { openExpected } from './expected-file';
import type { Kernels } from './kernels';
import type { SignDone, SignTask } from './messages';
import { WINDOW_BYTES } from './pass';
import { signTargets } from './sampler';

/**
 * Signs tensors by reading their samples only: the signatures are those of a pass, bit for bit.
 * `checkpoint` is called with the bytes read so far, before each read; what it throws ends the
 * task. Throws TaskFailure when the system refuses (`io`) or the file is not, or no longer, the
 * expected one (`changed`).
 */
export function signFile(
  task: SignTask,
  kernels: Kernels,
  checkpoint: (bytesDone: number) => void,
): SignDone {
  const file = openExpected(task);
  try {
    let done = 0;
    const step = (bytes: number): void => {
      checkpoint(done);
      done += bytes;
    };
    const window = kernels.buffer.subarray(0, WINDOW_BYTES);
    const signatures = signTargets(task.targets, file, kernels, window, step);
    file.check();
    return { kind: 'signed', task: task.task, signatures };
  } finally {
    file.close();
  }
}
