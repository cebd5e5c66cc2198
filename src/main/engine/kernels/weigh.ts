import { compress } from 'zstd-napi';
import { aloneMeter } from './code-length-planes';
import { type ExpectedFileReader, openExpected } from './expected-file';
import type { Kernels } from './kernels';
import { type MeasureMemory, measureMemory, WINDOW_ELEMENTS } from './measure-memory';
import type { WeighDone, WeighTask } from './messages';
import type { ByteRange, TensorTarget } from './targets';
import { openTensor, type ReadStep } from './tensor-reader';
import { layoutOf } from './values';

/** Plain bytes are compressed in pieces of at most this length, as fragments are. */
const PIECE_BYTES = 1_048_576;
const ZSTD_LEVEL = 3;

/**
 * Weighs tensors (predicted) and ranges of plain bytes (compressed by zstd, level 3). A tensor whose
 * values cannot be read weighs its bytes in the file. `checkpoint` is called with the bytes read so
 * far, before each read; what it throws ends the task. Throws TaskFailure when the system refuses or
 * the file is not, or no longer, the expected one; RangeError for a range that leaves the file.
 */
export function weighFile(
  task: WeighTask,
  kernels: Kernels,
  checkpoint: (bytesDone: number) => void,
): WeighDone {
  const memory = measureMemory(kernels);
  let read = 0;
  const step: ReadStep = (bytes) => {
    checkpoint(read);
    read += bytes;
  };
  checkpoint(0);
  const file = openExpected(task);
  try {
    const tensors = task.tensors.map((target) => weighTensor(file, target, step, kernels, memory));
    const bytes = task.bytes.map((range) => weighBytes(file, range, step));
    file.check();
    return {
      kind: 'weighed',
      task: task.task,
      tensors: Float64Array.from(tensors),
      bytes: Float64Array.from(bytes),
    };
  } finally {
    file.close();
  }
}

function weighTensor(
  file: ExpectedFileReader,
  target: TensorTarget,
  step: ReadStep,
  kernels: Kernels,
  memory: MeasureMemory,
): number {
  const tensor = openTensor(file, target, step);
  if (tensor === null) return target.length;
  const { elements, bytes } = layoutOf(target.kind);
  const meter = aloneMeter(kernels, memory, target.kind);
  for (let done = 0; done < target.elements; done += WINDOW_ELEMENTS) {
    const count = Math.min(WINDOW_ELEMENTS, target.elements - done);
    const window = memory.a.subarray(0, (count / elements) * bytes);
    tensor.read(window, (done / elements) * bytes);
    meter.add(window.byteOffset, window.byteOffset, count);
  }
  return meter.total();
}

function weighBytes(file: ExpectedFileReader, range: ByteRange, step: ReadStep): number {
  const { offset, length } = range;
  if (!(offset >= 0 && length >= 0 && offset + length <= file.size)) {
    throw new RangeError(`expected a range inside ${file.size} bytes, found ${offset}+${length}`);
  }
  const piece = new Uint8Array(Math.min(PIECE_BYTES, length));
  let weight = 0;
  for (let done = 0; done < length; done += piece.length) {
    const bytes = piece.subarray(0, Math.min(piece.length, length - done));
    step(bytes.length);
    file.read(bytes, offset + done);
    weight += Math.min(bytes.length, compress(bytes, { compressionLevel: ZSTD_LEVEL }).length);
  }
  return weight;
}
