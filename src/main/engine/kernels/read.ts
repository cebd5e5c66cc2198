import { type ExpectedFileReader, openExpected } from './expected-file';
import { TaskFailure } from './failure';
import type { Kernels } from './kernels';
import type { Packed, ReadDone, ReadTask } from './messages';
import type { ByteRange } from './targets';

/** Most bytes that one task reads, all ranges together. */
export const MAX_READ_BYTES = 268_435_456;
/** Bytes per read, so that a task that is told to stop does. */
const STEP_BYTES = 1_048_576;

/**
 * Reads ranges of a file as they are. `checkpoint` is called with the bytes read so far, before each
 * read; what it throws ends the task. Throws TaskFailure when the system refuses (`io`) or the file
 * is not the expected one or has no such range (`changed`), and RangeError for what is no range and
 * for more than MAX_READ_BYTES.
 */
export function readRanges(
  task: ReadTask,
  _kernels: Kernels,
  checkpoint: (bytesDone: number) => void,
): ReadDone {
  const file = openExpected(task);
  try {
    const pieces = readAll(file, task.ranges, checkpoint);
    file.check();
    return { kind: 'read', task: task.task, pieces };
  } finally {
    file.close();
  }
}

function readAll(
  file: ExpectedFileReader,
  ranges: readonly ByteRange[],
  checkpoint: (bytesDone: number) => void,
): Packed {
  const data = new Uint8Array(checkedTotal(file, ranges));
  const ends = new Float64Array(ranges.length);
  let done = 0;
  for (const [index, { offset, length }] of ranges.entries()) {
    for (let at = 0; at < length; at += STEP_BYTES) {
      checkpoint(done);
      const bytes = data.subarray(done, done + Math.min(STEP_BYTES, length - at));
      file.read(bytes, offset + at);
      done += bytes.length;
    }
    ends[index] = done;
  }
  return { data, ends };
}

function checkedTotal(file: ExpectedFileReader, ranges: readonly ByteRange[]): number {
  let total = 0;
  for (const { offset, length } of ranges) {
    if (![offset, length].every((each) => Number.isSafeInteger(each) && each >= 0)) {
      throw new RangeError(`expected a range of whole bytes, found ${offset}+${length}`);
    }
    if (offset + length > file.size) {
      const found = `expected bytes up to ${offset + length}, found ${file.size}`;
      throw new TaskFailure('changed', `${file.path}: ${found}; open it again`);
    }
    total += length;
  }
  if (total > MAX_READ_BYTES) {
    throw new RangeError(`expected at most ${MAX_READ_BYTES} bytes in all, found ${total}`);
  }
  return total;
}
