import type { CodecId, Effort } from '../codecs/types';
import type { FileFingerprint, SegmentPlan } from '../fragments/segments';
import type { ViewRange } from '../fragments/views';
import type { ByteRange, TensorTarget } from './targets';
import type { ValueKind } from './values';

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
  /** Tensors to sign in the same pass; any order. */
  readonly targets: readonly TensorTarget[];
  readonly expected: ExpectedFile;
}

/** Sign tensors by reading their samples only; the hashes are known. */
export interface SignTask extends FileAt {
  readonly kind: 'sign';
  readonly task: number;
  readonly targets: readonly TensorTarget[];
}

/** Read some ranges of a file as they are. */
export interface ReadTask extends FileAt {
  readonly kind: 'read';
  readonly task: number;
  readonly ranges: readonly ByteRange[];
}

/** Measure pairs of tensors of two files (or one) on all of their data. */
export interface PairTask {
  readonly kind: 'pair';
  readonly task: number;
  readonly a: FileAt;
  readonly b: FileAt;
  readonly pairs: readonly PairSpec[];
}

/** `b` is the base. They have equal element counts, unless `rows` is asked. */
export interface PairSpec {
  readonly a: TensorTarget;
  readonly b: TensorTarget;
  /**
   * `values`: compare element by element; `transposed`: with b's rows and columns exchanged;
   * `rows`: the rows, byte for byte, that both have (equal row lengths and kinds).
   */
  readonly how: 'values' | 'transposed' | 'rows';
}

/** Predict what tensors and plain bytes weigh when they are compressed alone. */
export interface WeighTask extends FileAt {
  readonly kind: 'weigh';
  readonly task: number;
  readonly tensors: readonly TensorTarget[];
  readonly bytes: readonly ByteRange[];
}

/** Read fragments and their bases, check them against their hashes, encode each and verify it. */
export interface EncodeTask {
  readonly kind: 'encode';
  readonly task: number;
  readonly files: readonly FileAt[];
  readonly fragments: readonly FragmentSource[];
  /** BLAKE3s, 32 bytes each: of fragment i at position i, of bases behind these. */
  readonly hashes: Uint8Array;
  readonly effort: Effort;
}

/** Decode fragments that `encode` made, and check them against their hashes. */
export interface DecodeTask {
  readonly kind: 'decode';
  readonly task: number;
  readonly files: readonly FileAt[];
  readonly fragments: readonly StoredFragment[];
  /** As in EncodeTask. */
  readonly hashes: Uint8Array;
  /** `check`: only whether they are undamaged. */
  readonly want: 'bytes' | 'check';
}

/** A stretch of one of a task's files, by its position in `files`. */
export interface FilePart extends ByteRange {
  readonly file: number;
}

/** A fragment's raw bytes: whole elements of `kind`, or plain bytes where that is undefined. */
export interface FragmentSource extends FilePart {
  readonly kind: ValueKind | undefined;
  readonly bases: readonly FragmentBase[];
}

/** The same elements of another tensor. */
export interface FragmentBase extends FilePart {
  readonly kind: ValueKind;
  /** Position in the task's hashes; -1: they are not a whole fragment, and not checked. */
  readonly hash: number;
}

export interface StoredFragment {
  /** Its encoded bytes. */
  readonly data: FilePart;
  readonly codec: CodecId;
  /** Raw bytes. */
  readonly length: number;
  readonly kind: ValueKind | undefined;
  /** As many as the codec takes, in the order in which they were given when it was encoded. */
  readonly bases: readonly FragmentBase[];
}

/** A file that must still be the one whose header was read. */
export interface FileAt {
  readonly path: string;
  readonly expected: ExpectedFile;
}

export interface ExpectedFile {
  readonly size: number;
  readonly mtimeNs: bigint;
  readonly inode: bigint;
}

export type KernelTask =
  | FingerprintTask
  | SignTask
  | ReadTask
  | PairTask
  | WeighTask
  | EncodeTask
  | DecodeTask;
export type ToKernel = KernelTask;

/** `io`: the system refused; `changed`: not the expected file; `internal`: a defect of ours. */
export type KernelFailureCode = 'io' | 'changed' | 'internal';

export interface KernelFailure {
  readonly code: KernelFailureCode;
  /** One sentence that names the file. */
  readonly message: string;
  /** The system call that failed, for `io`: open, stat, read. */
  readonly operation?: string;
  /** What was being read, where a fragment's task failed: a path, and the byte it was at. */
  readonly file?: string;
  readonly offset?: number;
}

export interface FingerprintDone {
  readonly kind: 'done';
  readonly task: number;
  readonly fingerprint: FileFingerprint;
  /** One BLAKE3 per view, in the task's order, 32 bytes each. */
  readonly viewHashes: Uint8Array;
  /** Encoded signatures, one per target in the task's order. */
  readonly signatures: Packed;
}

