import type { ModelId } from '../../../shared/base';
import { planKey, planSegments, rowBytesOf, segmentOf, type TensorRange } from '../fragments/plan';
import type { SegmentPlan } from '../fragments/segments';
import { type ViewRange, viewIndexOf, viewsOf } from '../fragments/views';
import type { FileAt } from '../kernels/messages';
import type { TensorTarget } from '../kernels/targets';
import type { Model, ModelFile, ModelTensor } from '../model/model';
import type { FilePieces } from '../sharing/pieces';
import { tensorTargets } from './targets';

/** One physical file, cut in one way: the unit of fingerprinting. */
export interface FileWork {
  /** Equal for equal content: same physical file, unchanged, cut alike. */
  readonly key: string;
  readonly file: ModelFile;
  readonly plan: SegmentPlan;
  readonly planKey: string;
  readonly views: readonly ViewRange[];
  /** What to sign, each distinct tensor once; none where the file is not cut into tensors. */
  readonly targets: readonly TensorTarget[];
  /** Why the file is hashed as bytes, without its tensors. */
  readonly uncut: string | undefined;
}

/** The file as kernel workers open it: refused when it is no longer the one whose header was read. */
export function fileAt({ file }: Pick<FileWork, 'file'>): FileAt {
  const { size, mtimeNs, inode } = file.stamp;
  return { path: file.realPath, expected: { size, mtimeNs, inode } };
}

/** A model's files in fingerprint terms, in the order of `model.files`. */
export interface ModelWork {
  readonly modelId: ModelId;
  readonly files: readonly FileWork[];
}

export function modelWork(model: Model): ModelWork {
  const tensors: ModelTensor[][] = model.files.map(() => []);
  for (const tensor of model.tensors) tensors[tensor.file]?.push(tensor);
  const files = model.files.map((file, at) => fileWork(file, tensors[at] ?? []));
  return { modelId: model.id, files };
}

function fileWork(file: ModelFile, tensors: readonly ModelTensor[]): FileWork {
  const ranges = tensors.map((tensor) => ({
    offset: tensor.offset,
    length: tensor.byteLength,
    rowBytes: tensor.encoding === 'raw' ? rowBytesOf(tensor.shape, tensor.byteLength) : 1,
  }));
  const cut = cutOrWhole(file.stamp.size, ranges);
  const key = planKey(cut.plan);
  const targets = cut.uncut === undefined ? distinctTargets(tensors) : [];
  return { key: `${physicalKey(file)}:${key}`, file, planKey: key, targets, ...cut };
}

function distinctTargets(tensors: readonly ModelTensor[]): TensorTarget[] {
  const targets = new Map<string, TensorTarget>();
  for (const target of tensorTargets(tensors)) {
    if (target === undefined) continue;
    const { offset, length, kind, elements, rows } = target;
    targets.set(`${offset}.${length}.${kind}.${elements}.${rows}`, target);
  }
  return [...targets.values()];
}

/** The digest number of a target's bytes, or NOT_HASHED. */
export function targetDigest(work: FileWork, pieces: FilePieces, target: TensorTarget): number {
  return digestAt(work, pieces, target.offset, target.length);
}

function digestAt(work: FileWork, pieces: FilePieces, offset: number, length: number): number {
  const segment = segmentOf(work.plan, offset, length);
  if (segment >= 0) return pieces.segments[segment] ?? NOT_HASHED;
  return pieces.views[viewIndexOf(work.views, offset, length)] ?? NOT_HASHED;
}

/**
 * Tensors that overlap each other many times over would order endless hashing, and a file that
 * shrank since its header was read cannot be cut: such a file is taken as bytes, and says why.
 */
function cutOrWhole(
  size: number,
  ranges: readonly TensorRange[],
): Pick<FileWork, 'plan' | 'views' | 'uncut'> {
  try {
    const plan = planSegments(size, ranges);
    return { plan, views: viewsOf(plan, ranges), uncut: undefined };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { plan: planSegments(size, []), views: [], uncut: error.message };
  }
}

/**
 * Names a physical file in its present state: hard links and links share one key. Systems without
 * inode numbers report 0; there the path serves.
 */
export function physicalKey(file: ModelFile): string {
  const { device, inode, size, mtimeNs } = file.stamp;
  return `${inode === 0n ? file.realPath : `${device}:${inode}`}:${size}:${mtimeNs}`;
}

/** Stands for the digest of a tensor that has no bytes. */
export const NO_BYTES = -1;
/** Stands for the digest of a tensor whose file was hashed as bytes only. */
export const NOT_HASHED = -2;

/** The digest number of every tensor, or one of the two marks above. */
export function tensorDigests(
  model: Model,
  work: ModelWork,
  pieces: readonly FilePieces[],
): Int32Array {
  return Int32Array.from(model.tensors, (tensor) => {
    const file = work.files[tensor.file];
    const parts = pieces[tensor.file];
    if (tensor.byteLength === 0) return NO_BYTES;
    if (file === undefined || parts === undefined) return NOT_HASHED;
    return digestAt(file, parts, tensor.offset, tensor.byteLength);
  });
}
