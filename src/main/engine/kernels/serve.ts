import {
  Command,
  type ControlSlot,
  commandAfterPause,
  exitCommand,
  readCommand,
  writeBytesDone,
} from './control';
import type { Kernels } from './kernels';
import {
  type FingerprintDone,
  type FingerprintTask,
  type FromKernel,
  isTask,
  type KernelFailed,
} from './messages';
import { fingerprintFile, TaskFailure, TaskStopped } from './pass';

/** The part of a worker's port that serving needs. */
export interface KernelPort {
  on(event: 'message', listener: (message: unknown) => void): unknown;
  postMessage(message: FromKernel, transfer?: readonly ArrayBuffer[]): void;
  close(): void;
}

/**
 * Answers tasks from the port one after another until the slot's command is `exit`, then closes
 * the port, which ends the thread. A failed task is answered and leaves the worker ready for the next.
 */
export function serveKernels(port: KernelPort, slot: ControlSlot, kernels: Kernels): void {
  port.on('message', (message) => {
    if (readCommand(slot) !== Command.exit) answer(port, slot, kernels, message);
    if (readCommand(slot) === Command.exit) port.close();
  });
  exitCommand(slot).then(() => port.close());
  port.postMessage({ kind: 'ready' });
}

function answer(port: KernelPort, slot: ControlSlot, kernels: Kernels, message: unknown): void {
  if (!isTask(message)) {
    const found = 'expected a fingerprint task, found another message';
    port.postMessage({ kind: 'failed', task: -1, code: 'internal', message: found });
    return;
  }
  try {
    const done = run(message, slot, kernels);
    port.postMessage(done, transferablesOf(done));
  } catch (error) {
    if (!(error instanceof TaskStopped)) port.postMessage(failed(message, error));
    else if (readCommand(slot) !== Command.exit) {
      port.postMessage({ kind: 'cancelled', task: message.task });
    }
  }
}

function run(task: FingerprintTask, slot: ControlSlot, kernels: Kernels): FingerprintDone {
  writeBytesDone(slot, 0);
  const result = fingerprintFile(task, kernels, (bytesDone) => {
    writeBytesDone(slot, bytesDone);
    if (commandAfterPause(slot) !== Command.run) throw new TaskStopped();
  });
  writeBytesDone(slot, task.plan.fileSize);
  return { kind: 'done', task: task.task, ...result };
}

function transferablesOf({ fingerprint, viewHashes }: FingerprintDone): ArrayBuffer[] {
  const { sha256, segmentHashes, fragmentCounts, fragmentHashes, fragmentLengths } = fingerprint;
  const columns = [
    sha256,
    segmentHashes,
    fragmentCounts,
    fragmentHashes,
    fragmentLengths,
    viewHashes,
  ];
  return columns.map((column) => column.buffer).filter((buffer) => buffer instanceof ArrayBuffer);
}

function failed({ task, path }: FingerprintTask, error: unknown): KernelFailed {
  if (error instanceof TaskFailure) {
    const { code, message, operation } = error;
    const failure = { kind: 'failed', task, code, message } as const;
    return operation === undefined ? failure : { ...failure, operation };
  }
  const detail = error instanceof Error ? error.message : String(error);
  const message = `${path}: fingerprinting failed: ${detail}`;
  return { kind: 'failed', task, code: 'internal', message };
}
