import { type ExpectedFileReader, openExpected } from './expected-file';
import type { Kernels } from './kernels';
import { type MeasureMemory, measureMemory } from './measure-memory';
import { measureValues } from './measure-values';
import type { PairDone, PairMeasure, PairSpec, PairTask } from './messages';
import { matchRows } from './rows';
import { openTensor, type ReadStep } from './tensor-reader';

/**
 * Measures the task's pairs one after another. `checkpoint` is called with the bytes done so far,
 * before each read; what it throws ends the task. A pair counts as the bytes that both its tensors
 * take in their files, however often they are read. Throws TaskFailure when the system refuses or a
 * file is not, or no longer, the expected one.
 */
export function measurePairs(
  task: PairTask,
  kernels: Kernels,
  checkpoint: (bytesDone: number) => void,
): PairDone {
  const memory = measureMemory(kernels);
  checkpoint(0);
  const measures = withFiles(task, (a, b) => {
    let before = 0;
    return task.pairs.map((pair) => {
      const bytes = pair.a.length + pair.b.length;
      let read = 0;
      const step: ReadStep = (more) => {
        checkpoint(before + Math.min(read, bytes));
        read += more;
      };
      const measure = measurePair(pair, a, b, step, kernels, memory);
      before += bytes;
      return measure;
    });
  });
  return { kind: 'paired', task: task.task, measures };
}

function withFiles<T>(task: PairTask, use: (a: ExpectedFileReader, b: ExpectedFileReader) => T): T {
  const a = openExpected(task.a);
  try {
    const b = openExpected(task.b);
    try {
      const result = use(a, b);
      a.check();
      b.check();
      return result;
    } finally {
      b.close();
    }
  } finally {
    a.close();
  }
}

function measurePair(
  pair: PairSpec,
  fileA: ExpectedFileReader,
  fileB: ExpectedFileReader,
  step: ReadStep,
  kernels: Kernels,
  memory: MeasureMemory,
): PairMeasure | null {
  const a = openTensor(fileA, pair.a, step);
  const b = a === null ? null : openTensor(fileB, pair.b, step);
  if (a === null || b === null) return null;
  if (pair.how === 'rows') return matchRows(kernels, memory, a, b);
  return measureValues(kernels, memory, a, b, pair.how);
}
