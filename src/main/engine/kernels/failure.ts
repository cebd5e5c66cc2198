import type { KernelFailureCode } from './messages';

/** Why a task failed, as its answer tells it. */
export class TaskFailure extends Error {
  override readonly name = 'TaskFailure';
  constructor(
    readonly code: KernelFailureCode,
    message: string,
    readonly operation?: string,
  ) {
    super(message);
  }
}

/** Thrown by a checkpoint to give the task up. */
export class TaskStopped extends Error {
  override readonly name = 'TaskStopped';
}