export interface SignDone {
  readonly kind: 'signed';
  readonly task: number;
  readonly signatures: Packed;
}

export interface ReadDone {
  readonly kind: 'read';
  readonly task: number;
  /** One piece per range. */
  readonly pieces: Packed;
}

export interface PairDone {
  readonly kind: 'paired';
  readonly task: number;
  /**
   * In the order of the task's pairs; null where a pair cannot be measured: a tensor that inflates to
   * over 256 MiB or not to its length, blocks to be transposed, over 4 Mi rows to be matched.
   */
  readonly measures: readonly (PairMeasure | null)[];
}

export interface WeighDone {
  readonly kind: 'weighed';
  readonly task: number;
  /** Predicted bytes, in the order of the task. */
  readonly tensors: Float64Array;
  readonly bytes: Float64Array;
}

export interface EncodeDone {
  readonly kind: 'encoded';
  readonly task: number;
  /** The codec of each fragment, and its encoded bytes: one piece per fragment. */
  readonly codecs: Uint8Array;
  /** The first that its codec took of each fragment's bases; -1: none. */
  readonly bases: Int8Array;
  readonly data: Packed;
  /** Fragments that are stored raw because what encoding made of them did not decode to them. */
  readonly refused: readonly FragmentFault[];
}

export interface DecodeDone {
  readonly kind: 'decoded';
  readonly task: number;
  /** One piece per fragment, empty where it is damaged; no pieces where only a check was wanted. */
  readonly pieces: Packed;
  readonly damaged: readonly FragmentFault[];
}

export interface FragmentFault {
  /** Position in the task's fragments. */
  readonly fragment: number;
  readonly reason: string;
}

/** Pieces of bytes one after another; piece i ends at `ends[i]`. An empty piece: there is none. */
export interface Packed {
  readonly data: Uint8Array;
  readonly ends: Float64Array;
}

/** What `values` and `transposed` measure, over all elements; or what `rows` counts. */
export type PairMeasure = ValueMeasure | RowMeasure;

export interface ValueMeasure {
  readonly how: 'values' | 'transposed';
  readonly elements: number;
  /** Lin's concordance over the pairs of finite values; see `PairMetrics.score`. */
  readonly score: number;
  readonly cosine: number;
  readonly relativeL2: number;
  readonly maxDifference: number;
  /** Per element, mean, of `elementBits`, after converting b to a's kind; NaN where that is undefined. */
  readonly differingBits: number;
  readonly elementBits: number;
  /** Elements where either value is not finite; left out of the sums. */
  readonly nonFinite: number;
  /** a's bytes are b's (transposed where asked). */
  readonly equal: boolean;
  /** b, converted to a's kind, gives a's bytes; false for equal kinds unless transposed. */
  readonly castFromBase: boolean;
  /** a, converted to b's kind, gives b's bytes. */
  readonly castToBase: boolean;
  /** Predicted bytes of a stored as a delta to b; of a stored alone. */
  readonly deltaBytes: number;
  readonly aloneBytes: number;
}

export interface RowMeasure {
  readonly how: 'rows';
  readonly prefix: number;
  readonly common: number;
  readonly rows: number;
  readonly baseRows: number;
}

/** A task's success. */
export type KernelDone =
  | FingerprintDone
  | SignDone
  | ReadDone
  | PairDone
  | WeighDone
  | EncodeDone
  | DecodeDone;

export type FromKernel =
  | { readonly kind: 'ready' }
  | KernelDone
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

/** Whether a message is a task; what is in it is checked again when it is used. */
export function isTask(value: unknown): value is KernelTask {
  if (!isRecord(value) || !isCount(value.task)) return false;
  switch (value.kind) {
    case 'fingerprint':
      return isFile(value) && isPlan(value.plan) && isList(value.views) && isList(value.targets);
    case 'sign':
      return isFile(value) && isList(value.targets);
    case 'read':
      return isFile(value) && isList(value.ranges);
    case 'pair':
      return isFile(value.a) && isFile(value.b) && isList(value.pairs);
    case 'weigh':
      return isFile(value) && isList(value.tensors) && isList(value.bytes);
    case 'encode':
    case 'decode':
      return isFragments(value);
    default:
      return false;
  }
}

const isList = (value: unknown): boolean => Array.isArray(value);

function isFragments({ files, fragments, hashes }: Record<string, unknown>): boolean {
  return (
    Array.isArray(files) && files.every(isFile) && isList(fragments) && hashes instanceof Uint8Array
  );
}

function isFile(value: unknown): boolean {
  return (
    isRecord(value) &&
    typeof value.path === 'string' &&
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
