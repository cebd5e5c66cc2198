import { Blake3Hasher } from '@napi-rs/blake-hash';
import type { FileFingerprint } from '../fragments/segments';
import type { ViewRange } from '../fragments/views';
import { openExpected } from './expected-file';
import { TaskFailure } from './failure';
import { createFingerprinter } from './fingerprint';
import type { Kernels } from './kernels';
import type { FingerprintTask, Packed } from './messages';
import { fileSampler } from './sampler';

export { TaskFailure, TaskStopped } from './failure';

/** Bytes per read: one fragment's maximum, and it stays in a core's second-level cache. */
export const WINDOW_BYTES = 1_048_576;

export interface PassResult {
  readonly fingerprint: FileFingerprint;
  readonly viewHashes: Uint8Array<ArrayBuffer>;
  readonly signatures: Packed;
}

/**
 * One pass over a file, which also signs the tensors in it; then its views, and what one pass cannot
 * sign. `checkpoint` is called with the bytes of the pass that are done, before each read; what it
 * throws ends the pass. Throws TaskFailure when the system refuses (`io`) or the file is not, or no
 * longer, the expected one (`changed`).
 */
export function fingerprintFile(
  task: Pick<FingerprintTask, 'path' | 'plan' | 'views' | 'targets' | 'expected'>,
  kernels: Kernels,
  checkpoint: (bytesDone: number) => void,
): PassResult {
  const { path, plan, views, targets, expected } = task;
  const file = openExpected({ path, expected });
  try {
    if (plan.fileSize !== expected.size) {
      throw new TaskFailure('changed', `${path} changed while it was read; open it again`);
    }
    const window = kernels.buffer.subarray(0, WINDOW_BYTES);
    const fingerprinter = createFingerprinter(plan, kernels.chunker);
    const sampler = fileSampler(targets, plan.fileSize, kernels);
    for (let done = 0; done < plan.fileSize; ) {
      checkpoint(done);
      const bytes = window.subarray(0, fingerprinter.wanted(window.length));
      file.read(bytes, done);
      fingerprinter.update(bytes);
      sampler.update(bytes);
      done += bytes.length;
    }
    const fingerprint = fingerprinter.finish();
    const afterPass = (): void => checkpoint(plan.fileSize);
    const viewHashes = hashViews(views, plan.fileSize, window, (bytes, offset) => {
      afterPass();
      file.read(bytes, offset);
    });
    const signatures = sampler.finish(file, window, afterPass);
    file.check();
    return { fingerprint, viewHashes, signatures };
  } finally {
    file.close();
  }
}

function hashViews(
  views: readonly ViewRange[],
  fileSize: number,
  window: Uint8Array,
  read: (bytes: Uint8Array, offset: number) => void,
): Uint8Array<ArrayBuffer> {
  const hashes = new Uint8Array(views.length * 32);
  const hasher = new Blake3Hasher();
  for (const [index, { offset, length }] of views.entries()) {
    if (!(offset >= 0 && length >= 0 && offset + length <= fileSize)) {
      throw new RangeError(`expected a view inside ${fileSize} bytes, found ${offset}+${length}`);
    }
    hasher.reset();
    for (let done = 0; done < length; ) {
      const bytes = window.subarray(0, Math.min(window.length, length - done));
      read(bytes, offset + done);
      hasher.update(bytes);
      done += bytes.length;
    }
    hashes.set(hasher.digestBuffer(), index * 32);
  }
  return hashes;
}
