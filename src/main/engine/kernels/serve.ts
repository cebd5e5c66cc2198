import {
  Command,
  type ControlSlot,
  commandAfterPause,
  exitCommand,
  readCommand,
  writeBytesDone,
} from './control';
import { decodeFragments } from './decode-task';
import { encodeFragments } from './encode-task';
import { type FragmentCodecs, fragmentCodecs } from './fragment-codecs';
import { FragmentBuffers, FragmentFailure } from './fragment-files';
import type { Kernels } from './kernels';
import {
  type FromKernel,
  isTask,
  type KernelDone,
  type KernelFailed,
  type KernelTask,
} from './messages';
import { measurePairs } from './pair';
import { fingerprintFile, TaskFailure, TaskStopped } from './pass';
import { readRanges } from './read';
import { signFile } from './sign';
import { weighFile } from './weigh';

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
  const tools = { kernels, fragments: fragmentTools(kernels) };
  port.on('message', (message) => {
    if (readCommand(slot) !== Command.exit) answer(port, slot, tools, message);
    if (readCommand(slot) === Command.exit) port.close();
  });
  exitCommand(slot).then(() => port.close());
  port.postMessage({ kind: 'ready' });
}

/** What tasks work with. */
interface Tools {
  readonly kernels: Kernels;
  readonly fragments: () => FragmentTools;
}

interface FragmentTools {
  readonly codecs: FragmentCodecs;
  readonly buffers: FragmentBuffers;
}

/** Made when first needed: a worker that only fingerprints has neither contexts nor buffers. */
function fragmentTools(kernels: Kernels): () => FragmentTools {
  let made: FragmentTools | undefined;
  return () => {
    made ??= { codecs: fragmentCodecs(kernels), buffers: new FragmentBuffers() };
    return made;
  };
}

function answer(port: KernelPort, slot: ControlSlot, tools: Tools, message: unknown): void {
  if (!isTask(message)) {
    const found = 'expected a task, found another message';
    port.postMessage({ kind: 'failed', task: -1, code: 'internal', message: found });
    return;
  }
  try {
    const done = run(message, slot, tools);
    port.postMessage(done, transferablesOf(done));
  } catch (error) {
    if (!(error instanceof TaskStopped)) port.postMessage(failed(message, error));
    else if (readCommand(slot) !== Command.exit) {
      port.postMessage({ kind: 'cancelled', task: message.task });
    }
  }
}

function run(task: KernelTask, slot: ControlSlot, tools: Tools): KernelDone {
  const { kernels } = tools;
  writeBytesDone(slot, 0);
  const checkpoint = (bytesDone: number): void => {
    writeBytesDone(slot, bytesDone);
    if (commandAfterPause(slot) !== Command.run) throw new TaskStopped();
  };
  switch (task.kind) {
    case 'fingerprint': {
      const result = fingerprintFile(task, kernels, checkpoint);
      writeBytesDone(slot, task.plan.fileSize);
      return { kind: 'done', task: task.task, ...result };
    }
    case 'sign':
      return signFile(task, kernels, checkpoint);
    case 'read':
      return readRanges(task, kernels, checkpoint);
    case 'pair':
      return measurePairs(task, kernels, checkpoint);
    case 'weigh':
      return weighFile(task, kernels, checkpoint);
    case 'encode': {
      const { codecs, buffers } = tools.fragments();
      return encodeFragments(task, codecs, buffers, checkpoint);
    }
    case 'decode': {
      const { codecs, buffers } = tools.fragments();
      return decodeFragments(task, codecs, buffers, checkpoint);
    }
  }
}

function transferablesOf(done: KernelDone): ArrayBuffer[] {
  return columnsOf(done)
    .map((column) => column.buffer)
    .filter((buffer) => buffer instanceof ArrayBuffer);
}

function columnsOf(
  done: KernelDone,
): readonly (Uint8Array | Int8Array | Uint32Array | Float64Array)[] {
  switch (done.kind) {
    case 'done': {
      const { fingerprint, viewHashes, signatures } = done;
      const { sha256, segmentHashes, fragmentCounts, fragmentHashes, fragmentLengths } =
        fingerprint;
      const hashes = [sha256, segmentHashes, fragmentCounts, fragmentHashes, fragmentLengths];
      return [...hashes, viewHashes, signatures.data, signatures.ends];
    }
    case 'signed':
      return [done.signatures.data, done.signatures.ends];
    case 'read':
      return [done.pieces.data, done.pieces.ends];
    case 'paired':
      return [];
    case 'weighed':
      return [done.tensors, done.bytes];
    case 'encoded':
      return [done.codecs, done.bases, done.data.data, done.data.ends];
    case 'decoded':
      return [done.pieces.data, done.pieces.ends];
  }
}

function failed(task: KernelTask, error: unknown): KernelFailed {
  if (error instanceof TaskFailure) {
    const { code, message, operation } = error;
    const failure = { kind: 'failed', task: task.task, code, message } as const;
    const at =
      error instanceof FragmentFailure ? { file: error.file, offset: error.offset } : undefined;
    return { ...failure, ...at, ...(operation === undefined ? {} : { operation }) };
  }
  const detail = error instanceof Error ? error.message : String(error);
  const message = `${pathOf(task)}: ${task.kind} failed: ${detail}`;
  return { kind: 'failed', task: task.task, code: 'internal', message };
}

function pathOf(task: KernelTask): string {
  if (task.kind === 'pair') return task.a.path;
  if (task.kind === 'encode' || task.kind === 'decode') return task.files[0]?.path ?? '';
  return task.path;
}
