import type { DoneOf, Lane, TaskInput } from '../jobs/pool';
import type { KernelTask } from '../kernels/messages';

/** A file could not be read; the message names it. */
export class ReadingFailed extends Error {
  override readonly name = 'ReadingFailed';
}

type Kind = Exclude<KernelTask['kind'], 'fingerprint' | 'sign'>;
export type Input<K extends Kind> = TaskInput<K> & { readonly kind: K };

export interface Running {
  readonly lane: Lane;
  readonly threads: number;
  /** True: no further task is started. */
  readonly stopped: () => boolean;
}

/**
 * Runs tasks, in order, on as many workers as there are. Resolves when all that were started have
 * ended; tasks that were cancelled or never started are not reported. Rejects with ReadingFailed
 * when `fails` says so or, by default, on the first file that cannot be read.
 */
export async function runTasks<K extends Kind, T extends Input<K>>(
  tasks: readonly T[],
  { lane, threads, stopped }: Running,
  done: (task: T, result: DoneOf[K]) => void,
  failed: (message: string) => void = (message) => {
    throw new ReadingFailed(message);
  },
): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    for (;;) {
      const task = stopped() ? undefined : tasks[next++];
      if (task === undefined) return;
      const outcome = await lane.run<K>(task);
      if (outcome.kind === 'done') done(task, outcome.result);
      else if (outcome.kind === 'failed') failed(outcome.failure.message);
      else if (outcome.kind === 'crashed') {
        failed(`A worker died while it read (${task.kind}): ${outcome.message}`);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, threads) }, worker));
}
