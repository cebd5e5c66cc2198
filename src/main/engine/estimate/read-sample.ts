import { pieceOf } from '../kernels/packed';
import type { ByteRange } from '../kernels/targets';
import type { Population } from './population';
import type { Choice, SamplePlan } from './sample';
import type { Sampled } from './sampled';
import type { Running } from './tasks';
import { type Input, runTasks } from './tasks';

/** A task's bytes and ranges, about: the deadline is looked at between tasks. */
const TASK_BYTES = 4 << 20;
const TASK_RANGES = 2048;

interface ReadBatch extends Input<'read'> {
  readonly ranges: ByteRange[];
  readonly choices: Choice[];
  size: number;
}

export interface SampleRead {
  readonly sampled: readonly Sampled[];
  readonly bytesRead: number;
  /** Why files could not be read, each once. */
  readonly failures: readonly string[];
}

/**
 * Reads what the plan says, partners in different files about the same time; stops starting reads
 * when `running` says so. What was not read is left out: files that cannot be read, too.
 */
export async function readSample(
  population: Population,
  plan: SamplePlan,
  running: Running,
  progress: (bytesDone: number) => void,
): Promise<SampleRead> {
  const sampled: { readonly order: number; readonly unit: Sampled }[] = [];
  const failures = new Set<string>();
  let bytesRead = 0;
  await runTasks<'read', ReadBatch>(
    batchesOf(population, plan),
    running,
    (batch, { pieces }) => {
      let at = 0;
      for (const choice of batch.choices) {
        const runs = choice.ranges.map(() => pieceOf(pieces, at++));
        bytesRead += runs.reduce((sum, run) => sum + run.length, 0);
        const unit = population.units[choice.unit];
        const isWhole = runs.every((run, index) => run.length === choice.ranges[index]?.length);
        if (unit === undefined || !isWhole) continue;
        const { probability } = choice;
        sampled.push({
          order: choice.unit,
          unit: { unit, runs, bytes: Buffer.concat(runs), probability },
        });
      }
      progress(bytesRead);
    },
    (message) => {
      failures.add(message);
    },
  );
  sampled.sort((a, b) => a.order - b.order);
  return { sampled: sampled.map((each) => each.unit), bytesRead, failures: [...failures] };
}

/** By file within stretches of the plan, so that a stop leaves whole groups of partners. */
function batchesOf({ files, units }: Population, { choices }: SamplePlan): ReadBatch[] {
  const batches: ReadBatch[] = [];
  let open = new Map<number, ReadBatch>();
  let stretch = 0;
  for (const choice of choices) {
    const unit = units[choice.unit];
    const file = files[unit?.file ?? -1];
    if (unit === undefined || file === undefined) continue;
    let batch = open.get(unit.file);
    if (batch === undefined || batch.ranges.length >= TASK_RANGES || batch.size >= TASK_BYTES) {
      batch = { kind: 'read', ...file, ranges: [], choices: [], size: 0 };
      open.set(unit.file, batch);
      batches.push(batch);
    }
    batch.choices.push(choice);
    batch.ranges.push(...choice.ranges);
    const bytes = choice.ranges.reduce((sum, range) => sum + range.length, 0);
    batch.size += bytes;
    stretch += bytes;
    if (stretch < 8 * TASK_BYTES) continue;
    open = new Map();
    stretch = 0;
  }
  return batches;
}
