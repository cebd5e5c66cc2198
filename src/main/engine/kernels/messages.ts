import type { FileFingerprint, SegmentPlan } from '../fragments/segments';
import type { ViewRange } from '../fragments/views';

/** What a kernel worker is started with: its slot in the control block (see control.ts). */
export interface KernelWorkerData {
  readonly control: SharedArrayBuffer;
  readonly slot: number;
}

/** Fingerprint one file. `expected` is the file as it was when its header was read. */
export interface FingerprintTask {
  readonly kind: 'fingerprint';
  /** Returned in the answer; each task has exactly one, unless the worker is told to exit. */
  readonly task: number;
  readonly path: string;
  readonly plan: SegmentPlan;
  readonly views: readonly ViewRange[];
  readonly expected: ExpectedFile;
}

export interface ExpectedFile {
  readonly size: number;
  readonly mtimeNs: bigint;
  readonly inode: bigint;
}

export type ToKernel = FingerprintTask;

/** `io`: the system refused; `changed`: not the expected file; `internal`: a defect of ours. */
export type KernelFailureCode = 'io' | 'changed' | 'internal';

export interface KernelFailure {
  readonly code: KernelFailureCode;
  /** One sentence that names the file. */
  readonly message: string;
  /** The system call that failed, for `io`: open, stat, read. */
  readonly operation?: string;
}

export interface FingerprintDone {
  readonly kind: 'done';
  readonly task: number;
  readonly fingerprint: FileFingerprint;
  /** One BLAKE3 per view, in the task's order, 32 bytes each. */
  readonly viewHashes: Uint8Array;
}

export type FromKernel =
  | { readonly kind: 'ready' }
  | FingerprintDone
  | { readonly kind: 'cancelled'; readonly task: number }
  | KernelFailed;

export interface KernelFailed extends KernelFailure {
  readonly kind: 'failed';
  /** -1 when the message that failed named no task. */
  readonly task: number;
}

/** Throws TypeError if a worker was started with anything else. */
export function parseWorkerData(value: unknown): KernelWorkerData {
  if (isRecord(value) && value.control instanceof SharedArrayBuffer && isCount(value.slot)) {
    return { control: value.control, slot: value.slot };
  }
  throw new TypeError('kernel worker: expected a control block and a slot');
}

/** Whether a message is a task; its plan and views are checked again when they are used. */
export function isTask(value: unknown): value is FingerprintTask {
  return (
    isRecord(value) &&
    value.kind === 'fingerprint' &&
    isCount(value.task) &&
    typeof value.path === 'string' &&
    isPlan(value.plan) &&
    Array.isArray(value.views) &&
    isRecord(value.expected) &&
    isCount(value.expected.size) &&
    typeof value.expected.mtimeNs === 'bigint' &&
    typeof value.expected.inode === 'bigint'
  );
}

function isPlan(value: unknown): boolean {
  return (
    isRecord(value) &&
    isCount(value.fileSize) &&
    [value.offsets, value.lengths, value.rowBytes].every((c) => c instanceof Float64Array)
  );
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
