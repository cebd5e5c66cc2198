import type { ModelId } from '../../../shared/base';
import { planKey, planSegments, rowBytesOf, segmentOf } from '../fragments/plan';
import type { SegmentPlan } from '../fragments/segments';
import { type ViewRange, viewIndexOf, viewsOf } from '../fragments/views';
import type { Model, ModelFile, ModelTensor } from '../model/model';
import type { FilePieces } from '../sharing/pieces';

/** One physical file, cut in one way: the unit of fingerprinting. */
export interface FileWork {
  /** Equal for equal content: same physical file, unchanged, cut alike. */
  readonly key: string;
  readonly file: ModelFile;
  readonly plan: SegmentPlan;
  readonly planKey: string;
  readonly views: readonly ViewRange[];
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
  const plan = planSegments(file.stamp.size, ranges);
  const key = planKey(plan);
  return {
    key: `${physicalKey(file)}:${key}`,
    file,
    plan,
    planKey: key,
    views: viewsOf(plan, ranges),
  };
}

/**
 * Names a physical file in its present state: hard links and links share one key. Systems without
 * inode numbers report 0; there the path serves.
 */
export function physicalKey(file: ModelFile): string {
  const { device, inode, size, mtimeNs } = file.stamp;
  return `${inode === 0n ? file.realPath : `${device}:${inode}`}:${size}:${mtimeNs}`;
}

/** The digest number of every tensor; -1 for tensors without bytes. */
export function tensorDigests(
  model: Model,
  work: ModelWork,
  pieces: readonly FilePieces[],
): Int32Array {
  return Int32Array.from(model.tensors, (tensor) => {
    const file = work.files[tensor.file];
    const parts = pieces[tensor.file];
    if (file === undefined || parts === undefined || tensor.byteLength === 0) return -1;
    const segment = segmentOf(file.plan, tensor.offset, tensor.byteLength);
    if (segment >= 0) return parts.segments[segment] ?? -1;
    const view = viewIndexOf(file.views, tensor.offset, tensor.byteLength);
    return parts.views[view] ?? -1;
  });
}
